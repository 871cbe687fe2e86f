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

// The short form: a mark that no such file starts with, then strings, each behind its length.
extension Reading {
    private static var mark: [UInt8] { Array("\0sampan packages 1\n".utf8) }

    var condensed: [UInt8] {
        var out = Self.mark
        /// Seven bits a byte, the low ones first; the high bit says that there are more.
        func put(_ number: Int) {
            var rest = UInt32(clamping: number)
            while rest > 0x7f {
                out.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            out.append(UInt8(rest))
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
            // Of each path only what the one before it hasn't: neighbours share their directory.
            var last: [UInt8] = []
            for file in package.files {
                let shared = zip(last, file.bytes).prefix { $0 == $1 }.count
                put(shared)
                put(file.bytes[shared...])
                last = file.bytes
            }
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
        var budget = PathBudget()

        mutating func number() -> Int? {
            var number = 0
            for shift in stride(from: 0, to: 35, by: 7) {
                guard position < bytes.count else { return nil }
                let byte = bytes[position]
                position += 1
                number |= Int(byte & 0x7f) << shift
                if byte < 0x80 { return number }
            }
            return nil
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

        private mutating func paths() -> [BytePath]? {
            guard let count = number() else { return nil }
            var paths: [BytePath] = []
            var last: [UInt8] = []
            for _ in 0..<count {
                guard let shared = number(), shared <= last.count, let rest = string(),
                    let path = budget.path([], last[..<shared] + rest)
                else { return nil }
                last = path.bytes
                paths.append(path)
            }
            return paths
        }

        mutating func reading() -> Reading? {
            var reading = Reading()
            guard let remarks = list(\.text), let count = number() else { return nil }
            reading.remarks = remarks
            for _ in 0..<count {
                guard let parts = list(\.text), parts.count == 7, let pairs = list(\.text), let licenses = list(\.text),
                    let files = paths(),
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
