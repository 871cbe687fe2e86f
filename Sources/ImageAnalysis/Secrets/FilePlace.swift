import Core

/// What a path says of the secrets that its file may hold.
struct FilePlace {
    /// Files that come with libraries to test or to show them.
    let isTestData: Bool
    /// Of a file that programs keep logins in.
    let credentials: CredentialFile?

    init(_ path: BytePath) {
        let parts = path.components.map { String(decoding: $0, as: UTF8.self).lowercased() }
        let name = parts.last ?? ""
        let testDirectories: Set<String> = [
            "test", "tests", "testdata", "testing", "__tests__", "fixtures", "examples", "example", "docs",
        ]
        isTestData =
            parts.dropLast().contains { testDirectories.contains($0) }
            || path.isSameOrBelow("usr/share/doc") || name.hasSuffix("_test.go") || name.hasPrefix("test_")
            || name.hasSuffix("_test.py") || Self.isGoKey(parts)
        credentials = CredentialFile(name: name, directory: parts.dropLast().last ?? "", path: path)
    }

    /// The key that Go's own tests of certificates sign with; it lies beside them, in every Go SDK.
    private static func isGoKey(_ parts: [String]) -> Bool {
        parts.suffix(4) == ["src", "crypto", "x509", "platform_root_key.pem"]
    }
}
