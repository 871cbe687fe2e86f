// https://rpm-software-management.github.io/rpm/manual/format_header.html
internal import Core
internal import Inventory

/// A package as RPM keeps it: numbered fields, first an index of 16 bytes each, then the values.
struct RPMHeader {
    private enum Tag {
        static let name: UInt32 = 1000
        static let version: UInt32 = 1001
        static let release: UInt32 = 1002
        static let epoch: UInt32 = 1003
        static let license: UInt32 = 1014
        static let architecture: UInt32 = 1022
        static let oldFileNames: UInt32 = 1027
        static let fileFlags: UInt32 = 1037
        static let sourcePackage: UInt32 = 1044
        static let directoryIndexes: UInt32 = 1116
        static let baseNames: UInt32 = 1117
        static let directoryNames: UInt32 = 1118
    }

    private static let fieldLimit = 65536
    private static let stringType: UInt32 = 6
    private static let numberType: UInt32 = 4
    /// The package doesn't bring such a file, it only owns it.
    private static let ghost: UInt32 = 1 << 6

    private let blob: ArraySlice<UInt8>
    private let valuesStart: Int
    /// Where a field's description lies, by its tag.
    private let places: [UInt32: Int]

    /// Reads the index; nil when the bytes are no header.
    init?(_ blob: ArraySlice<UInt8>) {
        guard let fields = blob.bigEndian(at: 0), let size = blob.bigEndian(at: 4), fields > 0,
            fields <= Self.fieldLimit, Int(fields) * 16 + 8 <= blob.count,
            Int(size) <= blob.count - Int(fields) * 16 - 8
        else { return nil }
        self.blob = blob
        valuesStart = 8 + Int(fields) * 16
        var places: [UInt32: Int] = [:]
        for index in 0..<Int(fields) {
            let place = 8 + index * 16
            if let tag = blob.bigEndian(at: place), places[tag] == nil { places[tag] = place }
        }
        self.places = places
    }

    /// The package; nil when it has no name or version.
    func package(_ budget: inout PathBudget) -> Reading.Package? {
        guard let name = strings(Tag.name).first, let version = strings(Tag.version).first, !name.isEmpty,
            !version.isEmpty
        else { return nil }
        let release = strings(Tag.release).first.map { "-" + $0.text } ?? ""
        var component = Component(.rpm, name: name.text, version: version.text + release)
        if let architecture = strings(Tag.architecture).first { component.qualifiers["arch"] = architecture.text }
        if let epoch = numbers(Tag.epoch).first { component.qualifiers["epoch"] = String(epoch) }
        if let license = strings(Tag.license).first, !license.isEmpty { component.licenses = [license.text] }
        if let file = strings(Tag.sourcePackage).first, let source = Self.source(file.text),
            source.name != component.name || source.version != component.version
        {
            component.source = source
        }
        return Reading.Package(component: component, files: files(&budget))
    }

    /// `NAME-VERSION-RELEASE.src.rpm`
    static func source(_ file: String) -> Component.Source? {
        guard let suffix = [".nosrc.rpm", ".src.rpm"].first(where: { file.hasSuffix($0) }) else { return nil }
        let stem = file.dropLast(suffix.count)
        guard let last = stem.lastIndex(of: "-"), let first = stem[..<last].lastIndex(of: "-"),
            first != stem.startIndex
        else { return nil }
        return .init(name: String(stem[..<first]), version: String(stem[stem.index(after: first)...]))
    }

    private func files(_ budget: inout PathBudget) -> [BytePath] {
        let flags = numbers(Tag.fileFlags)
        func isGhost(_ index: Int) -> Bool { index < flags.count && flags[index] & Self.ghost != 0 }

        let names = strings(Tag.baseNames)
        guard !names.isEmpty else {
            return strings(Tag.oldFileNames).enumerated().filter { !isGhost($0.offset) }
                .compactMap { budget.path([], $0.element) }
        }
        let directories = strings(Tag.directoryNames)
        let indexes = numbers(Tag.directoryIndexes)
        var found: [BytePath] = []
        for (index, name) in names.enumerated() where index < indexes.count && !isGhost(index) {
            guard Int(indexes[index]) < directories.count else { continue }
            if let path = budget.path(directories[Int(indexes[index])], name) { found.append(path) }
        }
        return found
    }

    /// Type, start and count of a field's values.
    private func field(_ tag: UInt32) -> (type: UInt32, start: Int, count: Int)? {
        guard let place = places[tag], let type = blob.bigEndian(at: place + 4),
            let offset = blob.bigEndian(at: place + 8), let count = blob.bigEndian(at: place + 12),
            Int(offset) < blob.count - valuesStart
        else { return nil }
        return (type, valuesStart + Int(offset), Int(count))
    }

    private func numbers(_ tag: UInt32) -> [UInt32] {
        guard let (type, start, count) = field(tag), type == Self.numberType, count <= (blob.count - start) / 4 else {
            return []
        }
        return (0..<count).compactMap { blob.bigEndian(at: start + $0 * 4) }
    }

    /// The values of a string (type 6), a list of strings (8), or a string in several languages (9).
    private func strings(_ tag: UInt32) -> [ArraySlice<UInt8>] {
        guard let (type, start, count) = field(tag), type == Self.stringType || type == 8 || type == 9,
            count <= blob.count - start
        else { return [] }
        var found: [ArraySlice<UInt8>] = []
        var position = blob.startIndex + start
        for _ in 0..<(type == Self.stringType ? 1 : count) {
            guard position < blob.endIndex, let end = blob[position...].firstIndex(of: 0) else { break }
            found.append(blob[position..<end])
            position = end + 1
        }
        return found
    }
}

extension ArraySlice<UInt8> {
    /// A number of four bytes at an offset from the start of the slice; nil beyond its end.
    func bigEndian(at offset: Int) -> UInt32? { littleEndian(at: offset)?.byteSwapped }

    func littleEndian(at offset: Int) -> UInt32? {
        guard offset >= 0, offset <= count - 4 else { return nil }
        return withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
    }

    func littleEndian16(at offset: Int) -> UInt16? {
        guard offset >= 0, offset <= count - 2 else { return nil }
        return withUnsafeBytes { UInt16(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt16.self)) }
    }
}
