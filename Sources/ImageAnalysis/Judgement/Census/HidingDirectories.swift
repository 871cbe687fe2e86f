// https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
internal import Core
internal import Layers

/// Paths at which a layer hides what lower layers have below: whiteouts, opaque directories, and whatever took the place
/// of a directory.
final class HidingDirectories {
    /// The layers that hide what is below a path, lowest first.
    private var layers: [BytePath: [Int32]] = [:]
    /// Likewise with what hides the directories above; filled as it is asked for.
    private var known: [BytePath: [Int32]] = [:]

    init(_ contents: [LayerContents]) {
        // What is no directory hides nothing unless a lower layer has it as one.
        var directories: Set<BytePath> = []
        for (layer, contents) in contents.enumerated() {
            for entry in contents.entries {
                switch entry.kind {
                case .whiteout, .directory(opaque: true): layers[entry.path, default: []].append(Int32(layer))
                case .directory: break
                default:
                    if directories.contains(entry.path) { layers[entry.path, default: []].append(Int32(layer)) }
                }
            }
            for entry in contents.entries {
                var directory = entry.isDirectory ? entry.path : entry.path.parent
                while !directory.isRoot, directories.insert(directory).inserted { directory = directory.parent }
            }
        }
    }

    /// The first layer after a given one that hides a path by what it has at a directory above.
    func first(above path: BytePath, after layer: Int32) -> Int32? {
        if layers.isEmpty { return nil }
        return hiding(path.parent).first { $0 > layer }
    }

    private func hiding(_ directory: BytePath) -> [Int32] {
        var chain: [BytePath] = []
        var path = directory
        while !path.isRoot, known[path] == nil {
            chain.append(path)
            path = path.parent
        }
        var result = path.isRoot ? [] : known[path] ?? []
        for path in chain.reversed() {
            if let own = layers[path] { result = Array(Set(result).union(own)).sorted() }
            known[path] = result
        }
        return result
    }
}
