import Binaries
import Cataloging
import Core
import Glibc

/// A directory of this machine seen as an image; nothing is followed out of it.
final class DirectoryTree: CatalogTree {
    private let root: String
    let paths: [BytePath]
    let binaries: [(path: BytePath, facts: BinaryFacts)]

    /// - Parameter below: the directories to look into, and single files, relative to the root.
    init(_ root: String, below: [String] = [""], binaries: [(path: BytePath, facts: BinaryFacts)] = []) {
        self.root = root
        self.binaries = binaries
        var paths: [BytePath] = []
        for directory in below { Self.walk(root, BytePath(cleaning: directory), &paths) }
        self.paths = paths.sorted()
    }

    private static func walk(_ root: String, _ directory: BytePath, _ paths: inout [BytePath]) {
        guard let stream = opendir(root + directory.absolute) else {
            if errno == ENOTDIR { paths.append(directory) }
            return
        }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) { continue }
            let path = directory.appending(name)
            switch Int32(entry.pointee.d_type) {
            case Int32(DT_DIR): walk(root, path, &paths)
            case Int32(DT_REG): paths.append(path)
            default: break
            }
        }
    }

    func content(_ path: BytePath) throws -> [UInt8]? {
        guard let file = fopen(root + path.absolute, "r") else { return nil }
        defer { fclose(file) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            content += buffer[..<count]
        }
        return Catalog.wants(path, size: Int64(content.count)) ? content : nil
    }
}
