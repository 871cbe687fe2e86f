import Archive
import BuildGraph
import ContentStore
import Core
import Distribution
import Glibc
import HostOS
import ImageLayouts

extension Transfer {
    /// An image in a directory or an archive.
    func layout(_ source: LayoutSource, _ name: String?) async throws -> LayoutOrigin {
        try await naming(source) { try await LayoutOrigin.open(source, name: name, scratch: store()) }
    }

    /// Says which archive an error of its tar or its compression is about.
    private func naming<Value: Sendable>(
        _ source: LayoutSource, _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch ImageLayoutError.notAnImage(let path) {
            throw ImageLayoutError.notAnImage(path: shown(path))
        } catch let error as ArchiveError {
            let cause = error.diagnostic
            throw Diagnostic(
                code: "transfer.archive", "'\(shown(source.path))' is no image archive, or not all of one",
                causes: [cause.message] + cause.causes, hint: "fetch or make it again")
        }
    }

    /// The names of the images in a layout or an archive; the digests of those without.
    func selectors(of source: LayoutSource) async throws -> [String] {
        let store = try store()
        return try await naming(source) {
            try await BlockingPool.compute.run {
                try LayoutImport.selectors(of: source) { try store.scratchFile() }
            }
        }
    }

    /// An image of the engine, saved to a file that is gone at the end.
    func saved(_ name: String) async throws -> LayoutOrigin {
        let (engine, store) = (try engine(), try store())
        let path = try await reporter.step("saving \(name) from the engine") { step in
            let path = try store.session().makePath("engine")
            let file = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_EXCL)
            try await engine.save(name, to: file) { self.reporter.emit(.bytes(step, done: $0, total: nil)) }
            return path
        }
        return try await layout(.archive(path), nil)
    }

    func layoutTarget(_ image: ImageArgument) async throws -> (target: any ImageTarget, names: [Reference]) {
        switch image.name {
        case .oci(let path, let name):
            return (try await DirectoryTarget.open(path, .oci, named: name.map(Self.layoutName)), [])
        case .directory(let path): return (try await DirectoryTarget.open(path, .plain), [])
        case .ociArchive(let path, let name):
            return (ArchiveTarget(.oci, to: try Self.output(path), named: name.map(Self.layoutName)), [])
        case .dockerArchive(let path, let name):
            let names = try name.map { [try Self.tagged($0, image)] } ?? []
            return (ArchiveTarget(.docker, to: try Self.output(path)), names)
        default: throw Diagnostic(code: "transfer.layout", "'\(image.text)' is no layout and no archive")
        }
    }

    /// What a layout calls an image: as the user wrote it, so that other tools find it by that.
    private static func layoutName(_ text: String) -> LayoutName {
        guard text.contains("/") || text.contains(":"), let reference = try? Reference(parsing: text) else {
            return LayoutName(refName: text)
        }
        return LayoutName(refName: text, imageName: reference.description)
    }

    /// Where an archive is written; `-` is standard output.
    /// - Throws: when nothing can be written there.
    static func output(_ path: String) throws -> ArchiveTarget.Output {
        guard path != "-" else {
            guard isatty(1) == 0 else {
                throw Diagnostic(
                    code: "transfer.terminal", "an archive is not written to a terminal",
                    hint: "name a file, or send standard output to one", exitCode: 64)
            }
            return .descriptor(try .duplicating(1))
        }
        // The whole archive is written at the end; whether it can be is known now.
        _ = try AtomicFile(path)
        return .file(path)
    }
}
