internal import ContentStore
internal import Core
internal import Layers

/// What later layers make needless.
extension AdviceMaker {
    func onLayers() -> [Advice] { onDeleted() + onCopies() + onRewritten() }

    func pairs(_ kind: Waste.Kind) -> [(key: LayerPair, items: [Waste.Item])] {
        group([kind]) { LayerPair(layer: $0.layer, gone: $0.replacedBy ?? $0.layer) }
    }

    // MARK: Deleted later

    private func onDeleted() -> [Advice] {
        pairs(.deleted).map { pair, items in
            let bytes = Self.bytes(items)
            let size = AdviceText.bytes(bytes)
            let made = instructions[pair.layer]
            let removed = instructions[pair.gone]
            guard isOwn(pair.layer) else {
                return Advice(
                    rule: "deleted-from-base",
                    title: "\(size) of the base are deleted and travel all the same: take a base that is without them",
                    bytes: bytes, place: place(pair.gone), before: removed.shown)
            }
            var advice = Advice(
                rule: "delete-in-same-layer",
                title: "\(size) that a later layer deletes travel all the same: delete them where they are made"
                    + noMore(pair.gone),
                bytes: bytes, place: place(pair.layer), before: made.shown)
            if made.isRun {
                let paths = removedPaths(pair, items)
                if paths.count <= 4 {
                    advice.after = made.appending("rm -rf " + paths.map(AdviceText.quoted).joined(separator: " "))
                } else if let command = removed.shell {
                    advice.after = removing(command).flatMap(made.appending)
                }
            } else if case .copy(_, let sources, let destination) = made.kind {
                advice.rule = "bind-instead-of-copy"
                advice.title = "\(size) are copied, used and deleted: lend them to RUN instead of copying them"
                let use = user(of: pair)
                if let after = bind(sources, destination, items, instructions[use]) {
                    advice.before = [made.shown, instructions[use].shown].compactMap { $0 }.joined(separator: "\n")
                    advice.after = after
                }
            }
            return advice
        }
    }

    /// The paths by which a layer removes some files: its whiteouts and opaque directories, else the files' own.
    private func removedPaths(_ pair: LayerPair, _ items: [Waste.Item]) -> [BytePath] {
        let contents = image.layers[pair.gone].facts.contents
        var paths: Set<BytePath> = []
        for item in items {
            var path = item.path
            var found: BytePath?
            while !path.isRoot {
                if contents.entry(at: path)?.isWhiteout == true {
                    found = path
                    break
                }
                path = path.parent
            }
            paths.insert(found ?? item.path)
            if paths.count > 64 { break }
        }
        return AdviceText.topmost(Array(paths))
    }

    /// Those commands of a text that remove files.
    private func removing(_ shell: String) -> String? {
        let commands = ShellCommands(shell)
        let found =
            commands.invocations(of: ["rm", "rmdir"])
            + commands.invocations(of: ["find"]).filter { call in call.words.contains { $0.text == "-delete" } }
        return found.isEmpty
            ? nil
            : found.sorted { $0.range.lowerBound < $1.range.lowerBound }.map { commands.text($0.range) }
                .joined(separator: " && ")
    }

    /// The layer whose instruction uses what a layer copies and another deletes: that itself where it does more than to
    /// delete, else the one between them where there is one alone.
    private func user(of pair: LayerPair) -> Int {
        let commands = instructions[pair.gone].shell.map { ShellCommands($0) }
        let isDeletion = commands.map { $0.invocations(of: ["rm", "rmdir"]).count == $0.commands.count } ?? false
        let between = (pair.layer + 1..<max(pair.gone, pair.layer + 1)).filter { isOwn($0) && instructions[$0].isRun }
        return isDeletion && between.count == 1 ? between[0] : pair.gone
    }

