import Archive
import Core
import ImageAnalysis
import Layers
import Reports

/// All files of the tree, largest first.
struct FilesView {
    let image: AnalysedImage
    let listing: TreeListing
    let page: Page

    var lines: [String] {
        let showsLines = image.showsLines(on: page)
        var grid = Grid(
            [.right, .left, .left, .right, .left, .left, .path],
            header: ["SIZE", "MODE", "OWNER", "LAYER", showsLines ? "LINE" : "", "KIND", "PATH"])
        for item in sorted {
            grid.add([
                Grid.Cell(Human.bytes(item.bytes)), Grid.Cell(ModeText.text(item.entry), .dim),
                Grid.Cell("\(item.entry.uid):\(item.entry.gid)", .dim),
                Grid.Cell(item.layer < 0 ? "" : String(item.layer + 1), .dim),
                Grid.Cell(showsLines ? image.line(item.layer) ?? "" : "", .cyan), Grid.Cell(kind(item)),
                Grid.Cell(SafeText.path(item.path) + ModeText.target(item.entry)),
            ])
        }
        return grid.lines(page)
    }

    /// All but directories.
    var sorted: [TreeListing.Item] {
        listing.items.filter { !$0.entry.isDirectory }.sorted { ($1.bytes, $0.path) < ($0.bytes, $1.path) }
    }

    private func kind(_ item: TreeListing.Item) -> String {
        guard item.entry.isFile, let facts = image.facts(of: item) else { return ModeText.kind(item.entry) }
        return FileKindText.content(facts.kind)
    }
}

extension AnalysedImage {
    /// Whether lines of a Dockerfile are known.
    var hasPlaces: Bool { layers.contains { $0.cause.place != nil } }

    /// Whether lists of files have the line beside the layer: where they are known, and paths have room all the same.
    func showsLines(on page: Page) -> Bool { hasPlaces && page.width >= 120 }

    /// The line that made a layer, where it is known.
    func line(_ layer: Int) -> String? {
        layers.indices.contains(layer) ? CauseText.place(layers[layer].cause.place) : nil
    }

    func facts(of item: TreeListing.Item) -> ContentFacts? {
        guard item.change != .removed, let node = try? tree.lookup(item.path, followLinks: false) else { return nil }
        return facts(of: node)
    }
}

/// Modes as `ls` shows them.
enum ModeText {
    static func text(_ entry: Entry) -> String {
        let letters = Array("rwxrwxrwx")
        var out = [kindLetter(entry)]
        for (index, letter) in letters.enumerated() {
            out.append(entry.mode & (0o400 >> UInt32(index)) != 0 ? letter : "-")
        }
        if entry.mode & 0o4000 != 0 { out[3] = out[3] == "x" ? "s" : "S" }
        if entry.mode & 0o2000 != 0 { out[6] = out[6] == "x" ? "s" : "S" }
        if entry.mode & 0o1000 != 0 { out[9] = out[9] == "x" ? "t" : "T" }
        return String(out)
    }

    private static func kindLetter(_ entry: Entry) -> Character {
        switch entry.kind {
        case .file, .hardlink: "-"
        case .directory: "d"
        case .symlink: "l"
        case .characterDevice: "c"
        case .blockDevice: "b"
        case .fifo: "p"
        case .whiteout: "w"
        }
    }

    static func kind(_ entry: Entry) -> String {
        switch entry.kind {
        case .file: "file"
        case .hardlink: "hard link"
        case .directory: "directory"
        case .symlink: "link"
        case .characterDevice, .blockDevice: "device"
        case .fifo: "pipe"
        case .whiteout: "whiteout"
        }
    }

    /// ` -> /target` of a link.
    static func target(_ entry: Entry) -> String {
        if case .symlink(let target) = entry.kind { return " -> " + SafeText.bytes(target) }
        return ""
    }
}
