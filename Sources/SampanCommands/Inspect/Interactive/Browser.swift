import Core
import Layers

/// What an interactive look at an image shows and how keys change it. It does nothing itself: what has to be done is
/// returned as an action.
struct Browser: Sendable {
    enum Pane: Sendable { case layers, tree }

    /// What the bottom line or the whole screen is for.
    enum Mode: Sendable {
        case browse
        /// A text is being typed that paths must have.
        case filter
        /// A name is being typed for a file to write.
        case extract(index: Int, name: String)
        /// Something is on its way that ``pager`` will show.
        case waiting(title: String)
        case pager(Pager)
    }

    enum Action: Equatable, Sendable {
        case quit, suspend
        /// What was being waited for is not wanted any more.
        case leave
        /// Show what this layer changed.
        case load(layer: Int)
        /// Show the content of an item, or what is inside of a program.
        case view(index: Int), binary(index: Int)
        case extract(index: Int, to: String)
        case show(Document)
    }

    /// Texts that are shown like files.
    enum Document: Sendable {
        case help, summary, waste

        var title: String {
            switch self {
            case .help: "Keys"
            case .summary: "Summary"
            case .waste: "Waste"
            }
        }
    }

    struct Row: Equatable, Sendable {
        var index: Int
        var depth: Int
        var isOpen: Bool
    }

    /// Rows at most: more than anybody scrolls through.
    static let rowLimit = 20_000

    let layerCount: Int
    private(set) var layer: Int
    private(set) var pane = Pane.layers
    var mode = Mode.browse
    private(set) var filter = ""
    private(set) var showsOnlyChanges = false
    private(set) var sortsByName = false
    /// Something to tell until the next key.
    private(set) var message: String?
    /// The file that is being written.
    private(set) var writing: String?

    private(set) var listing = TreeListing([])
    private(set) var isLoaded = false
    private(set) var rows: [Row] = []
    private(set) var isCut = false
    private(set) var cursor = 0
    private var opened: Set<BytePath> = []
    /// Lines of a pane, for paging.
    var height = 20

    /// Begins at the top layer, whose tree is the image's.
    init(layers: Int) {
        layerCount = layers
        layer = max(0, layers - 1)
    }

    /// Takes what was loaded for a layer.
    mutating func take(_ listing: TreeListing, of layer: Int) {
        guard layer == self.layer else { return }
        let path = selected?.path
        // Rows are places in a listing.
        rows.removeAll()
        self.listing = listing
        isLoaded = true
        rebuild(keeping: path)
    }

    /// Takes what was waited for, unless it was left.
    mutating func take(_ pager: Pager) {
        if case .waiting = mode { mode = .pager(pager) }
    }

    /// Tells what went wrong with what was waited for.
    mutating func fail(_ text: String) {
        if case .waiting = mode { mode = .browse }
        message = text
    }

    /// Takes how the writing of a file ended.
    mutating func endWriting(_ text: String) {
        writing = nil
        message = text
    }

    var selected: TreeListing.Item? { rows.indices.contains(cursor) ? listing.items[rows[cursor].index] : nil }

    // MARK: - Keys

    mutating func handle(_ key: Key) -> Action? {
        message = nil
        if key == .control("c") { return .quit }
        if key == .control("z") { return .suspend }
        switch mode {
        case .browse:
            let action = browse(key)
            if let title = action.flatMap(title) { mode = .waiting(title: title) }
            return action
        case .waiting:
            guard key == .character("q") || key == .escape || key == .left else { return nil }
            mode = .browse
            return .leave
        case .filter:
            type(key)
            return nil
        case .extract(let index, let name): return extract(key, index, name)
        case .pager(var pager):
            if key == .character("q") || key == .escape || key == .left && pager.column == 0 {
                mode = .browse
            } else {
                pager.handle(key, height: height)
                mode = .pager(pager)
            }
            return nil
        }
    }

    /// What is shown over the page that an action brings; nil when it brings none.
    private func title(_ action: Action) -> String? {
        switch action {
        case .view(let index), .binary(let index): SafeText.path(listing.items[index].path)
        case .show(let document): document.title
        case .quit, .suspend, .leave, .load, .extract: nil
        }
    }

    private mutating func browse(_ key: Key) -> Action? {
        switch key {
        case .character("q"): return .quit
        case .escape:
            if filter.isEmpty { return .quit }
            filter = ""
            rebuild()
        case .tab, .backTab: pane = pane == .layers ? .tree : .layers
        case .character("?"), .character("h"): return .show(.help)
        case .character("i"): return .show(.summary)
        case .character("w"): return .show(.waste)
        case .character("/"):
            pane = .tree
            mode = .filter
        case .character("c"):
            showsOnlyChanges.toggle()
            rebuild()
        case .character("s"):
            sortsByName.toggle()
            rebuild()
        default:
            if pane == .layers { return moveLayer(key) }
            // What can't be seen can't be meant.
            if isLoaded { return moveTree(key) }
            if key == .left { pane = .layers }
        }
        return nil
    }

    private mutating func moveLayer(_ key: Key) -> Action? {
        var wanted = layer
        switch key {
        case .up, .character("k"): wanted -= 1
        case .down, .character("j"): wanted += 1
        case .home, .character("g"): wanted = 0
        case .end, .character("G"): wanted = layerCount - 1
        case .pageUp: wanted -= height
        case .pageDown: wanted += height
        case .right, .enter: pane = .tree
        default: break
        }
        wanted = min(max(0, wanted), max(0, layerCount - 1))
        guard wanted != layer else { return nil }
        layer = wanted
        isLoaded = false
        return .load(layer: wanted)
    }

