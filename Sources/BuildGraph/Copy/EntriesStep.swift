import Core
private import DockerfileSyntax
import Layers

/// One COPY, ADD or WORKDIR with all variables replaced, before anything of a layer has been looked at.
///
/// It is what such a step is known by in exported caches: its ``shape()`` and its ``inputs`` say everything that its
/// layer depends on. So a step that another machine carried out needs no layer here.
struct EntriesStep: Sendable {
    enum Source: Sendable {
        /// A path or pattern in a stack of layers.
        case layers([LayerRef], pattern: String, span: SourceSpan?)
        /// A path or pattern in files that are here.
        case files(StackTree, pattern: String, span: SourceSpan?)
        /// A file that is named and whole.
        case file(Entry, span: SourceSpan?)
        /// All of a tree.
        case contents(LayerContents)
    }

    /// Text of an option and its place.
    struct Text: Sendable {
        var text: String
        var span: SourceSpan?
    }

    enum Kind: String, Sendable {
        case transfer
        /// Makes the destination unless it is a directory already.
        case workdir
    }

    var kind: Kind = .transfer
    var sources: [Source]
    var destination: String
    var workdir: String
    var owner: Text?
    var mode: Text?
    var excludes: [String] = []
    var parents = false
    var unpack = false
    /// Whether the layers below are left alone.
    var linked = false
    /// The layers below.
    var target: [LayerRef]
    var span: SourceSpan?

    /// Whether users are named, whose numbers are in the layers below.
    var namesUsers: Bool { owner.map { $0.text.split(separator: ":").contains { UInt32($0) == nil } } ?? false }

    /// Whether some of its files come from layers.
    var takesFromLayers: Bool {
        sources.contains { if case .layers = $0 { true } else { false } }
    }

    /// Chains of layers that the step reads.
    var inputs: [[LayerRef]] {
        (linked && !namesUsers ? [] : [target])
            + sources.compactMap { source in
                guard case .layers(let layers, _, _) = source else { return nil }
                return layers
            }
    }

    /// The instruction and the files that it takes from here, without the layers that it reads.
    func shape() throws -> Digest {
        var hash = KeyHasher("entries/1")
        hash.add([kind.rawValue, destination, workdir])
        hash.add(owner?.text)
        hash.add(mode?.text)
        hash.add(excludes)
        for flag in [parents, unpack, linked] { hash.add(flag) }
        hash.add(UInt64(sources.count))
        for source in sources {
            switch source {
            case .layers(_, let pattern, _): hash.add(["layers", pattern])
            case .files(let tree, let pattern, let span):
                hash.add(["files", pattern])
                try Selection(tree, pattern, parents: parents, span: span).add(to: &hash)
            case .file(let entry, _):
                hash.add("file")
                hash.add(try ContentID.of([entry]))
            case .contents(let contents):
                hash.add("contents")
                hash.add(try contents.contentID())
            }
        }
        return hash.finalize()
    }
}

/// What a pattern selects of files that are here, with everything that a copy of it can depend on.
private struct Selection {
    private let tree: StackTree
    private let matches: [SourceMatcher.Match]
    private let parents: Bool

    init(_ tree: StackTree, _ pattern: String, parents: Bool, span: SourceSpan?) throws {
        self.tree = tree
        matches = try SourceMatcher(tree: tree, span: span).matches(pattern, parents: parents)
        self.parents = parents
    }

    func add(to hash: inout KeyHasher) throws {
        hash.add(UInt64(matches.count))
        for match in matches {
            hash.add(match.name)
            hash.add(match.pivot)
            var entries = [match.entry]
            if match.entry.isDirectory { entries += try tree.walk(below: match.entry.path) }
            hash.add(try ContentID.of(entries))
            for entry in entries {
                // Names of one file stay names of one file.
                guard case .path(let file) = try tree.sharedName(of: entry)?.identity else { continue }
                hash.add(entry.path)
                hash.add(file)
            }
            if parents { try addParents(of: match, to: &hash) }
        }
    }

    /// With `--parents` the directories above a source are made again as they are.
    private func addParents(of match: SourceMatcher.Match, to hash: inout KeyHasher) throws {
        var path = match.name.parent
        while !path.isRoot {
            if let entry = try tree.lookup(path) { hash.add(try ContentID.of([entry])) }
            path = path.parent
        }
    }
}
