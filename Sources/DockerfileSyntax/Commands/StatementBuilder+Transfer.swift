import Core

extension StatementBuilder {
    mutating func copy() -> Command? {
        let flags = takeFlags([
            ("from", .text), ("chown", .text), ("chmod", .text), ("link", .boolean), ("parents", .boolean),
            ("exclude", .list),
        ])
        let from = flags.word("from")
        if let from, MountSpec.hasVariable(from.text) { report(.variableInFrom, from.range) }
        guard let transfer = transfer(flags) else { return nil }
        return .copy(CopyCommand(transfer: transfer, from: from, parents: flags.boolean("parents") ?? false))
    }

    mutating func add() -> Command? {
        let flags = takeFlags([
            ("keep-git-dir", .boolean), ("checksum", .text), ("chown", .text), ("chmod", .text), ("link", .boolean),
            ("unpack", .boolean), ("exclude", .list),
        ])
        guard let transfer = transfer(flags) else { return nil }
        return .add(
            AddCommand(
                transfer: transfer, checksum: flags.word("checksum"),
                keepGitDir: flags.boolean("keep-git-dir") ?? false, unpack: flags.boolean("unpack")))
    }

    private mutating func transfer(_ flags: FlagValues) -> Transfer? {
        guard arguments.count >= 2, let destination = arguments.last else {
            report(
                .missingArguments(keyword: instruction.name, .atLeastTwo), arguments.first?.range ?? keywordRange)
            return nil
        }
        var transfer = Transfer(
            sources: [], destination: destination, chown: flags.word("chown"), chmod: flags.word("chmod"),
            link: flags.boolean("link") ?? false, excludes: flags.all("exclude").compactMap(\.value))
        if isHeredoc(destination) || instruction.heredocs.contains(where: { $0.word.holds(destination) }) {
            report(.heredocDestination(keyword: instruction.name), destination.range)
        }
        var next = 0
        for word in arguments.dropLast() {
            // A quoted name with a space in it is several words, but one here-document.
            if next > 0, instruction.heredocs[next - 1].word.holds(word) { continue }
            if next < instruction.heredocs.count, instruction.heredocs[next].word.holds(word) {
                transfer.sources.append(.heredoc(instruction.heredocs[next]))
                next += 1
            } else if isHeredoc(word) {
                reportUnread(word)
            } else {
                transfer.sources.append(.path(word))
            }
        }
        checkDestination(transfer)
        checkModes(transfer)
        return transfer
    }

    private func isHeredoc(_ word: Word) -> Bool {
        guard word.text.utf8.contains(UInt8(ascii: "<")) else { return false }
        let range = 0..<word.text.utf8.count
        return (try? HeredocScanner.parse(word.text, range)) != nil
    }

    /// Says why a here-document was not read, unless the parser has said so.
    private mutating func reportUnread(_ word: Word) {
        if instruction.isJSON {
            report(.heredocInJSON(keyword: instruction.name), word.range)
        } else if let error = HeredocScanner.lineError(in: instruction.body) {
            report(.malformedHeredoc(error.kind), instruction.body.range(error.range))
        }
    }

    /// Several sources need a directory. What a variable holds is known only in the build.
    private mutating func checkDestination(_ transfer: Transfer) {
        var path = transfer.destination.text
        guard transfer.sources.count > 1, !path.utf8.contains(UInt8(ascii: "$")) else { return }
        while path.hasSuffix("\"") || path.hasSuffix("'") { path.removeLast() }
        let last = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard !last.isEmpty, last != ".", last != ".." else { return }
        report(
            .destinationNotDirectory(keyword: instruction.name, destination: path), transfer.destination.range)
    }

    /// Owner and mode are checked right away where they hold no variables.
    private mutating func checkModes(_ transfer: Transfer) {
        if let chmod = transfer.chmod, Self.isLiteral(chmod) {
            do throws(DockerfileError) {
                _ = try ModeChange(chmod.text)
            } catch {
                report(error.kind, chmod.range)
            }
        }
        if let chown = transfer.chown, Self.isLiteral(chown) {
            do throws(DockerfileError) {
                _ = try Ownership(chown.text)
            } catch {
                report(error.kind, chown.range)
            }
        }
    }
}

extension Word {
    fileprivate func holds(_ other: Word) -> Bool {
        range.start <= other.range.start && other.range.end <= range.end
    }
}
