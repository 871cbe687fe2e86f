import Core
import DockerfileSyntax
import ShellSyntax

enum SMP1011: LintRule {
    static let info = RuleInfo(
        "SMP1011", .sampan, .warning, "Packages that only a build needs stay in the image",
        why: """
            Compilers, headers and build tools make up hundreds of megabytes, and nothing of them is needed to run. \
            Build in another stage and COPY --from it; or remove them in the RUN that installs them (a later RUN can't \
            make the layer smaller).
            """,
        bad: .init(
            "FROM python:3.13-slim\nRUN apt-get update && apt-get install -y build-essential && pip install uwsgi\n"
                + "CMD [\"uwsgi\"]\n"),
        good: .init(
            """
            FROM python:3.13 AS build
            RUN pip wheel --wheel-dir /wheels uwsgi

            FROM python:3.13-slim
            RUN --mount=type=bind,from=build,source=/wheels,target=/wheels pip install --no-index -f /wheels uwsgi
            CMD ["uwsgi"]

            """))

    private static let tools: Set<String> = [
        "build-essential", "build-base", "gcc", "g++", "clang", "make", "cmake", "autoconf", "automake", "golang",
        "golang-go", "cargo", "rustc", "gcc-c++", "llvm", "ninja-build", "meson", "alpine-sdk", "default-jdk",
        "default-jdk-headless", "maven", "gradle",
    ]

    static func check(_ file: LintFile, _ report: inout LintReport) {
        // What compiles in the image is told of as a whole.
        guard file.finalCompilation == nil,
            file.finalStatements.contains(where: { $0.isPlain(.cmd) || $0.isPlain(.entrypoint) })
        else { return }
        for statement in file.finalStatements where statement.isRun {
            guard let script = statement.script else { continue }
            let calls = statement.calls
            if calls.contains(where: { removes($0.call) }) { continue }
            for (command, call) in calls where installs(call) {
                let found = call.arguments.filter { tools.contains(String($0.text.prefix { $0 != "=" })) }
                let group = virtual(call)
                guard let first = group ?? found.first else { continue }
                let names = found.isEmpty ? first.text : found.map(\.text).joined(separator: ", ")
                let verb = found.count == 1 || found.isEmpty ? "is" : "are"
                report.add(
                    found.isEmpty ? script.range(command.range) : script.range(first.range), in: statement,
                    "\(names) \(verb) for building only, and stay\(verb == "is" ? "s" : "") in the image")
            }
        }
    }

    private static func installs(_ call: Call) -> Bool {
        switch call.name {
        case "apt-get", "apt", "dnf", "yum", "microdnf", "zypper": call.verb == "install"
        case "apk": call.verb == "add"
        default: false
        }
    }

    private static func removes(_ call: Call) -> Bool {
        switch call.name {
        case "apt-get", "apt", "dnf", "yum", "microdnf", "zypper":
            ["purge", "remove", "autoremove", "erase"].contains(call.verb)
        case "apk": call.verb == "del"
        default: false
        }
    }

    /// The name that `apk add --virtual` gives to packages so that they can be removed together.
    private static func virtual(_ call: Call) -> ShellWord? {
        guard call.name == "apk" else { return nil }
        for (index, word) in call.arguments.enumerated() where word.text == "-t" || word.text == "--virtual" {
            let next = call.arguments.startIndex + index + 1
            return next < call.arguments.endIndex ? call.arguments[next] : nil
        }
        return nil
    }
}
