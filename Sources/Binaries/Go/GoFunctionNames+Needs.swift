extension GoFunctionNames {
    /// What the program may want at run time, by the functions that it holds.
    /// - Returns: nil when it is no Go program or hides its table.
    package static func needs(of file: ELFFile) throws -> Set<BinaryFacts.Need>? {
        guard let names = try GoFunctionNames(file) else { return nil }
        let present = try names.present(
            of: Set(signs.flatMap { $0.always + $0.inLibraries } + embedded.map(\.function) + [server]))
        let hasLibraries = try GoBuildInfo.read(file)?.dependencies.isEmpty == false
        var needs: Set<BinaryFacts.Need> = []
        for sign in signs {
            let doubtful = hasLibraries || !present.contains(server) ? sign.inLibraries : []
            if (sign.always + doubtful).contains(where: present.contains) { needs.insert(sign.need) }
        }
        for (function, need) in embedded where present.contains(function) { needs.remove(need) }
        return needs
    }

    private struct Sign {
        var need: BinaryFacts.Need
        /// Functions of which any tells of the need.
        var always: [String]
        /// Functions that every HTTP server of the standard library holds without a way to call them; they count when other
        /// modules may.
        var inLibraries: [String] = []
    }

    private static let server = "net/http.(*Server).Serve"

    /// What brings along what others read from files.
    private static let embedded: [(function: String, need: BinaryFacts.Need)] = [
        ("time/tzdata.loadFromEmbeddedTZData", .timeZones),
        ("golang.org/x/crypto/x509roots/fallback.init.0", .certificates),
    ]

    private static let signs: [Sign] = [
        Sign(
            need: .certificates,
            always: [
                "net/http.(*Transport).roundTrip", "crypto/tls.Dial", "crypto/tls.DialWithDialer",
                "crypto/tls.(*Dialer).DialContext", "net/smtp.(*Client).StartTLS",
            ],
            inLibraries: ["crypto/tls.Client"]),
        Sign(need: .timeZones, always: ["time.LoadLocation"]),
        Sign(
            need: .users,
            always: [
                "os/user.Current", "os/user.Lookup", "os/user.LookupId", "os/user.LookupGroup", "os/user.LookupGroupId",
                "os/user.lookupUser", "os/user.lookupUserId", "os/user.lookupGroup", "os/user.lookupGroupId",
            ]),
        // What listens holds the resolver and what it dials with, for the address to listen at may be a name.
        Sign(
            need: .names,
            always: [
                "net/http.(*Transport).roundTrip", "net.Dial", "net.DialTimeout", "net.(*Dialer).Dial",
                "crypto/tls.DialWithDialer", "net.LookupHost", "net.LookupIP", "net.LookupAddr", "net.LookupCNAME",
                "net.LookupTXT", "net.LookupSRV", "net.(*Resolver).LookupHost", "net.(*Resolver).LookupIPAddr",
                "net.(*Resolver).LookupIP", "net.(*Resolver).LookupNetIP", "net.(*Resolver).LookupAddr",
                "net.(*Resolver).LookupTXT", "net.(*Resolver).LookupSRV", "net.ResolveTCPAddr", "net.ResolveUDPAddr",
            ],
            inLibraries: ["net.(*Dialer).DialContext-fm"]),
        Sign(
            need: .temporaryFiles,
            always: ["os.CreateTemp", "os.MkdirTemp", "os.TempDir", "io/ioutil.TempFile", "io/ioutil.TempDir"]),
        Sign(
            need: .shell,
            always: ["os/exec.(*Cmd).Start", "os.StartProcess", "syscall.Exec", "syscall.StartProcess"]),
    ]
}
