internal import Archive
internal import Core
internal import HostOS
internal import Layers

extension RecordWriter {
    mutating func write(_ facts: LayerFacts) {
        write(facts.diffID)
        write(facts.archiveSize)
        write(facts.contentBytes)
        write(facts.remarks)
        write(UInt64(facts.contents.entries.count))
        var last: [UInt8] = []
        for (entry, content) in zip(facts.contents.entries, facts.facts) {
            // Neighbours have most of their paths in common.
            let shared = zip(last, entry.path.bytes).prefix { $0 == $1 }.count
            last = entry.path.bytes
            write(UInt64(shared))
            write(last[shared...])
            write(entry)
            write(content) { $0.write($1) }
            cut()
            if isTooLong { return }
        }
    }

    private mutating func write(_ entry: Entry) {
        switch entry.kind {
        case .file: write(UInt64(0))
        case .directory(let isOpaque): write(UInt64(isOpaque ? 2 : 1))
        case .symlink(let target):
            write(UInt64(3))
            write(target)
        case .hardlink(let target):
            write(UInt64(4))
            write(target.bytes)
        case .characterDevice(let major, let minor):
            write(UInt64(5))
            write(major)
            write(minor)
        case .blockDevice(let major, let minor):
            write(UInt64(6))
            write(major)
            write(minor)
        case .fifo: write(UInt64(7))
        case .whiteout: write(UInt64(8))
        }
        write(entry.mode)
        write(entry.uid)
        write(entry.gid)
        write(entry.attributes) {
            $0.write($1.name)
            $0.write($1.value)
        }
        write(entry.modified.seconds)
        write(entry.modified.nanoseconds)
        write(entry.size)
        if case .span(let span) = entry.content { write(span.offset) } else { write(Int64(-1)) }
    }

    private mutating func write(_ facts: ContentFacts) {
        write(facts.kind)
        write(facts.digest) { $0.write($1) }
        write(facts.binary) { $0.write($1) }
        write(facts.interpreter)
        write(facts.secrets) {
            $0.write($1.rule)
            $0.write($1.title)
            $0.write($1.line) { $0.write($1) }
        }
        write(facts.captured) { $0.write($1) }
    }
}

extension RecordReader {
    mutating func layerFacts() throws(RecordDamage) -> LayerFacts {
        let diffID = try digest()
        let archiveSize = try size()
        let contentBytes = try size()
        let remarks = try texts()
        let count = try count()
        let archive = LayerFacts.unopened()
        var entries: [Entry] = []
        var facts: [ContentFacts?] = []
        entries.reserveCapacity(count)
        facts.reserveCapacity(count)
        var last: [UInt8] = []
        // What the entries hold is no more than what came by.
        var left = contentBytes
        for _ in 0..<count {
            guard let shared = Int(exactly: try number()), shared <= last.count else { throw RecordDamage() }
            let rest = try piece(try self.count())
            last = [UInt8](unsafeUninitializedCapacity: shared + rest.count) { path, count in
                let path = UnsafeMutableRawBufferPointer(path)
                last.withUnsafeBytes { path.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<shared])) }
                UnsafeMutableRawBufferPointer(rebasing: path[shared...]).copyMemory(from: rest)
                count = shared + rest.count
            }
            let entry = try entry(BytePath(normalized: last), archive)
            // What follows finds paths by their order.
            if let before = entries.last?.path, !(before < entry.path) { throw RecordDamage() }
            if entry.isFile { left -= entry.size }
            guard left >= 0 else { throw RecordDamage() }
            entries.append(entry)
            facts.append(try optional { (reader) throws(RecordDamage) in try reader.contentFacts() })
        }
        guard entries.first?.path.isRoot != true else { throw RecordDamage() }
        return LayerFacts(
            diffID: diffID, archiveSize: archiveSize, contentBytes: contentBytes,
            contents: LayerContents(sorted: entries),
            facts: facts, archive: archive, remarks: remarks)
    }

    private mutating func entry(_ path: BytePath, _ archive: FileDescriptor) throws(RecordDamage) -> Entry {
        let kind: Entry.Kind =
            switch try number() {
            case 0: .file
            case 1: .directory(opaque: false)
            case 2: .directory(opaque: true)
            case 3: .symlink(target: try data())
            case 4: .hardlink(target: BytePath(normalized: try data()))
            case 5: .characterDevice(major: try word(), minor: try word())
            case 6: .blockDevice(major: try word(), minor: try word())
            case 7: .fifo
            case 8: .whiteout
            default: throw RecordDamage()
            }
        var entry = Entry(path, kind, mode: try word(), uid: try word(), gid: try word())
        entry.attributes = try list { (reader) throws(RecordDamage) in
            ExtendedAttribute(name: try reader.text(), value: try reader.data())
        }
        entry.modified = FileTime(seconds: try signed(), nanoseconds: try signed())
        entry.size = try size()
        let offset = try signed()
        if offset >= 0 { entry.content = .span(TarSpan(file: archive, offset: offset, length: entry.size)) }
        return entry
    }

    private mutating func contentFacts() throws(RecordDamage) -> ContentFacts {
        var facts = ContentFacts(kind: try choice(ContentKind.self))
        facts.digest = try optional { (reader) throws(RecordDamage) in try reader.digest() }
        if let binary = try optional({ (reader) throws(RecordDamage) in try reader.binary() }) { facts.binary = binary }
        let interpreter = try texts()
        if !interpreter.isEmpty { facts.interpreter = interpreter }
        let secrets = try list { (reader) throws(RecordDamage) in
            SecretFinding(
                rule: try reader.text(), title: try reader.text(),
                line: try reader.optional { (reader) throws(RecordDamage) in try reader.int() })
        }
        if !secrets.isEmpty { facts.secrets = secrets }
        if let captured = try optional({ (reader) throws(RecordDamage) in try reader.data() }) {
            facts.captured = captured
        }
        return facts
    }
}
