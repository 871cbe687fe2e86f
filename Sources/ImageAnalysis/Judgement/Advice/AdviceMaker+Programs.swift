internal import Binaries
internal import ContentStore
internal import Core
internal import Layers

/// How programs are built.
extension AdviceMaker {
    /// Names that one command is worth.
    private static let nameLimit = 8

    // MARK: Symbols

    /// Symbols of Go's programs one by one, as its linker leaves them out, and those of all else by layer.
    func onSymbols() -> [Advice] {
        let programs = group([.symbols, .debugInfo]) { $0.path }.filter { path, items in
            items.first.map { isOwn($0.layer) } ?? false
        }
        let isGo = Set(programs.map(\.key).filter { binary(at: $0)?.go != nil })
        let others = Dictionary(grouping: programs.filter { !isGo.contains($0.key) }) { $0.items[0].layer }
        return programs.filter { isGo.contains($0.key) }.map { goSymbols($0.key, $0.items) }
            + others.sorted { $0.key < $1.key }.map { layer, programs in
                stripping(layer, programs.map { (path: $0.key, bytes: Self.bytes($0.items)) })
            }
    }

    private func binary(at path: BytePath) -> BinaryFacts? {
        let node = try? image.tree.lookup(path, followLinks: false)
        return node.flatMap(image.facts(of:))?.binary
    }

    private func stripping(_ layer: Int, _ programs: [(path: BytePath, bytes: Int64)]) -> Advice {
        let programs = programs.sorted { ($1.bytes, $0.path) < ($0.bytes, $1.path) }
        let bytes = programs.reduce(0) { $0 + $1.bytes }
        let size = AdviceText.bytes(bytes)
        let largest = AdviceText.quoted(programs[0].path)
        let worth = programs.prefix(Self.nameLimit)
        let instruction = instructions[layer]
        var advice = Advice(
            rule: "strip-symbols",
            title: programs.count == 1
                ? "\(largest) has \(size) of symbols and debug information that no run needs"
                : "\(programs.count) programs and libraries have \(size) of symbols and debug information that no run needs, "
                    + "\(largest) the most",
            bytes: bytes, place: place(layer), before: instruction.shown)
        let names = worth.map { AdviceText.quoted($0.path) }.joined(separator: " ")
        advice.after = instruction.appending("strip --strip-unneeded " + names)
        if advice.after == nil {
            // What COPY brings is stripped where it is made.
            advice.before = nil
            let names = worth.map { AdviceText.word(String(decoding: $0.path.name, as: UTF8.self)) }
            advice.after = "RUN strip --strip-unneeded " + names.joined(separator: " ")
        }
        return advice
    }

    private func goSymbols(_ path: BytePath, _ items: [Waste.Item]) -> Advice {
        var advice = Advice(
            rule: "strip-symbols",
            title:
                "\(AdviceText.quoted(path)) has \(AdviceText.bytes(Self.bytes(items))) of symbols and debug information "
                + "that no run needs",
            bytes: Self.bytes(items), place: place(items[0].layer))
        let edit = goBuild(items[0].layer) { Self.withoutSymbols($0) }
        advice.before = edit?.before
        advice.place = edit?.place ?? advice.place
        advice.after = edit?.after ?? #"RUN go build -trimpath -ldflags="-s -w" …"#
        return advice
    }

    /// The text with `go build` and `go install` told to leave symbols out, where they are told nothing of the kind.
    private static func withoutSymbols(_ commands: ShellCommands) -> String? {
        let builds = commands.calls(of: ["go"]).filter { words in
            (words.first?.text == "build" || words.first?.text == "install")
                && !words.contains { $0.text.hasPrefix("-ldflags") }
        }
        let words = builds.compactMap(\.first)
        return words.isEmpty ? nil : commands.inserting(#" -trimpath -ldflags="-s -w""#, behind: words)
    }

    /// An edit of the instruction that builds a program with Go: of the one that made a layer, else of the only one that the
    /// Dockerfile has.
    private func goBuild(
        _ layer: Int, _ edit: (ShellCommands) -> String?
    ) -> (place: LayerCause.Place?, before: String?, after: String)? {
        if let shell = instructions[layer].shell, let text = edit(ShellCommands(shell)) {
            return (place(layer), instructions[layer].shown, instructions[layer].withShell(text))
        }
        guard let place = dockerfile?.goBuild, let written = dockerfile?.text(place) else { return nil }
        let instruction = HistoryInstruction("RUN /bin/sh -c x", written: written)
        guard let shell = instruction.shell, let text = edit(ShellCommands(shell)) else { return nil }
        var full = place
        if let file = image.instructions["FROM"]?.file ?? self.place(layer)?.file { full.file = file }
        return (full, instruction.shown, instruction.withShell(text))
    }

    // MARK: Programs that load libc for nothing

    /// Packages of Go's library that call C where they may, and do without as well.
    private static let withoutC: Set<String> = ["net", "os/user", "runtime/cgo"]

    /// A Go program that loads libc for the resolver and for users alone.
    func onGo() -> [Advice] {
        explanation.programs.filter(\.isEntrypoint).compactMap { program in
            guard let node = try? image.tree.lookup(program.path), let go = image.facts(of: node)?.binary?.go,
                let packages = go.packagesWithC, packages.allSatisfy(Self.withoutC.contains)
            else { return nil }
            let fails = if case .fails = program.start { true } else { false }
            let why =
                packages.isEmpty
                ? "nothing of it calls C"
                : "\(packages.joined(separator: " and ")) alone call C, and do without as well"
            let layer = origins.layer(of: node.hardlink ?? node.path, in: node.layer)
            let edit = goBuild(layer) { commands in
                let builds = commands.invocations(of: ["go"]).filter {
                    ["build", "install"].contains($0.words.first?.text)
                        && !commands.text($0.range).contains("CGO_ENABLED")
                }
                return builds.isEmpty
                    ? nil
                    : commands.replacing(
                        builds.map { (range: $0.range.lowerBound..<$0.range.lowerBound, text: "CGO_ENABLED=0 ") })
            }
            return Advice(
                rule: "static-go",
                title:
                    "\(AdviceText.quoted(program.path)) loads libc for nothing: \(why). Without cgo it is static, and "
                    + "starts on any base",
                risk: fails ? 2 : 1, place: edit?.place ?? place(layer), before: edit?.before,
                after: edit?.after ?? "RUN CGO_ENABLED=0 go build …")
        }
    }
}
