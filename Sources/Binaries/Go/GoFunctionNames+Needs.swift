extension GoFunctionNames {
    /// What the program may want at run time, by the functions that it holds.
    /// - Returns: nil when it is no Go program or hides its table.
    package static func needs(of file: ELFFile) throws -> Set<BinaryFacts.Need>? {
        guard let names = try GoFunctionNames(file) else { return nil }
        let present = try names.present(of: Set(signs.flatMap(\.functions)))
        return Set(signs.filter { sign in sign.functions.contains(where: present.contains) }.map(\.need))
    }

    /// Functions that tell of a need; any of them does.
    private static let signs: [(need: BinaryFacts.Need, functions: [String])] = [
        (.certificates, ["crypto/tls.(*Conn).clientHandshake"]),
        (.timeZones, ["time.LoadLocation"]),
        (
            .users,
            [
                "os/user.Current", "os/user.Lookup", "os/user.LookupId", "os/user.LookupGroup", "os/user.LookupGroupId",
                "os/user.lookupUser", "os/user.lookupUserId", "os/user.lookupGroup", "os/user.lookupGroupId",
            ]
        ),
        (
            .names,
            [
                "net.(*Dialer).DialContext", "net.(*Dialer).Dial", "net.(*Resolver).LookupHost", "net.LookupHost",
                "net.(*Resolver).LookupIPAddr", "net.LookupIP", "net.(*Resolver).LookupAddr", "net.(*Resolver).LookupTXT",
            ]
        ),
        (.temporaryFiles, ["os.CreateTemp", "os.MkdirTemp", "os.TempDir", "io/ioutil.TempFile", "io/ioutil.TempDir"]),
        (.shell, ["os/exec.(*Cmd).Start", "os.StartProcess", "syscall.Exec", "syscall.StartProcess"]),
    ]
}
