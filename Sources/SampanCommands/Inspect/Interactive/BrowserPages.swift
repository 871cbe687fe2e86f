import Archive
import Core
import HostOS
import ImageAnalysis
import Layers

/// Makes what an interactive look shows as texts, and the files that it writes.
enum BrowserPages {
    /// Wide enough for most lines; longer ones are scrolled through.
    private static let page = Page(width: 200, color: false)

    static func document(_ document: Browser.Document, _ explanation: Explanation) -> Pager {
        let lines =
            switch document {
            case .help: BrowserHelp.lines
            case .summary: SummaryView(explanation: explanation, page: page).lines
            case .waste: WasteView(explanation: explanation, page: page).lines
            }
        return Pager(title: document.title, lines: lines)
    }

    /// The beginning of a file.
    static func view(_ inspection: Inspection, _ listing: TreeListing, _ index: Int) async throws -> Pager {
        let node = try node(listing, index)
        nonisolated(unsafe) let source = try await ImageFiles(inspection.image, source: inspection.input).open(node)
        return try await BlockingPool.waiting.run {
            let wanted = Int(min(node.entry.size, Int64(Pager.textLimit)))
            let bytes = try [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
                count = try source.fill(UnsafeMutableRawBufferPointer(buffer))
            }
            return Pager.file(SafeText.path(node.path), bytes, size: node.entry.size)
        }
    }

    /// A program from inside.
    static func binary(_ inspection: Inspection, _ listing: TreeListing, _ index: Int) async throws -> Pager {
        let binary = try await inspection.binary(node(listing, index))
        return Pager(
            title: SafeText.path(binary.path),
            lines: BinaryView(
                path: binary.path, size: binary.size, facts: binary.facts, sizes: binary.sizes, page: page
            ).lines)
    }

    /// Writes a file. Who may read and run it is as in the image; what lets others write, or lends rights, stays behind.
    static func extract(
        _ inspection: Inspection, _ listing: TreeListing, _ index: Int, to target: ExtractedFile
    ) async throws {
        let node = try node(listing, index)
        nonisolated(unsafe) let source = try await ImageFiles(inspection.image, source: inspection.input).open(node)
        try await BlockingPool.waiting.run { try target.write(source, mode: node.entry.mode & 0o755 | 0o600) }
    }

    private static func node(_ listing: TreeListing, _ index: Int) throws -> FileTree.Node {
        guard listing.items.indices.contains(index), let node = try listing.node(index) else {
            throw InspectionError.noFile(BytePath(), near: nil)
        }
        return node
    }
}