    /// RUN with the copied files lent to it, and without what deletes them: they are not its own.
    private func bind(
        _ sources: [String], _ destination: String, _ items: [Waste.Item], _ run: HistoryInstruction
    ) -> String? {
        guard let shell = run.shell, sources.count == 1, let source = sources.first, !source.hasPrefix("file:"),
            !source.hasPrefix("dir:"), !source.hasPrefix("multi:"), !source.contains("://"),
            DockerfileWords.isPlain(source), DockerfileWords.isPlain(destination)
        else { return nil }
        var target = destination
        if items.count == 1, let path = items.first?.path,
            path.name.elementsEqual((source.split(separator: "/").last ?? "").utf8),
            destination.hasSuffix("/") || destination == "."
        {
            target = path.absolute
        }
        guard DockerfileWords.isPlain(target), let rest = keeping(shell, items.map(\.path)) else { return nil }
        return run.withText(rest).withFlags(["--mount=type=bind,source=\(source),target=\(target)"])
    }

    /// A text without the commands that remove no more than some paths; nil when nothing else is in it.
    private func keeping(_ shell: String, _ paths: [BytePath]) -> String? {
        let commands = ShellCommands(shell)
        var cuts: [(range: Range<Int>, text: String)] = []
        var kept: Range<Int>?
        for command in commands.commands {
            guard let first = command.first, let last = command.last else { continue }
            let range = first.range.lowerBound..<last.range.upperBound
            let removed = commands.invocations(of: ["rm"]).first { $0.range == range }.map { call in
                call.words.filter { !$0.text.hasPrefix("-") }.map { BytePath(cleaning: $0.text) }
            }
            guard let removed, !removed.isEmpty,
                removed.allSatisfy({ target in paths.contains { $0.isSameOrBelow(target) } })
            else {
                // What is cut before the first command that stays goes with what parts them.
                if kept == nil, range.lowerBound > 0 { cuts.append((0..<range.lowerBound, "")) }
                kept = range
                continue
            }
            if let kept { cuts.append((max(kept.upperBound, cuts.last?.range.upperBound ?? 0)..<range.upperBound, "")) }
        }
        return kept == nil ? nil : commands.replacing(cuts)
    }

    // MARK: Written again

    /// What has to go once another line does its work.
    func noMore(_ layer: Int) -> String {
        place(layer).map { ", and no more in line \($0.firstLine)" } ?? ""
    }

    private func onRewritten() -> [Advice] {
        pairs(.rewritten).map { pair, items in
            let bytes = Self.bytes(items)
            let size = AdviceText.bytes(bytes)
            let made = instructions[pair.layer]
            let changed = instructions[pair.gone]
            if pair.gone == pair.layer {
                return Advice(
                    rule: "archive-duplicates", title: "\(size) are in the archive of one layer more than once",
                    bytes: bytes, place: place(pair.layer), before: made.shown)
            }
            if !isOwn(pair.layer) { return onBase(pair, items, size) }
            var advice = Advice(
                rule: "write-once",
                title: "\(size) are written again by a later layer: write them once, in one layer" + noMore(pair.gone),
                bytes: bytes, place: place(pair.gone), before: changed.shown)
            if pair.gone == pair.layer + 1, let after = made.joined(with: changed) {
                advice.place = place(pair.layer)
                advice.before = [made.shown, changed.shown].compactMap { $0 }.joined(separator: "\n")
                advice.after = after
            }
            return advice
        }
    }

    private func onBase(_ pair: LayerPair, _ items: [Waste.Item], _ size: String) -> Advice {
        let changed = instructions[pair.gone]
        var advice = Advice(
            rule: "base-rewritten", title: "\(size) of the base are written again", bytes: Self.bytes(items),
            place: place(pair.gone), before: changed.shown)
        if let shell = changed.shell {
            let commands = ShellCommands(shell)
            let isUpgrade = commands.calls(of: ["apt-get", "apt", "apk", "dnf", "yum", "microdnf"]).contains { words in
                words.contains { ["upgrade", "dist-upgrade", "full-upgrade", "update-minimal"].contains($0.text) }
            }
            if isUpgrade {
                advice.rule = "fresh-base"
                advice.title = "\(size) of the base are upgraded: start from a base that is up to date instead"
            }
        }
        return advice
    }
}
