// https://docs.docker.com/reference/dockerfile/#scope
import Core
import DockerfileSyntax

/// The variables that instructions see, as far as the file tells.
struct BuildVariables {
    /// A variable that is declared.
    struct Value {
        /// Nil when only the build knows it.
        var text: String?

        static let unknown = Value(text: nil)
    }

    typealias Values = [String: Value]

    /// What one statement sees: the environment hides arguments of the same name.
    struct Scope {
        fileprivate(set) var arguments: Values = [:]
        fileprivate(set) var environment: Values = [:]

        subscript(name: String) -> Value? { environment[name] ?? arguments[name] }

        /// Sorted, each once.
        var names: [String] { Set(environment.keys).union(arguments.keys).sorted() }
    }

    /// What FROM sees: the platform's variables, and those of ARG before the first FROM.
    private(set) var globals: Values = [:]
    private let file: LintFile

    /// With the platform's variables as a build for this machine's kind has them.
    init(_ file: LintFile) {
        self.file = file
        for name in BuildArguments.platform { globals[name] = Value(text: Self.usual[name]) }
        for statement in file.statements where statement.stage == nil {
            guard case .arg(let entries) = statement.command else { continue }
            for entry in entries {
                globals[entry.name.text] = Value(text: entry.value.flatMap { word in value(word) { globals[$0] } })
            }
        }
    }

    private static let usual = [
        "BUILDPLATFORM": "linux/amd64", "BUILDOS": "linux", "BUILDARCH": "amd64", "BUILDVARIANT": "",
        "BUILDOSVERSION": "", "TARGETPLATFORM": "linux/amd64", "TARGETOS": "linux", "TARGETARCH": "amd64",
        "TARGETVARIANT": "", "TARGETOSVERSION": "", "TARGETSTAGE": "default",
    ]

    /// Values that grow from one variable to the next would fill the memory: of longer ones nothing is known.
    private static let lengthLimit = 1024
    private static let useLimit = 64

    /// The word with the values put in; nil when one isn't known.
    func value(_ word: Word, _ find: (String) -> Value?) -> String? {
        guard
            word.text.utf8.contains(where: { $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "\"") || $0 == 0x27 })
                || word.text.utf8.contains(file.dockerfile.escape)
        else { return word.text }
        guard word.text.utf8.count(where: { $0 == UInt8(ascii: "$") }) <= Self.useLimit else { return nil }
        var isKnown = true
        let expander = WordExpander(escape: file.dockerfile.escape)
        let expansion = try? expander.process(word.text) { name in
            guard let value = find(name) else { return nil }
            if value.text == nil { isKnown = false }
            return value.text ?? ""
        }
        guard isKnown, let text = expansion?.text, text.utf8.count <= Self.lengthLimit else { return nil }
        return text
    }

    /// Calls a closure with each statement of a stage and the variables that it sees.
    func forEachStatement(_ body: (LintStatement, Scope) -> Void) {
        var environments: [Values] = []
        var arguments: Values = [:]
        for statement in file.statements {
            guard let stage = statement.stage else { continue }
            if statement.isPlain(.from) {
                while environments.count <= stage { environments.append([:]) }
                let parent = file.stages[stage].parent
                environments[stage] =
                    parent.map { environments[$0] } ?? BaseVariables.of(file.stages[stage].from.image.text).known
                arguments = [:]
                continue
            }
            let scope = Scope(arguments: arguments, environment: environments[stage])
            body(statement, scope)
            if statement.isTrigger { continue }
            switch statement.command {
            case .arg(let entries):
                for entry in entries {
                    let name = entry.name.text
                    let given = entry.value.map { word in Value(text: value(word) { scope[$0] }) }
                    arguments[name] = given ?? globals[name] ?? .unknown
                }
            case .env(let pairs):
                for pair in pairs {
                    environments[stage][pair.name.text] = Value(text: value(pair.value) { scope[$0] })
                }
            default: continue
            }
        }
    }
}

/// What the environment of a base image holds.
///
/// An image can't be asked here. The official ones have been, once; of others the rules that need to know take only
/// what can't be an image's doing.
struct BaseVariables {
    /// Values aren't known.
    let known: BuildVariables.Values
    /// There may be others.
    let isOpen: Bool

    private static let path: BuildVariables.Values = ["PATH": .unknown]

    static func of(_ image: String) -> BaseVariables {
        if image == "scratch" { return BaseVariables(known: path, isOpen: false) }
        guard !image.utf8.contains(UInt8(ascii: "$")), let reference = try? Reference(parsing: image),
            reference.registry == "docker.io", reference.repository.hasPrefix("library/"),
            let names = official[String(reference.repository.dropFirst(8))]
        else { return BaseVariables(known: path, isOpen: true) }
        var known = path
        for name in names.split(separator: " ") { known[String(name)] = .unknown }
        return BaseVariables(known: known, isOpen: false)
    }

    /// https://github.com/docker-library/official-images, the files behind it, as of 2025.
    private static let official: [String: String] = [
        "alpine": "", "busybox": "", "debian": "", "ubuntu": "", "fedora": "DISTTAG FGC FBR", "archlinux": "LANG",
        "almalinux": "", "rockylinux": "", "amazonlinux": "", "buildpack-deps": "",
        "golang": "GOLANG_VERSION GOTOOLCHAIN GOPATH", "rust": "RUSTUP_HOME CARGO_HOME RUST_VERSION",
        "node": "NODE_VERSION YARN_VERSION", "gcc": "GCC_VERSION GPG_KEYS GCC_MIRRORS",
        "python": """
        LANG GPG_KEY PYTHON_VERSION PYTHON_SHA256 PYTHON_PIP_VERSION PYTHON_SETUPTOOLS_VERSION \
        PYTHON_GET_PIP_URL PYTHON_GET_PIP_SHA256
        """,
        "ruby": "LANG RUBY_VERSION RUBY_DOWNLOAD_URL RUBY_DOWNLOAD_SHA256 GEM_HOME BUNDLE_SILENCE_ROOT_WARNING "
            + "BUNDLE_APP_CONFIG RUBY_MAJOR",
        "nginx": "NGINX_VERSION NJS_VERSION NJS_RELEASE PKG_RELEASE DYNPKG_RELEASE ACME_VERSION",
        "swift": "SWIFT_SIGNING_KEY SWIFT_PLATFORM SWIFT_BRANCH SWIFT_VERSION SWIFT_WEBROOT",
    ]
}
