internal import Core
internal import DockerfileLint
internal import DockerfileSyntax
internal import OCI

/// What only says how the image is started: it moves to the new stage, and what the base says of it goes along.
extension SlimRewriter {
    private static let moved: Set<Keyword> = [
        .cmd, .entrypoint, .expose, .healthcheck, .label, .stopsignal, .volume,
    ]
    /// Of these only the last counts.
    private static let replacing: Set<Keyword> = [.cmd, .entrypoint, .healthcheck, .stopsignal]
    /// Of these all count.
    private static let adding: [Keyword] = [.label, .expose, .volume]

    /// Takes the instructions from the old stage, with the comments right above them.
    mutating func move() {
        var last: [Keyword: Int] = [:]
        for (index, statement) in stage.statements.enumerated() {
            if let keyword = statement.instruction.keyword { last[keyword] = index }
        }
        var written: Set<Keyword> = []
        for (index, statement) in stage.statements.enumerated() {
            let instruction = statement.instruction
            guard let keyword = instruction.keyword, Self.moved.contains(keyword) else { continue }
            let range = rangeWithComments(instruction)
            edits.append(.delete(range))
            if Self.replacing.contains(keyword), last[keyword] != index { continue }
            let lines = lines(of: statement, keyword)
            guard let lines else {
                tail.append(Self.trimmed(dockerfile.source.text(range)))
                continue
            }
            // What is written by its value holds all that there is.
            guard written.insert(keyword).inserted, !lines.isEmpty else { continue }
            let comments = SourceRange(range.start, instruction.range.start)
            let above = Self.trimmed(dockerfile.source.text(comments))
            tail += (above.isEmpty ? [] : [above]) + lines
        }
        for statement in stage.statements where statement.instruction.keyword == .onbuild {
            notes.append("ONBUILD in line \(statement.instruction.lines.lowerBound) is not carried over")
        }
        inherit(Set(last.keys), resolved: written)
    }

    /// What takes the place of an instruction; nil when it stays as it is.
    private mutating func lines(of statement: Statement, _ keyword: Keyword) -> [String]? {
        switch keyword {
        case .healthcheck:
            switch healthcheck() {
            case .kept: return nil
            case .line(let line): return [line]
            case .none: return []
            }
        case .cmd, .entrypoint:
            if start != nil { return startLines(keyword) }
            // Another SHELL is not known in another stage, and the JSON form is what linters ask for.
            switch statement.command {
            case .cmd(let line), .entrypoint(let line):
                if case .shell = line.form { return resolved(keyword) ?? [] }
            default: break
            }
            return nil
        default:
            // Variables of the stage are not known in another: their values are.
            return statement.instruction.text.contains("$") ? resolved(keyword) : nil
        }
    }

    private func startLines(_ keyword: Keyword) -> [String] {
        guard let words = keyword == .cmd ? start?.cmd : start?.entrypoint, !words.isEmpty else { return [] }
        return [(keyword == .cmd ? "CMD " : "ENTRYPOINT ") + Self.json(words)]
    }

    /// What the base says.
    private mutating func inherit(_ own: Set<Keyword>, resolved written: Set<Keyword>) {
        if start != nil {
            for keyword in [Keyword.entrypoint, .cmd] where !own.contains(keyword) { tail += startLines(keyword) }
        } else {
            if !own.contains(.entrypoint), let lines = resolved(.entrypoint) { tail = lines + tail }
            // An ENTRYPOINT takes a CMD of the base away, and then the config has none.
            if !own.contains(.cmd), let lines = resolved(.cmd) { tail += lines }
        }
        if !own.contains(.stopsignal), let lines = resolved(.stopsignal) { tail += lines }
        if !own.contains(.healthcheck), case .line(let line) = healthcheck() { tail.append(line) }
        for keyword in Self.adding where !written.contains(keyword) {
            if let lines = resolved(keyword, without: ownWords(keyword)) { tail += lines }
        }
        let gone = config.labels.keys.filter(Self.isOfBase).sorted()
        if !gone.isEmpty {
            notes.append("LABEL \(gone.joined(separator: ", ")) is left out: the base is another one now")
        }
    }

    /// What the stage itself says, without what its base does.
    private func ownWords(_ keyword: Keyword) -> Set<String> {
        var out: Set<String> = []
        for statement in stage.statements where statement.instruction.keyword == keyword {
            switch statement.command {
            case .label(let pairs): out.formUnion(pairs.map(\.name.text))
            case .volume(let words): out.formUnion(words.map(\.text))
            case .expose(let words):
                for word in words {
                    let parts = word.text.split(separator: "/", maxSplits: 1)
                    let protocolName = parts.count > 1 ? String(parts[1]) : "tcp"
                    let ends = (parts.first ?? "").split(separator: "-").compactMap { UInt16($0) }
                    guard let first = ends.first, let last = ends.last, first <= last else { continue }
                    for port in first...last { out.insert("\(port)/\(protocolName)") }
                }
            default: break
            }
        }
        return out
    }

    /// Labels that tell of the base.
    private static func isOfBase(_ label: String) -> Bool { label.hasPrefix("org.opencontainers.image.base.") }

    private func resolved(_ keyword: Keyword, without own: Set<String> = []) -> [String]? {
        let lines: [String]
        switch keyword {
        case .entrypoint: lines = config.entrypoint.isEmpty ? [] : ["ENTRYPOINT " + Self.json(config.entrypoint)]
        case .cmd: lines = config.cmd.isEmpty ? [] : ["CMD " + Self.json(config.cmd)]
        case .expose:
            let ports = config.exposedPorts.subtracting(own).sorted()
            lines = ports.isEmpty ? [] : ["EXPOSE " + ports.joined(separator: " ")]
        case .stopsignal: lines = config.stopSignal.map { ["STOPSIGNAL " + $0] } ?? []
        case .volume:
            let volumes = config.volumes.subtracting(own).sorted()
            lines = volumes.isEmpty ? [] : ["VOLUME " + Self.json(volumes)]
        case .label:
            let labels = config.labels.filter { !own.contains($0.key) && !Self.isOfBase($0.key) }
            let pairs = labels.sorted { $0.key < $1.key }.map { "\(Self.labelName($0.key))=\(Self.quoted($0.value))" }
            lines = pairs.isEmpty ? [] : ["LABEL " + pairs.joined(separator: " \\" + lineEnd + "      ")]
        default: lines = []
        }
        return lines.isEmpty ? nil : lines
    }

    private static func labelName(_ name: String) -> String {
        let isPlain = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                || "._-/".utf8.contains(byte)
        }
        return isPlain ? name : quoted(name)
    }

    // MARK: - Text

    private static func trimmed(_ text: String) -> String {
        var scalars = text.unicodeScalars
        while let last = scalars.last, last == "\n" || last == "\r" || last == " " { scalars.removeLast() }
        return String(scalars)
    }

    /// From the first of the comments right above an instruction to the end of its last line.
    private func rangeWithComments(_ instruction: Instruction) -> SourceRange {
        let source = dockerfile.source
        var first = instruction.lines.lowerBound - 1
        var start = source.lineStarts[first]
        for comment in instruction.comments.reversed() {
            let line = source.line(at: comment.range.start)
            guard line == first - 1 else { break }
            first = line
            start = source.lineStarts[line]
        }
        let next = instruction.lines.upperBound
        return SourceRange(start, next < source.lineStarts.count ? source.lineStarts[next] : source.bytes.count)
    }
}
