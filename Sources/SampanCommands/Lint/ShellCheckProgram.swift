import Core
import DockerfileLint
import FoundationEssentials
import Glibc
import HostOS

/// The program `shellcheck`, run over many scripts at once.
struct ShellCheckProgram: Sendable {
    let path: String

    /// What it is not asked about: files that a script includes are in the image, and ash is a shell like others.
    private static let excluded = "1090,1091,2187"
    /// Scripts that one process looks at.
    private static let batch = 200
    /// How long one process may take.
    private static let timeout = Duration.seconds(120)
    private static let outputLimit = 256 << 20

    /// Nil when it isn't installed.
    static func find() -> ShellCheckProgram? {
        (try? ProgramPath.find("shellcheck")).map { ShellCheckProgram(path: $0) }
    }

    /// Findings of each file. Equal scripts are looked at once.
    /// - Throws: a `Diagnostic` when the program fails.
    func findings(_ files: [LintFile], _ pool: BlockingPool) async throws -> [[Finding]] {
        let scripts = files.map(\.shellCheckScripts)
        var names: [[UInt8]: String] = [:]
        var texts: [[UInt8]] = []
        for script in scripts.joined() where names[script.text] == nil {
            names[script.text] = "\(texts.count)"
            texts.append(script.text)
        }
        guard !texts.isEmpty else { return files.map { _ in [] } }
        let reports: [ShellCheckReport]
        do {
            reports = try await look(texts, pool)
        } catch {
            // An interruption ends the program, which is no failure of it.
            try Task.checkCancellation()
            throw error
        }
        return zip(files, scripts).map { file, scripts in
            scripts.flatMap { script -> [Finding] in
                guard let name = names[script.text], let number = Int(name) else { return [] }
                return script.findings(reports[number / Self.share(texts.count)], named: name, in: file)
            }
        }
    }

    /// Scripts that a process gets: as many as keep all cores busy.
    private static func share(_ count: Int) -> Int {
        let cores = BlockingPool.processorCount
        return max(1, min(batch, (count + cores - 1) / cores))
    }

    private func look(_ texts: [[UInt8]], _ pool: BlockingPool) async throws -> [ShellCheckReport] {
        let directory = try PrivateDirectory()
        defer { directory.remove() }
        for (number, text) in texts.enumerated() {
            let file = try FileDescriptor.open(
                directory.path + "/\(number)", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
            try file.write(text)
        }
        let share = Self.share(texts.count)
        let place = directory.path
        return try await withThrowingTaskGroup(of: (Int, ShellCheckReport).self) { group in
            for (index, first) in stride(from: 0, to: texts.count, by: share).enumerated() {
                let numbers = first..<min(first + share, texts.count)
                group.addTask { (index, try await pool.run { try run(numbers, in: place) }) }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func run(_ numbers: Range<Int>, in directory: String) throws -> ShellCheckReport {
        var options = ChildProcess.Options(
            path, ["--norc", "-f", "json1", "-e", Self.excluded, "--"] + numbers.map(String.init))
        options.directory = directory
        // Its runtime fails on text that the locale has no letters for.
        options.environment = ["LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin", "HOME=" + directory]
        let captured: ChildProcess.Captured
        do {
            var forget: (@Sendable () -> Void)?
            defer { forget?() }
            captured = try ChildProcess.capture(options, limit: Self.outputLimit, timeout: Self.timeout) { child in
                // Nobody waits for its findings any more.
                forget = Interruption.shared.onInterrupt { child.terminate(SIGKILL) }
            }
        } catch {
            throw Self.failure([Diagnostic(explaining: error).message])
        }
        // 1 stands for findings.
        guard captured.status == .exited(0) || captured.status == .exited(1),
            let report = ShellCheckReport(parsing: captured.output)
        else {
            let text = captured.errorText
            throw Self.failure(text.isEmpty ? ["it ended without a report"] : [SafeText.text(String(text.prefix(400)))])
        }
        return report
    }

    private static func failure(_ causes: [String]) -> Diagnostic {
        Diagnostic(
            code: "lint.shellcheck", "the program shellcheck failed", causes: causes,
            hint: "--no-shellcheck does without it")
    }
}

/// A directory that nobody else can look into, for files that live as long as a process.
private struct PrivateDirectory {
    let path: String

    init() throws {
        let base = ProgramPath.variable("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var template = Array((base + "/sampan-lint.XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError(errno, "create a directory", base) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let name = path
        forget = Interruption.shared.onInterrupt { try? Directory.removeTree(name) }
    }

    private let forget: @Sendable () -> Void

    func remove() {
        forget()
        try? Directory.removeTree(path)
    }
}
