package import Binaries
package import Core

/// What the content of a file is, by its name and first bytes.
package enum ContentKind: String, Sendable, Hashable, CaseIterable {
    case program, sharedLibrary, staticLibrary, objectFile, kernelModule
    case script
    /// Certificates and keys of certificate authorities.
    case certificates
    case privateKey
    case timeZones
    case documentation
    case locale
    /// Headers and sources of any language.
    case source
    case bytecode
    /// jar, zip, tar…
    case archive
    case versionControl
    /// Databases of package managers.
    case packageDatabase
    /// What package managers, compilers and the like keep to be quicker next time.
    case cache
    case log
    case configuration
    case image, font, webAsset
    case text, data, empty
}

/// What was found out about the content of one file while its layer was read.
package struct ContentFacts: Sendable, Hashable {
    package var kind: ContentKind
    /// Of the bytes; nil for what has none.
    package var digest: Digest?
    /// Of an ELF file.
    package var binary: BinaryFacts? {
        get { program?.facts }
        set { program = newValue.map(Program.init) }
    }
    /// Hundreds of bytes that few files have: apart, they cost the others nothing.
    private var program: Program?
    /// Of a script: the words behind `#!`.
    package var interpreter: [String] = []
    package var secrets: [SecretFinding] = []
    /// The bytes themselves where judging needs them.
    package var captured: [UInt8]?

    package init(kind: ContentKind, digest: Digest? = nil) {
        self.kind = kind
        self.digest = digest
    }

    private final class Program: Sendable, Hashable {
        let facts: BinaryFacts

        init(_ facts: BinaryFacts) { self.facts = facts }

        static func == (left: Program, right: Program) -> Bool { left.facts == right.facts }
        func hash(into hasher: inout Hasher) { hasher.combine(facts) }
    }
}

/// Something that looks like a secret. Never holds the secret itself.
package struct SecretFinding: Sendable, Hashable {
    /// The rule that found it, such as `private-key`.
    package var rule: String
    /// What it is, for people.
    package var title: String
    /// Counted from 1; nil in what has no lines.
    package var line: Int?

    package init(rule: String, title: String, line: Int?) {
        self.rule = rule
        self.title = title
        self.line = line
    }
}
