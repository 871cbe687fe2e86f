import Archive
import Core
import ImageAnalysis
import Inventory
import Reports

/// What differs between two images, the largest first.
struct DiffView {
    let diff: ImageDiff
    let page: Page
    let showsAllFiles: Bool

    init(diff: ImageDiff, page: Page, showsAllFiles: Bool = false) {
        self.diff = diff
        self.page = showsAllFiles ? page : page.screen
        self.showsAllFiles = showsAllFiles
    }

    /// Rows of a section at most.
    private static let limit = 15

    var lines: [String] {
        var sections = [head]
        if diff.isEmpty { sections.append(["Both hold the same and start in the same way."]) }
        sections += [causes, config, packages, files]
        return Array(sections.filter { !$0.isEmpty }.joined(separator: [""]))
    }

    private var head: [String] {
        let (one, other) = (diff.before, diff.after)
        var grid = Grid([.left, .flexible, .flexible, .right], header: ["", "BEFORE", "AFTER", ""])
        func add(_ name: String, _ before: String, _ after: String, _ change: Grid.Cell = "") {
            grid.add([Grid.Cell(name, .dim), Grid.Cell(before), Grid.Cell(after), change])
        }
        func bytes(_ name: String, _ before: Int64, _ after: Int64) {
            add(name, Human.bytes(before), Human.bytes(after), Self.growth(after - before))
        }
        func count(_ name: String, _ before: Int, _ after: Int) {
            add(name, String(before), String(after), after == before ? "" : Grid.Cell(Self.signed(after - before)))
        }
        add("image", SafeText.text(one.name), SafeText.text(other.name))
        add("digest", one.manifest.short, other.manifest.short)
        if one.platform != other.platform {
            add("platform", SafeText.text(one.platform.description), SafeText.text(other.platform.description))
        }
        bytes("compressed", one.compressedBytes, other.compressedBytes)
        bytes("all files", one.contentBytes, other.contentBytes)
        bytes("final tree", one.treeBytes, other.treeBytes)
        bytes("waste", one.wastedBytes, other.wastedBytes)
        count("files", one.files, other.files)
        count("layers", one.layers, other.layers)
        return grid.lines(page)
    }

    private var causes: [String] {
        let changed = diff.causes.filter { !$0.isSame }
        guard !changed.isEmpty else { return [] }
        var grid = Grid([.right, .left, .left, .flexible], indent: 2)
        for cause in changed.prefix(Self.limit) {
            let state = cause.bytesBefore == nil ? "new" : cause.bytesAfter == nil ? "gone" : "changed"
            grid.add([
                Self.growth(cause.growth), Grid.Cell(state, .dim), Grid.Cell(CauseText.place(cause.place) ?? "", .cyan),
                Grid.Cell(CauseText.instruction(cause.instruction)),
            ])
        }
        return [page.heading("By instruction")] + grid.lines(page) + rest(changed.count)
    }

    private var config: [String] {
        guard !diff.config.isEmpty else { return [] }
        var grid = Grid([.left, .flexible, .left, .flexible], indent: 2)
        for change in diff.config {
            grid.add([
                Grid.Cell(SafeText.text(change.key)), Grid.Cell(change.before.map(SafeText.text) ?? "(none)", .red),
                Grid.Cell("→", .dim), Grid.Cell(change.after.map(SafeText.text) ?? "(none)", .green),
            ])
        }
        return [page.heading("Configuration")] + grid.lines(page)
    }

    private var packages: [String] {
        guard !diff.packages.isEmpty else { return [] }
        let sorted = diff.packages.sorted { left, right in
            (right.growth.magnitude, left.name, left.ecosystem.rawValue)
                < (left.growth.magnitude, right.name, right.ecosystem.rawValue)
        }
        var grid = Grid([.right, .left, .left, .flexible, .left, .flexible], indent: 2)
        for change in sorted.prefix(showsAllFiles ? .max : Self.limit) {
            let name = PackageText.name(change.ecosystem, change.namespace, change.name)
            grid.add([
                Self.growth(change.growth), Grid.Cell(PackageText.ecosystem(change.ecosystem), .dim),
                Grid.Cell(SafeText.text(name)),
                Grid.Cell(change.before.map(SafeText.text) ?? "(none)", .red), Grid.Cell("→", .dim),
                Grid.Cell(change.after.map(SafeText.text) ?? "(none)", .green),
            ])
        }
        return [page.heading("Packages", VerdictText.count(diff.packages.count, "change", "changes"))]
            + grid.lines(page) + (showsAllFiles ? [] : rest(sorted.count))
    }

    private var files: [String] {
        guard !diff.files.isEmpty else { return [] }
        var shown = diff.files
        if !showsAllFiles {
            shown.sort { left, right in
                let (one, other) = (weight(left), weight(right))
                return one == other ? left.path < right.path : one > other
            }
            shown = Array(shown.prefix(Self.limit))
        }
        var grid = Grid([.left, .right, .path, .flexible], indent: 2)
        for change in shown {
            let (sign, ink): (String, Page.Ink) =
                switch change.kind {
                case .added: ("+", .green)
                case .removed: ("-", .red)
                case .changed: ("~", .yellow)
                }
            grid.add([
                Grid.Cell(sign, ink), Self.growth(change.growth), Grid.Cell(SafeText.path(change.path)),
                Grid.Cell(Self.aspects(change), .dim),
            ])
        }
        let counts = ImageDiff.FileChange.Kind.allCases.map { kind in
            "\(diff.files.count { $0.kind == kind }) \(kind.rawValue)"
        }
        return [page.heading("Files", counts.joined(separator: ", "))] + grid.lines(page)
            + (showsAllFiles ? [] : rest(diff.files.count, "--files"))
    }

    /// What differs, as it was and as it is.
    static func aspects(_ change: ImageDiff.FileChange) -> String {
        guard let old = change.before, let new = change.after else { return "" }
        func text(_ name: String, _ before: String, _ after: String) -> String { "\(name) \(before) → \(after)" }
        return change.aspects.map { aspect in
            switch aspect {
            case .type: return text("type", old.type.rawValue, new.type.rawValue)
            case .content: return "content"
            case .mode: return text("mode", mode(old.mode), mode(new.mode))
            case .owner: return text("owner", "\(old.uid):\(old.gid)", "\(new.uid):\(new.gid)")
            case .attributes:
                let (one, other) = (Set(old.attributes), Set(new.attributes))
                let names = Set(one.symmetricDifference(other).map(\.name)).sorted()
                return "attributes " + names.map(SafeText.text).joined(separator: " ")
            case .target: return text("target", SafeText.bytes(old.target ?? []), SafeText.bytes(new.target ?? []))
            }
        }.joined(separator: ", ")
    }

    /// Four digits, as `chmod` takes them.
    private static func mode(_ mode: UInt32) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// What a change moves: all of a file whose content differs.
    private func weight(_ change: ImageDiff.FileChange) -> Int64 { max(change.bytesBefore, change.bytesAfter) }

    private func rest(_ count: Int, _ flag: String? = nil) -> [String] {
        guard count > Self.limit else { return [] }
        return ["    and \(count - Self.limit) more" + (flag.map { ": \($0)" } ?? "")]
    }

    static func growth(_ bytes: Int64) -> Grid.Cell {
        if bytes == 0 { return "" }
        // The least number has no opposite.
        let size = Human.bytes(Int64(clamping: bytes.magnitude))
        return bytes > 0 ? Grid.Cell("+" + size, .red) : Grid.Cell("−" + size, .green)
    }

    private static func signed(_ count: Int) -> String { count > 0 ? "+\(count)" : "−\(count.magnitude)" }
}
