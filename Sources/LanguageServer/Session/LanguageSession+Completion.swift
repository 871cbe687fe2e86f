// https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#textDocument_completion
import Core
import DockerfileLint
import DockerfileSyntax

/// One thing that may be written at the cursor.
struct Completion: Hashable {
    /// https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#completionItemKind
    enum Kind: Int { case variable = 6, module = 9, property = 10, value = 12, keyword = 14, reference = 18 }

    var label: String
    var kind: Kind
    var detail = ""
}

extension LanguageSession {
    /// What can be written at an offset: instructions, flags and their values, stages, variables, codes of rules.
    func completion(_ document: OpenDocument, _ offset: Int) -> OrderedJSON {
        guard !document.isTooLong else { return [] }
        let source = SourceFile(name: document.name, bytes: document.bytes)
        let dockerfile = Dockerfile.parse(source).dockerfile
        let context = InstructionContext(dockerfile, document.positions, offset)
        let (typed, items) = CompletionFinder(dockerfile: dockerfile, context: context, offset: offset).find()
        let range = document.positions.json(SourceRange(offset - typed.utf8.count, offset))
        let wanted = typed.lowercased()
        return .array(
            items.filter { $0.label.lowercased().hasPrefix(wanted) }.map { item in
                let json: OrderedJSON = [
                    "label": .string(item.label), "kind": .int(item.kind.rawValue),
                    "detail": item.detail.isEmpty ? .null : .string(item.detail),
                    "textEdit": ["range": range, "newText": .string(item.label)],
                ]
                return json.withoutNulls
            })
    }
}

/// Decides what fits where the cursor is.
struct CompletionFinder {
    let dockerfile: Dockerfile
    let context: InstructionContext
    let offset: Int

    /// The start of the word that is being written, and what it may become.
    func find() -> (typed: String, items: [Completion]) {
        if context.isComment { return comment() }
        if let typed = variableStart(context.word) { return (typed, variables) }
        if context.isInHeredoc { return ("", []) }
        guard let keyword = context.keyword else {
            guard context.words.isEmpty, context.line.trimmingBlanks == context.word || isTrigger else {
                return ("", [])
            }
            return (context.word, instructions)
        }
        if context.word.hasPrefix("-"), context.arguments.isEmpty { return flag(keyword) }
        return (context.word, arguments(keyword))
    }

    private var isTrigger: Bool {
        context.line.trimmingBlanks.split(separator: " ").first?.uppercased() == "ONBUILD"
    }

    private var instructions: [Completion] {
        DockerfileSupport.instructions.filter { $0.status != .refused }.map {
            Completion(label: $0.keyword.rawValue, kind: .keyword, detail: $0.usage)
        }
    }

    // MARK: Flags

    private func flag(_ keyword: Keyword) -> (String, [Completion]) {
        guard let equals = context.word.firstIndex(of: "=") else {
            return (context.word, flags(keyword))
        }
        let name = String(context.word[..<equals])
        let value = String(context.word[context.word.index(after: equals)...])
        switch name {
        case "--from": return (value, stages)
        case "--platform": return (value, platforms)
        case "--network": return (value, values(RunCommand.NetworkMode.allCases.map(\.rawValue)))
        case "--security": return (value, values(RunCommand.SecurityMode.allCases.map(\.rawValue)))
        case "--mount": return mount(value)
        default: return (value, [])
        }
    }

    private func flags(_ keyword: Keyword) -> [Completion] {
        let known = (DockerfileSupport.instruction(keyword)?.flags ?? []).filter { $0.status == .supported }
        let switches: Set = ["--link", "--parents", "--keep-git-dir", "--unpack"]
        var seen: Set<String> = []
        return known.compactMap { feature in
            let name = String(feature.name.prefix { $0 != "=" })
            guard seen.insert(name).inserted else { return nil }
            return Completion(
                label: switches.contains(name) ? name : name + "=", kind: .property,
                detail: name == feature.name ? feature.note : "a file system that this RUN alone sees")
        }
    }

    private func mount(_ value: String) -> (String, [Completion]) {
        let fields = value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let typed = fields.last ?? ""
        guard let equals = typed.firstIndex(of: "=") else {
            let type = fields.first { $0.hasPrefix("type=") }.flatMap { Mount.Kind(rawValue: String($0.dropFirst(5))) }
            let written = Set(fields.dropLast().map { $0.prefix { $0 != "=" } }.map(String.init))
            let options = Mount.Option.allCases.filter { option in
                !written.contains(option.rawValue) && option.kinds.contains(type ?? .bind)
            }
            return (
                typed,
                options.map { option in
                    let isSwitch = [.readonly, .readwrite, .required].contains(option)
                    return Completion(label: option.rawValue + (isSwitch ? "" : "="), kind: .property)
                }
            )
        }
        let text = String(typed[typed.index(after: equals)...])
        switch typed[..<equals] {
        case "type": return (text, values(Mount.Kind.allCases.map(\.rawValue)))
        case "sharing": return (text, values(Mount.Sharing.allCases.map(\.rawValue)))
        case "from": return (text, stages)
        default: return (text, [])
        }
    }