    private mutating func moveTree(_ key: Key) -> Action? {
        switch key {
        case .up, .character("k"): cursor -= 1
        case .down, .character("j"): cursor += 1
        case .pageUp: cursor -= height
        case .pageDown, .character(" "): cursor += height
        case .home, .character("g"): cursor = 0
        case .end, .character("G"): cursor = rows.count - 1
        case .left: closeOrLeave()
        case .right, .enter: return open()
        case .character("v"): return selectedFile().map { .view(index: $0) }
        case .character("b"): return selectedFile().map { .binary(index: $0) }
        case .character("e"):
            if let writing {
                message = "\(writing) is still being written"
            } else if let index = selectedFile() {
                mode = .extract(index: index, name: Self.suggestedName(listing.items[index].path))
            }
        default: break
        }
        cursor = min(max(0, cursor), max(0, rows.count - 1))
        return nil
    }

    /// The item under the cursor where it has content; else says what it is.
    private mutating func selectedFile() -> Int? {
        guard let item = selected else { return nil }
        guard item.entry.isFile else {
            message = "\(SafeText.path(item.path)) is a \(ModeText.kind(item.entry))"
            return nil
        }
        return rows[cursor].index
    }

    private mutating func open() -> Action? {
        guard let item = selected else { return nil }
        guard item.entry.isDirectory else { return selectedFile().map { .view(index: $0) } }
        // What the filter found is open by itself.
        if !rows[cursor].isOpen { opened.insert(item.path) } else { opened.remove(item.path) }
        rebuild()
        return nil
    }

    private mutating func closeOrLeave() {
        guard let item = selected else { return pane = .layers }
        if item.entry.isDirectory, opened.remove(item.path) != nil { return rebuild() }
        let parent = item.path.parent
        if let row = rows.firstIndex(where: { listing.items[$0.index].path == parent }) {
            cursor = row
        } else {
            pane = .layers
        }
    }

    private mutating func type(_ key: Key) {
        switch key {
        case .enter: mode = .browse
        case .escape:
            filter = ""
            mode = .browse
        case .backspace: filter = String(filter.dropLast())
        case .control("u"): filter = ""
        case .character(let character): if filter.utf8.count < 200 { filter.append(character) }
        default: break
        }
        rebuild()
    }

    private mutating func extract(_ key: Key, _ index: Int, _ name: String) -> Action? {
        switch key {
        case .escape: mode = .browse
        case .backspace: mode = .extract(index: index, name: String(name.dropLast()))
        case .control("u"): mode = .extract(index: index, name: "")
        case .character(let character):
            if name.utf8.count < 4000 { mode = .extract(index: index, name: name + String(character)) }
        case .enter:
            mode = .browse
            guard !name.isEmpty else { return nil }
            writing = SafeText.text(name)
            return .extract(index: index, to: name)
        default: break
        }
        return nil
    }

    /// A name in the working directory that is no path and no option.
    static func suggestedName(_ path: BytePath) -> String {
        let name = String(decoding: path.name, as: UTF8.self).unicodeScalars.map { SafeText.isHidden($0) ? "_" : $0 }
        var text = String(String.UnicodeScalarView(name))
        while text.hasPrefix("-") { text.removeFirst() }
        return text.isEmpty ? "file" : text
    }

    // MARK: - Rows

    /// Makes the rows anew; the cursor stays on its item where that is still shown.
    private mutating func rebuild() { rebuild(keeping: selected?.path) }

    private mutating func rebuild(keeping path: BytePath?) {
        let needle = Array(filter.utf8)
        let matches = needle.isEmpty ? nil : TreeMarks(listing) { PathFilter.matches($0.path.bytes, needle) }
        rows.removeAll(keepingCapacity: true)
        isCut = false
        var stack = rows(in: BytePath(), depth: 0, matches)
        while let row = stack.popLast() {
            guard rows.count < Self.rowLimit else {
                isCut = true
                break
            }
            rows.append(row)
            if row.isOpen { stack += rows(in: listing.items[row.index].path, depth: row.depth + 1, matches) }
        }
        let place = path.flatMap { path in rows.firstIndex { listing.items[$0.index].path == path } }
        cursor = place ?? min(cursor, max(0, rows.count - 1))
    }

    /// Last first, as a stack wants them.
    private func rows(in directory: BytePath, depth: Int, _ matches: TreeMarks?) -> [Row] {
        var children = listing.children(of: directory).filter { index in
            (!showsOnlyChanges || listing.isChanged(index)) && matches?.isMarked(index, listing) ?? true
        }
        if sortsByName {
            children.reverse()
        } else {
            let sized = children.map { (index: $0, bytes: listing.bytes($0)) }
            children = sized.sorted { $0.bytes == $1.bytes ? $0.index > $1.index : $0.bytes < $1.bytes }.map(\.index)
        }
        return children.map { index in
            let item = listing.items[index]
            let isOpen =
                item.entry.isDirectory && (opened.contains(item.path) != (matches?.isAbove(index, listing) ?? false))
            return Row(index: index, depth: depth, isOpen: isOpen)
        }
    }
}
