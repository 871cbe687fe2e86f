internal import ContentStore
internal import Core
internal import Layers

/// What later layers make needless.
extension AdviceMaker {
    func onLayers() -> [Advice] { onDeleted() + onCopies() + onRewritten() }

    private func pairs(_ kind: Waste.Kind) -> [(key: LayerPair, items: [Waste.Item])] {
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
                    advice.after = made.appending(command)
                }
            } else if case .copy(_, let sources, let destination) = made.kind {
                advice.rule = "bind-instead-of-copy"
                advice.title = "\(size) are copied, used and deleted: lend them to RUN instead of copying them"
                advice.after = bind(sources, destination, removed)
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

    /// RUN with the copied files lent to it.
    private func bind(_ sources: [String], _ destination: String, _ run: HistoryInstruction) -> String? {
        guard let command = run.shell, sources.count == 1, let source = sources.first, !source.hasPrefix("file:"),
            !source.hasPrefix("dir:"), !source.hasPrefix("multi:"), !source.contains("://")
        else { return nil }
        return "RUN --mount=type=bind,source=\(source),target=\(destination) \(command)"
    }

    // MARK: Copied for their owner or mode

    private func onCopies() -> [Advice] {
        pairs(.metadataCopy).map { pair, items in
            let bytes = Self.bytes(items)
            let size = AdviceText.bytes(bytes)
            let made = instructions[pair.layer]
            let changed = instructions[pair.gone]
            var advice = Advice(
                rule: "set-owner-while-copying",
                title: "\(size) travel twice, as a later layer changes nothing but owner, mode or time: "
                    + "set that where they come from" + noMore(pair.gone),
                bytes: bytes, place: place(pair.gone), before: changed.shown)
            if made.isCopy, isOwn(pair.layer) {
                advice.place = place(pair.layer)
                advice.before = made.shown
                advice.after = made.settingFlags(owners(changed))
                if advice.after == made.text { advice.after = nil }
            } else if made.isRun, isOwn(pair.layer), let command = changed.shell {
                advice.rule = "set-owner-in-same-layer"
                advice.place = place(pair.layer)
                advice.before = made.shown
                advice.after = made.appending(command)
            }
            return advice
        }
    }

    /// What `chown` and `chmod` in a RUN come to as flags of COPY.
    private func owners(_ run: HistoryInstruction) -> [(name: String, value: String)] {
        guard let shell = run.shell else { return [] }
        let commands = ShellCommands(shell)
        var flags: [(name: String, value: String)] = []
        for (program, flag) in [("chown", "chown"), ("chmod", "chmod"), ("chgrp", "chown")] {
            guard flags.allSatisfy({ $0.name != flag }),
                let value = commands.call(of: [program])?.first(where: { !$0.text.hasPrefix("-") })?.text
            else { continue }
            flags.append((flag, program == "chgrp" ? "0:" + value : value))
        }
        return flags
    }

    // MARK: Written again

    /// What has to go once another line does its work.
    private func noMore(_ layer: Int) -> String {
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
            if made.isRun, changed.isRun, pair.gone == pair.layer + 1, let command = changed.shell {
                advice.place = place(pair.layer)
                advice.before = made.shown
                advice.after = made.appending(command)
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
