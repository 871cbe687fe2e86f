import Binaries
import Core
import ImageAnalysis
import Reports

/// The inside of a program or library.
struct BinaryView {
    let path: BytePath
    let size: Int64
    let facts: BinaryFacts
    let sizes: SizeAttribution?
    let page: Page

    var lines: [String] {
        var sections = [head, build, modules, bytes]
        sections.removeAll { $0.isEmpty }
        return Array(sections.joined(separator: [""]))
    }

    private var head: [String] {
        var grid = Grid([.left, .flexible], indent: 2)
        func add(_ name: String, _ value: String?, _ ink: Page.Ink = .plain) {
            if let value, !value.isEmpty { grid.add([Grid.Cell(name, .dim), Grid.Cell(SafeText.text(value), ink)]) }
        }
        add(
            "kind",
            "\(kind), ELF \(facts.bits)-bit \(facts.isLittleEndian ? "little" : "big")-endian \(facts.architecture)")
        add("loader", facts.interpreter ?? (facts.isProgram && facts.isStatic ? "none: static" : nil))
        add("soname", facts.soname)
        add("needs", facts.needed.joined(separator: " "))
        for need in facts.versionNeeds { add("  of \(need.library)", need.versions.joined(separator: " ")) }
        add("rpath", facts.rpath.joined(separator: ":"), .yellow)
        add("runpath", facts.runpath.joined(separator: ":"))
        add("hardening", hardening)
        add("symbols", symbols)
        add("build ID", facts.buildID)
        add("at run time", facts.needs.map(VerdictText.need).sorted().joined(separator: "; "))
        return [page.heading(SafeText.path(path), Human.bytes(size))] + grid.lines(page)
    }

    private var kind: String {
        switch facts.kind {
        case .executable: "program at a fixed address"
        case .positionIndependent: "position-independent program"
        case .sharedLibrary: "shared library"
        case .object: "object file"
        case .core: "core dump"
        }
    }

    private var hardening: String {
        let relro =
            switch facts.relro {
            case .none: "no RELRO"
            case .partial: "partial RELRO"
            case .full: "full RELRO"
            }
        return [
            facts.kind == .executable ? "no PIE" : facts.kind == .positionIndependent ? "PIE" : nil, relro,
            facts.hasExecutableStack ? "executable stack" : "NX", facts.hasStackProtector ? "canary" : "no canary",
        ].compactMap { $0 }.joined(separator: ", ")
    }

    private var symbols: String {
        var parts: [String] = []
        if facts.symbolBytes > 0 { parts.append("symbols \(Human.bytes(facts.symbolBytes))") }
        if facts.debugBytes > 0 { parts.append("debug information \(Human.bytes(facts.debugBytes))") }
        if facts.symbols == .stripped { return (["stripped"] + parts).joined(separator: ", ") }
        return "not stripped" + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", "))
    }

    // MARK: - Languages

    private var build: [String] {
        var grid = Grid([.left, .flexible], indent: 2)
        func add(_ name: String, _ value: String?) {
            if let value, !value.isEmpty {
                grid.add([Grid.Cell(SafeText.text(name), .dim), Grid.Cell(SafeText.text(value))])
            }
        }
        var title: String?
        if let go = facts.go {
            title = "Go"
            add("version", go.version)
            add("package", go.path)
            add("module", go.main.map { "\($0.path) \($0.version)" })
            add("dependencies", go.dependencies.isEmpty ? nil : String(go.dependencies.count))
            for setting in go.settings { add(setting.key, setting.value) }
        } else if let swift = facts.swift {
            title = "Swift"
            add("runtime", swift.isRuntimeStatic ? "inside the program" : "shared libraries")
            add("compiler", swift.compiler)
        } else if let rust = facts.rust {
            title = "Rust"
            add("compiler", rust.compiler)
            add(
                "crates",
                rust.crates.isEmpty ? "not recorded (cargo auditable records them)" : String(rust.crates.count))
        }
        return title.map { [page.heading($0)] + grid.lines(page) } ?? []
    }

    private var modules: [String] {
        guard let sizes, sizes.method == .goFunctions, sizes.total > 0 else { return [] }
        var modules: [String: Int64] = [:]
        // What belongs to no module is told by what it is instead.
        for part in sizes.parts {
            modules[part.module.isEmpty ? "(\(FileKindText.part(part.kind)))" : part.module, default: 0] += part.bytes
        }
        return [page.heading("Bytes by module")] + table(modules.map { ($0.key, "", $0.value) }, limit: 15)
    }

    private var bytes: [String] {
        guard let sizes, sizes.total > 0 else { return [] }
        let method =
            switch sizes.method {
            case .goFunctions: "by package, from the function table"
            case .symbols: "by symbol"
            case .sections: "by section: there are no symbols"
            }
        return [page.heading("Bytes", method)]
            + table(
                sizes.parts.map { ($0.package.isEmpty ? $0.module : $0.package, FileKindText.part($0.kind), $0.bytes) },
                limit: 30)
    }

    private func table(_ rows: [(name: String, kind: String, bytes: Int64)], limit: Int) -> [String] {
        let total = Double(max(1, rows.reduce(0) { $0 + $1.bytes }))
        let sorted = rows.sorted { ($1.bytes, $0.name, $0.kind) < ($0.bytes, $1.name, $1.kind) }
        var grid = Grid([.right, .right, .left, .flexible], indent: 2)
        for row in sorted.prefix(limit) {
            grid.add([
                Grid.Cell(Human.bytes(row.bytes)), Grid.Cell(SummaryView.percent(Double(row.bytes) / total), .dim),
                Grid.Cell(row.kind, .dim), Grid.Cell(row.name.isEmpty ? "(no name)" : SafeText.text(row.name)),
            ])
        }
        if sorted.count > limit {
            let rest = sorted[limit...].reduce(Int64(0)) { $0 + $1.bytes }
            grid.add([
                Grid.Cell(Human.bytes(rest)), Grid.Cell(SummaryView.percent(Double(rest) / total), .dim), "",
                Grid.Cell("\(sorted.count - limit) more", .dim),
            ])
        }
        return grid.lines(page)
    }
}
