internal import Binaries
internal import Cataloging
internal import Core
internal import Inventory

extension RecordWriter {
    mutating func write(_ findings: ImageFindings, _ paths: inout RecordPaths) {
        write(findings.kinds) {
            $0.write($1.kind)
            $0.write($1.files)
            $0.write($1.bytes)
        }
        write(findings.packages) {
            $0.write($1.package, &paths)
            $0.write($1.files)
            $0.write($1.bytes)
            $0.cut()
        }
        write(findings.waste.diveEfficiency.bitPattern)
        write(findings.waste.diveWastedBytes)
        write(findings.waste.items) {
            $0.write($1, &paths)
            $0.cut()
        }
        write(findings.programs) {
            paths.write($1.path, to: &$0)
            $0.write($1.isEntrypoint)
            $0.write($1.start, &paths)
            $0.write($1.gaps) { $0.write($1) }
        }
        write(findings.bases) {
            $0.write($1.base)
            $0.write($1.start, &paths)
            $0.write($1.gaps) { $0.write($1) }
        }
        write(findings.remarks)
    }

    private mutating func write(_ package: InstalledPackage, _ paths: inout RecordPaths) {
        let component = package.component
        write(component.ecosystem)
        write(component.namespace)
        write(component.name)
        write(component.version)
        write(component.qualifiers.sorted { $0.key < $1.key }) {
            $0.write($1.key)
            $0.write($1.value)
        }
        write(component.source) {
            $0.write($1.name)
            $0.write($1.version)
        }
        write(component.licenses)
        paths.write(package.evidence, to: &self)
        write(package.files) { paths.write($1, to: &$0) }
    }

    private mutating func write(_ item: Waste.Item, _ paths: inout RecordPaths) {
        write(item.kind)
        paths.write(item.path, to: &self)
        write(item.bytes)
        write(item.layer)
        write(item.replacedBy) { $0.write($1) }
        write(item.original) { paths.write($1, to: &$0) }
    }

    private mutating func write(_ start: ProgramVerdict.Start, _ paths: inout RecordPaths) {
        switch start {
        case .isStatic: write(UInt64(0))
        case .resolves(let libraries):
            write(UInt64(1))
            write(libraries) { paths.write($1, to: &$0) }
        case .fails(let missing):
            write(UInt64(2))
            write(missing) { $0.write($1, &paths) }
        }
    }

    private mutating func write(_ missing: ProgramVerdict.Missing, _ paths: inout RecordPaths) {
        func write(_ number: UInt64, _ text: String, to writer: inout RecordWriter) {
            writer.write(number)
            writer.write(text)
        }
        switch missing {
        case .program(let name): write(0, name, to: &self)
        case .notExecutable(let path):
            self.write(UInt64(1))
            paths.write(path, to: &self)
        case .interpreter(let name): write(2, name, to: &self)
        case .library(let name, let user):
            write(3, name, to: &self)
            paths.write(user, to: &self)
        case .version(let name, let library, let user):
            write(4, name, to: &self)
            paths.write(library, to: &self)
            paths.write(user, to: &self)
        case .shell(let name): write(5, name, to: &self)
        case .architecture(let name, let image):
            write(6, name, to: &self)
            self.write(image)
        case .scriptInterpreter(let name, let script):
            write(7, name, to: &self)
            paths.write(script, to: &self)
        case .user(let name): write(8, name, to: &self)
        case .unknownFormat(let path):
            self.write(UInt64(9))
            paths.write(path, to: &self)
        }
    }

    private mutating func write(_ gap: ProgramVerdict.RuntimeGap) {
        write(gap.need)
        write(gap.missing)
    }
}

extension RecordReader {
    mutating func imageFindings(_ paths: inout RecordPaths) throws(RecordDamage) -> ImageFindings {
        ImageFindings(
            kinds: try list { (reader) throws(RecordDamage) in
                KindShare(kind: try reader.choice(ContentKind.self), files: try reader.int(), bytes: try reader.size())
            },
            packages: try list { (reader) throws(RecordDamage) in
                PackageShare(package: try reader.package(&paths), files: try reader.int(), bytes: try reader.size())
            },
            waste: try waste(&paths),
            programs: try list { (reader) throws(RecordDamage) in
                ProgramVerdict(
                    path: try paths.read(&reader), isEntrypoint: try reader.flag(), start: try reader.start(&paths),
                    gaps: try reader.list { (reader) throws(RecordDamage) in try reader.gap() })
            },
            bases: try list { (reader) throws(RecordDamage) in
                BaseVerdict(
                    base: try reader.text(), start: try reader.start(&paths),
                    gaps: try reader.list { (reader) throws(RecordDamage) in try reader.gap() })
            }, remarks: try texts())
    }

    private mutating func package(_ paths: inout RecordPaths) throws(RecordDamage) -> InstalledPackage {
        var component = Component(
            try choice(Component.Ecosystem.self), namespace: try optionalText(), name: try text(), version: try text())
        for _ in 0..<(try count()) {
            let key = try text()
            component.qualifiers[key] = try text()
        }
        component.source = try optional { (reader) throws(RecordDamage) in
            Component.Source(name: try reader.text(), version: try reader.text())
        }
        component.licenses = try texts()
        let evidence = try paths.read(&self)
        return InstalledPackage(
            component, evidence: evidence,
            files: try list { (reader) throws(RecordDamage) in try paths.read(&reader) })
    }

    private mutating func waste(_ paths: inout RecordPaths) throws(RecordDamage) -> Waste {
        let efficiency = Double(bitPattern: try number())
        let wasted = try size()
        guard (0...1).contains(efficiency) else { throw RecordDamage() }
        return Waste(
            items: try list { (reader) throws(RecordDamage) in
                Waste.Item(
                    kind: try reader.choice(Waste.Kind.self), path: try paths.read(&reader), bytes: try reader.size(),
                    layer: try paths.layer(&reader),
                    replacedBy: try reader.optional { (reader) throws(RecordDamage) in try paths.layer(&reader) },
                    original: try reader.optional { (reader) throws(RecordDamage) in try paths.read(&reader) })
            }, diveEfficiency: efficiency, diveWastedBytes: wasted)
    }

    private mutating func start(_ paths: inout RecordPaths) throws(RecordDamage) -> ProgramVerdict.Start {
        switch try number() {
        case 0: .isStatic
        case 1: .resolves(libraries: try list { (reader) throws(RecordDamage) in try paths.read(&reader) })
        case 2: .fails(try list { (reader) throws(RecordDamage) in try reader.missing(&paths) })
        default: throw RecordDamage()
        }
    }

    private mutating func missing(_ paths: inout RecordPaths) throws(RecordDamage) -> ProgramVerdict.Missing {
        switch try number() {
        case 0: .program(try text())
        case 1: .notExecutable(try paths.read(&self))
        case 2: .interpreter(try text())
        case 3: .library(try text(), neededBy: try paths.read(&self))
        case 4: .version(try text(), library: try paths.read(&self), neededBy: try paths.read(&self))
        case 5: .shell(try text())
        case 6: .architecture(try text(), image: try text())
        case 7: .scriptInterpreter(try text(), script: try paths.read(&self))
        case 8: .user(try text())
        case 9: .unknownFormat(try paths.read(&self))
        default: throw RecordDamage()
        }
    }

    private mutating func gap() throws(RecordDamage) -> ProgramVerdict.RuntimeGap {
        ProgramVerdict.RuntimeGap(need: try choice(BinaryFacts.Need.self), missing: try text())
    }
}
