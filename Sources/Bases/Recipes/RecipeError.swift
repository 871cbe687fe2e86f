package import Core

/// A mistake in a recipe beyond YAML itself, and where.
package struct RecipeError: DiagnosticConvertible, Sendable {
    package var kind: Kind
    package var span: SourceSpan?

    package init(_ kind: Kind, at span: SourceSpan? = nil) {
        self.kind = kind
        self.span = span
    }

    package enum Kind: Sendable, Equatable {
        // Finding recipes
        case unknownBuiltIn(String, known: [String])
        case missingRecipe(path: String)
        case extendsCycle([String])
        case chainTooLong(limit: Int)
        case configureAboveUnconfigured(String, below: String)
        case noSuite
        case unknownVariable(String)

        // Values
        case invalid(Format, String)
        case unknownSlice(String)
        case sliceForm
        case duplicate(what: String, name: String)
        case exactlyOne(of: [String], what: String, found: Int)
        case climbs(String)
        case notInDirectory(String)
        case missingFile(String)
        case notFile(String)
    }

    /// Forms that values must have; the raw value names them in codes.
    package enum Format: String, Sendable, CaseIterable {
        case mode, owner, digest, path, url, suite, component, package, version, architecture, snapshot, user
        case accountName = "account-name"
        case accountField = "account-field"
        case variable, pattern, zone, name

        /// What is expected.
        var expectation: (noun: String, form: String) {
            switch self {
            case .mode: ("a file mode", "write it in octal, such as \"0644\" or \"1777\"")
            case .owner: ("an owner", "write numbers: \"UID:GID\", such as \"65532:65532\"")
            case .digest: ("a SHA-256", "write 64 hexadecimal digits in lower case")
            case .path: ("a path in the image", "write an absolute one without '..', such as /etc/motd")
            case .url: ("a URL", "write http://HOST/PATH or https://HOST/PATH without user and password")
            case .suite: ("a suite", "write a name such as bookworm or bookworm-backports")
            case .component: ("a component", "write a name such as main or non-free-firmware")
            case .package: ("a package", "write NAME, NAME=VERSION or NAME/SUITE")
            case .version: ("a version", "write it as Debian does, such as 2025b-0+deb12u2")
            case .architecture: ("an architecture", "architectures are \(Self.architectures.joined(separator: ", "))")
            case .snapshot: ("a snapshot", "write a time such as 20250520T000000Z")
            case .user: ("a user", "write UID, UID:GID, NAME or NAME:GROUP")
            case .accountName: ("an account's name", "start with a letter or _, go on with letters, digits, _ and -")
            case .accountField: ("a field of an account", "leave out ':' and line breaks")
            case .variable: ("a variable's name", "use letters, digits and _")
            case .pattern: ("a pattern of paths", "write an absolute one, such as /usr/share/man/**")
            case .zone: ("a part of /usr/share/zoneinfo", "write a name such as Antarctica or posix")
            case .name: ("a file's name", "leave out '/'")
            }
        }

        /// Debian's names of architectures.
        static let architectures = [
            "amd64", "arm64", "armel", "armhf", "i386", "mips64el", "mipsel", "ppc64el", "riscv64", "s390x",
        ]
    }

    package var diagnostic: Diagnostic {
        let (code, message, hint) = text
        return Diagnostic(code: "recipe." + code, message, at: span, hint: hint)
    }

    private var text: (code: String, message: String, hint: String?) {
        switch kind {
        case .unknownBuiltIn(let name, let known):
            (
                "unknown", "there is no base '\(name)'",
                Suggestion.hint(for: name, in: known)
                    ?? "built-in bases are \(known.joined(separator: ", ")), each also as NAME-debug; "
                    + "a file is named by a path with / or .yaml"
            )
        case .missingRecipe(let path): ("missing", "there is no recipe at \(path)", nil)
        case .extendsCycle(let names):
            ("cycle", "recipes extend each other in a circle: \(names.joined(separator: " → "))", nil)
        case .chainTooLong(let limit): ("chain", "more than \(limit) recipes extend each other", nil)
        case .configureAboveUnconfigured(let name, let below):
            (
                "configure", "'\(name)' configures its packages, but '\(below)' below it does not",
                "extend a base whose packages are configured, such as debian, or say configure: false"
            )
        case .noSuite: ("no-suite", "no recipe of the chain names a suite", "add a line such as suite: bookworm")
        case .unknownVariable(let name):
            ("variable", "no lower level sets the variable '\(name)'", "write the value out")
        case .invalid(let format, let text):
            (
                format.rawValue, "'\(text)' is not \(format.expectation.noun)",
                (format == .architecture ? Suggestion.hint(for: text, in: Format.architectures) : nil)
                    ?? format.expectation.form
            )
        case .unknownSlice(let name):
            (
                "slice", "there is no slice '\(name)'",
                Suggestion.hint(for: name, in: Slice.Name.allCases.map(\.rawValue) + ["zoneinfo", "paths"])
                    ?? "slices are \(Slice.Name.allCases.map(\.rawValue).joined(separator: ", ")), "
                    + "{zoneinfo: [NAME]} and {paths: [PATTERN]}"
            )
        case .sliceForm:
            ("slice", "a slice is a name, or a mapping with one of zoneinfo and paths", nil)
        case .duplicate(let what, let name): ("duplicate", "\(what) '\(name)' is given twice", "keep one of them")
        case .exactlyOne(let keys, let what, let found):
            (
                "choice",
                "\(what) needs \(found == 0 ? "one" : "only one") of "
                    + keys.map { "'\($0)'" }.joined(separator: " and "), nil
            )
        case .climbs(let path):
            ("outside", "'\(path)' is not below the recipe's directory", "move the file beside the recipe")
        case .notInDirectory(let path):
            ("outside", "'\(path)' can't be used by a built-in recipe", nil)
        case .missingFile(let path): ("file", "there is no file '\(path)' beside the recipe", nil)
        case .notFile(let path): ("file", "'\(path)' is not a regular file", nil)
        }
    }
}
