import Core
import DockerfileSyntax

/// What an image's reference says about the image.
struct ImageIdentity {
    /// Without the names of the registry and of Docker's own library: `golang`, `gcr.io/distroless/static`.
    let name: String
    /// Empty when there is none.
    let tag: String
    let hasDigest: Bool

    init(_ reference: String) {
        var rest = reference[...]
        if let at = rest.firstIndex(of: "@") {
            hasDigest = true
            rest = rest[..<at]
        } else {
            hasDigest = false
        }
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].utf8.contains(UInt8(ascii: "/")) {
            tag = String(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
        } else {
            tag = ""
        }
        for prefix in ["docker.io/library/", "index.docker.io/library/", "docker.io/", "library/"]
        where rest.hasPrefix(prefix) {
            rest = rest.dropFirst(prefix.count)
            break
        }
        // Mirrors of Docker's library keep its name in their paths.
        if let library = rest.range(of: "/library/") { rest = rest[library.upperBound...] }
        name = String(rest)
    }

    /// The parts of the tag between its dashes.
    var tagParts: [Substring] { tag.split(separator: "-") }

    /// Its programs are Windows's, as far as the names of Microsoft's images tell.
    var isWindows: Bool {
        if name.hasPrefix("mcr.microsoft.com/windows") || name.hasPrefix("mcr.microsoft.com/dotnet/framework/") {
            return true
        }
        return tagParts.contains { part in
            part.hasPrefix("windowsservercore") || part.hasPrefix("nanoserver")
        }
    }
}

extension Substring {
    fileprivate func range(of part: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(part) { return start..<index(start, offsetBy: part.count) }
            start = index(after: start)
        }
        return nil
    }
}

extension LintFile {
    /// The image that FROM names, with the defaults of the file's arguments; nil when an argument has none.
    func image(of stage: LintStage) -> String? {
        let word = stage.from.image
        guard word.text.utf8.contains(UInt8(ascii: "$")) else { return word.text }
        return knownImages.value(expandImages)[stage.index]
    }

    /// Names that are longer name no image, and values that grow from one argument to the next would fill the memory.
    private static let nameLimit = 1024

    private func expandImages() -> [String?] {
        var values: [String: String] = [:]
        let escape = dockerfile.escape
        func expanded(_ word: Word, onUnknown: @escaping () -> Void) -> String? {
            guard word.text.utf8.count <= Self.nameLimit else { return nil }
            let text = try? Expander(escape: escape, source: nil) { name in
                if values[name] == nil { onUnknown() }
                return values[name]
            }.expand(word)
            return text.flatMap { $0.utf8.count <= Self.nameLimit ? $0 : nil }
        }
        for statement in dockerfile.metaArgs {
            guard case .arg(let entries) = statement.command else { continue }
            for entry in entries {
                guard let value = entry.value else { continue }
                values[entry.name.text] = expanded(value) {}
            }
        }
        return stages.map { stage in
            let word = stage.from.image
            var isKnown = true
            // A default may be written at the variable itself.
            guard let text = expanded(word, onUnknown: { isKnown = false }), !text.isEmpty,
                isKnown || word.text.contains(":-")
            else { return nil }
            return text
        }
    }

    /// The stage that has an image for its base, below a stage.
    func root(of stage: LintStage) -> LintStage { stages[stage.root] }

    /// Nobody stacks more stages than these on each other, and rules that look through all that a stage stands on must
    /// stay linear.
    private static let chainLimit = 32

    /// The stage and those it stands on, from the top.
    func chain(of stage: LintStage) -> [LintStage] {
        var out = [stage]
        while let parent = out[out.count - 1].parent, out.count < Self.chainLimit { out.append(stages[parent]) }
        return out
    }

    /// The stage that `--from` names; nil for images and other contexts.
    func stage(named name: String, before limit: Int) -> LintStage? {
        let wanted = name.lowercased()
        if let stage = stages.last(where: { $0.name == wanted && $0.index < limit }) { return stage }
        guard let index = Int(name), stages.indices.contains(index), index < limit else { return nil }
        return stages[index]
    }
}