    private func values(_ names: [String]) -> [Completion] { names.map { Completion(label: $0, kind: .value) } }

    private var platforms: [Completion] {
        values(["$BUILDPLATFORM", "$TARGETPLATFORM", "linux/amd64", "linux/arm64"])
    }

    // MARK: Arguments

    private func arguments(_ keyword: Keyword) -> [Completion] {
        let count = context.arguments.count
        switch keyword {
        case .from where count == 0:
            return stages + [Completion(label: "scratch", kind: .module, detail: "the empty image")]
        case .from where count == 1: return [Completion(label: "AS", kind: .keyword, detail: "gives the stage a name")]
        case .healthcheck where count == 0:
            return ["CMD", "NONE"].map { Completion(label: $0, kind: .keyword) }
        default: return []
        }
    }

    /// Stages that are made before the one at the cursor, the nearest first.
    private var stages: [Completion] {
        var seen: Set<String> = []
        let end =
            context.keyword == .from
            ? dockerfile.stages.count { $0.instruction.range.end < offset }
            : dockerfile.stages.lastIndex { $0.instruction.range.start < offset } ?? 0
        return dockerfile.stages.prefix(end).reversed().compactMap { stage in
            guard let name = stage.from.name?.text, seen.insert(name.lowercased()).inserted else { return nil }
            return Completion(label: name, kind: .reference, detail: "stage, FROM \(stage.from.image.text)")
        }
    }

    // MARK: Variables

    /// What is written of a name behind `$` or `${`; nil when no variable is being written.
    private func variableStart(_ word: String) -> String? {
        guard let dollar = word.lastIndex(of: "$") else { return nil }
        var name = word[word.index(after: dollar)...]
        if name.hasPrefix("{") { name = name.dropFirst() }
        let isName = name.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
                || (0x61...0x7a).contains(byte)
        }
        return isName ? String(name) : nil
    }

    /// Variables that hold at the cursor, the nearest first.
    private var variables: [Completion] {
        var found: [Completion] = []
        for (instruction, command) in zip(dockerfile.instructions, dockerfile.commands) {
            guard instruction.range.start < offset, instruction.range.end < offset else { break }
            switch command {
            case .from: found.removeAll { $0.detail.hasPrefix("ENV") || $0.detail.hasPrefix("ARG") }
            case .arg(let entries):
                for entry in entries {
                    let value = entry.value.map { "=" + $0.text } ?? ""
                    found.append(
                        Completion(label: entry.name.text, kind: .variable, detail: "ARG \(entry.name.text)\(value)"))
                }
            case .env(let pairs):
                for pair in pairs {
                    found.append(
                        Completion(
                            label: pair.name.text, kind: .variable, detail: "ENV \(pair.name.text)=\(pair.value.text)"))
                }
            default: continue
            }
        }
        if context.keyword == .from { found = globals }
        var seen: Set<String> = []
        return found.reversed().filter { seen.insert($0.label).inserted }
    }

    /// ARGs before the first FROM, which all FROMs may use.
    private var globals: [Completion] {
        dockerfile.metaArgs.flatMap { statement -> [Completion] in
            guard case .arg(let entries) = statement.command else { return [] }
            return entries.map { entry in
                let value = entry.value.map { "=" + $0.text } ?? ""
                return Completion(label: entry.name.text, kind: .variable, detail: "ARG \(entry.name.text)\(value)")
            }
        }
    }

    // MARK: Comments

    private func comment() -> (String, [Completion]) {
        let text = context.line.trimmingBlanks.dropFirst()
        let typed = String(text.split(omittingEmptySubsequences: false) { ", =;".contains($0) }.last ?? "")
        if text.contains("ignore=") {
            let rules = RuleBook.all.filter { $0.origin != .buildkit }
            return (typed, rules.map { Completion(label: $0.code, kind: .value, detail: $0.title) })
        }
        if text.contains("check=") {
            let rules = RuleBook.all.filter { $0.origin == .buildkit }
            let names = rules.map { Completion(label: $0.code, kind: .value, detail: $0.title) }
            let words =
                text.contains("skip=") ? names : ["skip=", "error=true"].map { Completion(label: $0, kind: .property) }
            return (typed, words)
        }
        if text.drop(while: { $0 == " " }).hasPrefix("hadolint ") {
            return (
                typed,
                [
                    Completion(label: "ignore=", kind: .property, detail: "of the next instruction"),
                    Completion(label: "global ignore=", kind: .property, detail: "of the whole file"),
                    Completion(label: "shell=", kind: .property, detail: "the shell of the image"),
                ]
            )
        }
        guard !typed.isEmpty || text.isEmpty || text == " " else { return ("", []) }
        var items = [Completion(label: "hadolint ignore=", kind: .property, detail: "turns rules off")]
        // Directives stand before everything else.
        if dockerfile.instructions.allSatisfy({ $0.range.start > offset }) {
            items += DockerfileSupport.directives.map {
                Completion(label: $0.name + "=", kind: .property, detail: $0.note)
            }
        }
        return (typed, items)
    }
}

extension String {
    var trimmingBlanks: String { String(drop { $0 == " " || $0 == "\t" }) }
}
