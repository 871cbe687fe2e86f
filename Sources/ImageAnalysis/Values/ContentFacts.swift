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

/// What was found out about the content of one file while its layer was read. There may be millions: what few files have
/// is apart, and costs the others nothing.
package struct ContentFacts: Sendable, Hashable {
    /// Of the bytes; nil for what has none.
    package var digest: Digest?
    package var kind: ContentKind
    /// Nil when there is nothing of it.
    private var rare: Rare?

    package init(kind: ContentKind, digest: Digest? = nil) {
        self.kind = kind
        self.digest = digest
    }

    /// Of an ELF file.
    package var binary: BinaryFacts? {
        get { rare?.values.binary }
        set { change { $0.binary = newValue } }
    }
    /// Of a script: the words behind `#!`.
    package var interpreter: [String] {
        get { rare?.values.interpreter ?? [] }
        set { change { $0.interpreter = newValue } }
    }
    package var secrets: [SecretFinding] {
        get { rare?.values.secrets ?? [] }
        set { change { $0.secrets = newValue } }
    }
    /// The bytes themselves where judging needs them.
    package var captured: [UInt8]? {
        get { rare?.values.captured }
        set { change { $0.captured = newValue } }
    }

    private mutating func change(_ body: (inout RareValues) -> Void) {
        let none = RareValues()
        var values = rare?.values ?? none
        body(&values)
        rare = values == none ? nil : Rare(values)
    }

    private struct RareValues: Sendable, Hashable {
        var binary: BinaryFacts?
        var interpreter: [String] = []
        var secrets: [SecretFinding] = []
        var captured: [UInt8]?
    }

    private final class Rare: Sendable, Hashable {
        let values: RareValues

        init(_ values: RareValues) { self.values = values }

        static func == (left: Rare, right: Rare) -> Bool { left.values == right.values }
        func hash(into hasher: inout Hasher) { hasher.combine(values) }
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
