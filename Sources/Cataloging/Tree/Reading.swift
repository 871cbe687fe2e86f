internal import Core
internal import Inventory

/// What a file with many packages in it, hard to read or large, comes down to.
struct Reading: Hashable {
    struct Package: Hashable {
        var component: Component
        /// As the file names them.
        var files: [BytePath] = []
        /// Whether it is the file itself rather than something in it.
        var isWhole = false
    }

    var packages: [Package] = []
    var remarks: [String] = []

    init() {}
}

// The short form: a mark that no such file starts with, then strings, each with its length in four bytes before it.
extension Reading {
    private static var mark: [UInt8] { Array("\0sampan packages 1\n".utf8) }

    var condensed: [UInt8] {
        var out = Self.mark
        func put(_ number: Int) {
            let value = UInt32(clamping: number)
            for shift in [0, 8, 16, 24] as [UInt32] { out.append(UInt8(truncatingIfNeeded: value >> shift)) }
        }
        func put(_ bytes: some Collection<UInt8>) {
            put(bytes.count)
            out += bytes
        }
        func put(_ texts: [String]) {
            put(texts.count)
            texts.forEach { put($0.utf8) }
        }
        put(remarks)
        put(packages.count)
        for package in packages {
            let component = package.component
            put([
                component.ecosystem.rawValue, component.namespace ?? "", component.name, component.version,
                component.source?.name ?? "", component.source?.version ?? "", package.isWhole ? "1" : "",
            ])
            put(component.qualifiers.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] })
            put(component.licenses)
            put(package.files.count)
            package.files.forEach { put($0.bytes) }
        }
        return out
    }

    /// Reads the short form; nil when the bytes are none, an empty list when they are damaged.
    init?(condensed bytes: [UInt8]) {
        guard bytes.starts(with: Self.mark) else { return nil }
        var reader = Reader(bytes: bytes, position: Self.mark.count)
        guard let reading = reader.reading() else { return }
        self = reading
    }

    private struct Reader {
        let bytes: [UInt8]
        var position: Int

        mutating func number() -> Int? {
            guard bytes.count - position >= 4 else { return nil }
            defer { position += 4 }
            return (0..<4).reduce(0) { $0 | Int(bytes[position + $1]) << (8 * $1) }
        }

        mutating func string() -> ArraySlice<UInt8>? {
            guard let count = number(), count <= bytes.count - position else { return nil }
            defer { position += count }
            return bytes[position..<position + count]
        }

        mutating func list<Item>(_ item: (ArraySlice<UInt8>) -> Item) -> [Item]? {
            guard let count = number() else { return nil }
            var items: [Item] = []
            for _ in 0..<count {
                guard let string = string() else { return nil }
                items.append(item(string))
            }
            return items
        }

        mutating func reading() -> Reading? {
            var reading = Reading()
            guard let remarks = list(\.text), let count = number() else { return nil }
            reading.remarks = remarks
            for _ in 0..<count {
                guard let parts = list(\.text), parts.count == 7, let pairs = list(\.text), let licenses = list(\.text),
                    let files = list({ BytePath(cleaning: $0) }),
                    let ecosystem = Component.Ecosystem(rawValue: parts[0])
                else { return nil }
                var component = Component(
                    ecosystem, namespace: parts[1].isEmpty ? nil : parts[1], name: parts[2], version: parts[3],
                    licenses: licenses)
                if !parts[4].isEmpty { component.source = .init(name: parts[4], version: parts[5]) }
                for index in stride(from: 0, to: pairs.count - 1, by: 2) {
                    component.qualifiers[pairs[index]] = pairs[index + 1]
                }
                reading.packages.append(Package(component: component, files: files, isWhole: parts[6] == "1"))
            }
            return reading
        }
    }
}
