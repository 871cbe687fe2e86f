import Core
import HostOS
import ImageAnalysis
import Layers
import Reports

extension Inspection {
    /// Programs whose bytes the page shows, and how large they may be.
    private static let programLimit = 3
    private static let programBytes: Int64 = 512 << 20

    /// Writes the page of HTML; an old one is replaced when the new one is whole.
    func report(to path: String) async throws {
        let explanation = try await explanation()
        var programs: [ProgramSize] = []
        for verdict in explanation.programs.filter(\.isEntrypoint).prefix(Self.programLimit) {
            guard let node = try image.tree.lookup(verdict.path), node.entry.size <= Self.programBytes,
                image.facts(of: node)?.binary != nil, let sizes = try await binary(node).sizes
            else { continue }
            programs.append(ProgramSize(path: node.path, attribution: sizes))
        }
        let known = programs
        try await BlockingPool.compute.run {
            let bytes = try HTMLReport(explanation, programs: known, version: Version.text).bytes()
            try AtomicFile.write(bytes, to: path)
        }
    }
}
