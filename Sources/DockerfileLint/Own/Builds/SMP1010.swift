import Core
import DockerfileSyntax
import ShellSyntax

enum SMP1010: LintRule {
    static let info = RuleInfo(
        "SMP1010", .sampan, .warning, "A downloaded archive stays in the image after it was unpacked",
        why: """
            The archive is in the image beside what came out of it. Remove it in the same RUN, pipe the download into \
            `tar`, or let ADD or another stage fetch it.
            """,
        bad: .init("FROM debian:12\nRUN curl -fsSLO https://example.com/app.tar.gz && tar -xzf app.tar.gz\n"),
        good: .init(
            "FROM debian:12\nRUN curl -fsSLO https://example.com/app.tar.gz && tar -xzf app.tar.gz && rm app.tar.gz\n"),
        fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.finalStatements where statement.isRun || statement.keyword == .add {
            if let source = archive(statement), let name = source.text.split(separator: "/").last,
                isUnpackedLater(String(name), statement, file)
            {
                report.add(
                    source.range, in: statement,
                    "\(name) stays in the image after it was unpacked: fetch, unpack and remove it in one RUN")
            }
            guard statement.isRun, let script = statement.script else { continue }
            let calls = statement.calls
            var followed = 0
            for (index, (command, call)) in calls.enumerated() {
                guard followed < limit, let download = Download(call), download.isArchive,
                    !isMounted(download.file, statement)
                else {
                    continue
                }
                followed += 1
                let rest = calls[(index + 1)...].map(\.call)
                if !rest.contains(where: { unpacks($0, download.file) || removes($0, download.file) }),
                    isUnpackedLater(download.file, statement, file)
                {
                    report.add(
                        script.range(command.range), in: statement,
                        "\(download.file) stays in the image after it was unpacked: fetch, unpack and remove it in one RUN"
                    )
                    continue
                }
                guard rest.contains(where: { unpacks($0, download.file) }),
                    !rest.contains(where: { removes($0, download.file) })
                else { continue }
                var fix: Fix?
                if !rest.contains(where: { ["cd", "pushd", "popd"].contains($0.name) }) || download.file.hasPrefix("/"),
                    !isUsedLater(download.file, statement, file),
                    let edit = script.appending("rm \(download.file)", in: statement), isPlain(download.file)
                {
                    fix = Fix("remove the archive", [edit])
                }
                report.add(
                    script.range(command.range), in: statement,
                    "\(download.file) stays in the image after it was unpacked", fix: fix)
            }
        }
    }

    /// The archive that ADD downloads, which it doesn't unpack.
    private static func archive(_ statement: LintStatement) -> Word? {
        guard case .add(let add) = statement.command, !statement.isTrigger else { return nil }
        return add.transfer.paths.prefix(limit).first { word in
            word.text.contains("://") && Download.isArchive(word.text)
        }
    }

    /// One of the next RUN instructions unpacks the file, and none of them removes it, which another rule tells of.
    private static func isUnpackedLater(_ path: String, _ statement: LintStatement, _ file: LintFile) -> Bool {
        let name = PathText.name(of: path)
        var isUnpacked = false
        for other in file.finalStatements.lazy.filter({ $0.index > statement.index }).prefix(limit) where other.isRun {
            for (_, call) in other.calls {
                if removes(call, path) { return false }
                isUnpacked =
                    isUnpacked || unpacks(call, path)
                    || call.arguments.contains { word in
                        PathText.name(of: word.text) == name && unpacks(call, word.text)
                    }
            }
        }
        return isUnpacked
    }

    /// How many downloads of one RUN are followed: each is compared with all that comes behind it.
    private static let limit = 32

    /// An instruction behind this one, or another stage, names the file.
    private static func isUsedLater(_ path: String, _ statement: LintStatement, _ file: LintFile) -> Bool {
        let later = file.statements[(statement.index + 1)...]
        guard later.count <= 1000 else { return true }
        let name = Array(PathText.name(of: path).utf8)
        return later.contains { other in
            name.withUnsafeBufferPointer { name in
                other.outer.body.bytes.holds(name) || other.instruction.heredocs.contains { $0.rawContent.holds(name) }
            }
        }
    }

    private static func isPlain(_ path: String) -> Bool {
        path.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "./_-+".utf8.contains(byte)
        }
    }

    private static func unpacks(_ call: Call, _ file: String) -> Bool {
        switch call.name {
        case "tar", "unzip", "bsdtar", "dpkg", "rpm", "7z", "apt-get", "apt", "dnf", "yum":
            call.arguments.contains { same($0.text, file) }
        default: false
        }
    }

    private static func removes(_ call: Call, _ file: String) -> Bool {
        let name = PathText.name(of: file)
        switch call.name {
        case "rm", "unlink":
            return call.arguments.contains { word in
                same(word.text, file) || PathText.name(of: word.text) == name || word.hasGlob
                    || PathText.isInside(file, word.text)
            }
        case "mv": return call.arguments.contains { same($0.text, file) }
        case "find": return call.has("-delete")
        default: return false
        }
    }

    private static func same(_ text: String, _ file: String) -> Bool {
        text == file || text == "./" + file || "./" + text == file
    }

    private static func isMounted(_ path: String, _ statement: LintStatement) -> Bool {
        guard case .run(let run) = statement.command else { return false }
        return run.mounts.contains { mount in
            guard let target = mount.field(.target)?.value?.text else { return false }
            return PathText.isInside(path, target)
        }
    }
}
