import ArgumentParser
import Core
import DockerfileLint
import HostOS
import LanguageServer

/// `sampan lint --lsp`.
extension LintRequest {
    /// Talks to an editor over standard input and output until it says goodbye.
    /// - Throws: `ExitCode` when the editor went without a word.
    func serveEditor() async throws {
        let settings = try FreshSettings(self)
        let shellcheck = try shellCheck()
        let context = context
        let here = try FileNaming.workingDirectory()
        let surroundings = LanguageSurroundings(
            settings: { settings.current() }, version: Version.text,
            project: { source in
                // Below the working directory files are named as on the command line, which decides about the context.
                let isBelow = source.name.hasPrefix(here + "/")
                let name = isBelow ? String(source.name.dropFirst(here.count + 1)) : source.name
                // Files change while the server runs: nothing is remembered from one look to the next.
                return DirectoryProject.of(
                    SourceFile(name: name, bytes: source.bytes), named: context, in: ContextDirectories())
            },
            others: { file in
                guard let shellcheck else { return [] }
                do {
                    return try await shellcheck.findings([file], BlockingPool.compute).first ?? []
                } catch {
                    // The editor has a log for this; everything else goes on.
                    Console.shared.diagnostic(Diagnostic(explaining: error))
                    return []
                }
            })
        let input = try FileDescriptor.duplicating(0)
        let loop = LanguageLoop(
            read: { milliseconds in try await Self.next(input, milliseconds) },
            write: { bytes in Console.shared.output(bytes) })
        let endsWell = try await Interruption.shared.cancelling { try await loop.run(surroundings) }
        if !endsWell { throw ExitCode(1) }
    }

    /// What the editor sends next; a signal ends the wait.
    private static func next(
        _ input: FileDescriptor, _ milliseconds: Int32?
    ) async throws -> LanguageLoop.Input {
        repeat {
            try Task.checkCancellation()
            let next = try await BlockingPool.waiting.run { () -> LanguageLoop.Input in
                guard try input.waitReadable(milliseconds: milliseconds ?? 500) else { return .quiet }
                let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
                defer { buffer.deallocate() }
                let count = try input.read(into: buffer)
                return count == 0 ? .end : .bytes(Array(buffer[..<count]))
            }
            if case .quiet = next { continue }
            return next
        } while milliseconds == nil
        return .quiet
    }
}
