import Core
import Layers

/// The tree with what each directory holds, largest first.
struct TreeView {
    let listing: TreeListing
    let page: Page
    /// Levels; 0 for all.
    var depth = 3
    /// Names in a directory at most; the rest is one line.
    var names = 12

    private enum Row {
        case item(Int, depth: Int, prefix: String, isLast: Bool)
        /// What is left out.
        case rest(String)
    }

    var lines: [String] {
        var lines = [line(bytes: listing.bytes, "/", "")]
        // A stack instead of a recursion: trees may be as deep as paths are long.
        var stack = Array(rows(in: BytePath(), depth: 1, prefix: "").reversed())
        while let next = stack.popLast() {
            switch next {
            case .rest(let text): lines.append(text)
            case .item(let index, let level, let prefix, let isLast):
                let item = listing.items[index]
                let isDirectory = item.entry.isDirectory
                let name = SafeText.bytes(Array(item.path.name)) + ModeText.target(item.entry)
                lines.append(
                    line(bytes: listing.bytes(index), prefix + (isLast ? "└ " : "├ "), name + (isDirectory ? "/" : "")))
                if isDirectory, depth == 0 || level < depth {
                    stack += rows(in: item.path, depth: level + 1, prefix: prefix + (isLast ? "  " : "│ ")).reversed()
                }
            }
        }
        return lines
    }

    private func rows(in directory: BytePath, depth level: Int, prefix: String) -> [Row] {
        let children = listing.children(of: directory)
            .map { (index: $0, bytes: listing.bytes($0)) }
            .sorted { $0.bytes == $1.bytes ? $0.index < $1.index : $0.bytes > $1.bytes }
        let count = depth == 0 || children.count <= names ? children.count : names - 1
        var rows = children.prefix(count).enumerated().map { place, child in
            Row.item(child.index, depth: level, prefix: prefix, isLast: place == children.count - 1)
        }
        if children.count > count {
            let left = children[count...].reduce(Int64(0)) { $0 + $1.bytes }
            rows.append(.rest(line(bytes: left, prefix + "└ ", "… \(children.count - count) more")))
        }
        return rows
    }

    private func line(bytes: Int64, _ prefix: String, _ name: String) -> String {
        let size = TextColumns.padded(Human.bytes(bytes), to: 9, right: true)
        let room = max(12, page.width - 11 - TextColumns.width(prefix))
        return size + "  " + page.paint(prefix, .dim) + TextColumns.clipped(name, to: room)
    }
}
