import Bases
import Core
import Debian
import Layers
import SampanTestSupport
import Testing

@Suite("The CA bundle")
struct CertificateTests {
    private static let bundle: BytePath = "etc/ssl/certs/ca-certificates.crt"

    /// Not a certificate that any program would trust, but DER: a sequence of an octet string.
    private static func der(_ byte: UInt8) -> String {
        // 30 04 04 02 xx xx
        let bytes: [UInt8] = [0x30, 0x04, 0x04, 0x02, byte, byte]
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var out = ""
        for group in stride(from: 0, to: 6, by: 3) {
            let bits = Int(bytes[group]) << 16 | Int(bytes[group + 1]) << 8 | Int(bytes[group + 2])
            for shift in [18, 12, 6, 0] { out.append(alphabet[bits >> shift & 63]) }
        }
        return out
    }

    private static func pem(_ byte: UInt8) -> String {
        "-----BEGIN CERTIFICATE-----\n\(der(byte))\n-----END CERTIFICATE-----\n"
    }

    @Test("certificates of packages come in byte order of their paths, each with a line feed at its end")
    func packages() throws {
        let bench = try AssemblyBench()
        try bench.add([
            try bench.package(
                "ca-certificates",
                [
                    .file("usr/share/ca-certificates/mozilla/b.crt", "bbb"),
                    .file("usr/share/ca-certificates/mozilla/B.crt", "BBB\n"),
                    .file("usr/share/ca-certificates/mozilla/a_1.crt", "aaa\n"),
                    .file("usr/share/ca-certificates/mozilla/README", "no"),
                    .file("usr/share/ca-certificates/a.crt", "top\n"),
                ])
        ]) { $0.slices = [.paths(["/usr/share/ca-certificates/**"])] }
        #expect(try bench.text(Self.bundle) == "top\nBBB\naaa\nbbb\n")
        #expect(try !bench.exists("usr/share/ca-certificates"))
    }

    @Test("the recipe's certificates follow, in standard form, over all levels")
    func local() throws {
        let bench = try AssemblyBench()
        try bench.add([try bench.package("ca-certificates", [.file("usr/share/ca-certificates/a.crt", "package\n")])])
        func add(_ text: String) throws {
            try bench.directory.file("ca.pem", text)
            try bench.add { $0.certificates = [Recipe.LocalFile(path: "ca.pem", directory: bench.directory.path)] }
        }
        let split = Self.der(2).prefix(4) + "\r\n  " + Self.der(2).dropFirst(4)
        try add(
            "# Two of them\n\n\(Self.pem(1))\n-----BEGIN CERTIFICATE-----\r\n\(split)\r\n-----END CERTIFICATE-----")
        #expect(try bench.text(Self.bundle) == "package\n" + Self.pem(1) + Self.pem(2))
        try add(Self.pem(3))
        #expect(try bench.text(Self.bundle) == "package\n" + Self.pem(1) + Self.pem(2) + Self.pem(3))
        #expect(AssemblyBench.files(bench.assembler.layers[2]) == ["etc/ssl/certs/ca-certificates.crt"])
    }

    @Test("a level without certificates leaves the bundle alone")
    func none() throws {
        let bench = try AssemblyBench()
        try bench.add([try bench.package("pp", [.directory("etc/ssl/certs")])])
        #expect(try !bench.exists(Self.bundle))
        #expect(try bench.exists("etc/ssl/certs"))
    }

    static let bad: [(String, CertificateProblem)] = [
        ("", .empty), ("# nothing\n", .empty), ("hello\n", .junk(line: 1)),
        (pem(1) + "subject=CN = x\n" + pem(2), .junk(line: 4)),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", .notACertificate(label: "PRIVATE KEY")),
        (pem(1) + "-----BEGIN RSA PRIVATE KEY-----\n", .notACertificate(label: "RSA PRIVATE KEY")),
        ("-----BEGIN TRUSTED CERTIFICATE-----\n", .notACertificate(label: "TRUSTED CERTIFICATE")),
        ("-----BEGIN CERTIFICATE-----\n" + der(1), .unfinished(line: 1)),
        ("-----BEGIN CERTIFICATE-----\n" + pem(1), .unfinished(line: 1)),
        ("-----END CERTIFICATE-----\n", .junk(line: 1)),
        ("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", .encoding(line: 1)),
        ("-----BEGIN CERTIFICATE-----\nMAQ$AgEB\n-----END CERTIFICATE-----\n", .encoding(line: 1)),
        ("-----BEGIN CERTIFICATE-----\nMAQEAgEBAQ==\n-----END CERTIFICATE-----\n", .encoding(line: 1)),
        ("-----BEGIN CERTIFICATE-----\nMAUEAgEB\n-----END CERTIFICATE-----\n", .encoding(line: 1)),
        ("-----BEGIN CERTIFICATE-----\nMAQEAgE\n-----END CERTIFICATE-----\n", .encoding(line: 1)),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", .encoding(line: 1)),
        ("-----BEGIN CERTIFICATE-----\nMIT/////\n-----END CERTIFICATE-----\n", .encoding(line: 1)),
    ]

    @Test("files with anything but certificates are refused", arguments: bad)
    func junk(text: String, problem: CertificateProblem) throws {
        let bench = try AssemblyBench()
        try bench.directory.file("ca.pem", text)
        #expect(throws: AssemblyError.certificate(file: "ca.pem", problem: problem)) {
            try bench.add { $0.certificates = [Recipe.LocalFile(path: "ca.pem", directory: bench.directory.path)] }
        }
    }

    private static var hasScript: Bool {
        (try? Shell.run("test -x /usr/sbin/update-ca-certificates && test -d /usr/share/ca-certificates/mozilla"))
            != nil
    }

    @Test(
        "the bundle is the one that update-ca-certificates makes",
        .enabled(if: hasScript, "ca-certificates is not installed"))
    func script() throws {
        let bench = try AssemblyBench()
        let source = "/usr/share/ca-certificates"
        let names = try Shell.run("cd \(source) && find . -type f -name '*.crt' | sed 's,^./,,' | LC_ALL=C sort")
        let members = try names.split(separator: "\n").shuffled().map { name in
            DebFile.Member.file("usr/share/ca-certificates/\(name)", try Shell.run("cat '\(source)/\(name)'"))
        }
        try bench.add([try bench.package("ca-certificates", members)])
        try bench.directory.file("conf", names)
        let etc = try bench.directory.directory("etc")
        let none = bench.directory.path("none")
        try Shell.run(
            "update-ca-certificates --certsconf \(bench.directory.path("conf")) --certsdir \(source) "
                + "--localcertsdir \(none) --etccertsdir \(etc) --hooksdir '' 2>&1")
        #expect(try bench.text(Self.bundle) == bench.directory.text("etc/ca-certificates.crt"))
        #expect(members.count > 100)
    }
}
