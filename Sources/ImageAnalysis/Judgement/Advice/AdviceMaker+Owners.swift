internal import ContentStore
internal import Core
internal import Layers

/// Files that travel twice for their owner or mode.
extension AdviceMaker {
    func onCopies() -> [Advice] {
        pairs(.metadataCopy).map { pair, items in
            let bytes = Self.bytes(items)
            let made = instructions[pair.layer]
            let changed = instructions[pair.gone]
            var advice = Advice(
                rule: "set-owner-while-copying",
                title:
                    "\(AdviceText.bytes(bytes)) travel twice, as a later layer changes nothing but owner, mode or time: "
                    + "set that where they come from" + noMore(pair.gone),
                bytes: bytes, place: place(pair.gone), before: changed.shown)
            guard isOwn(pair.layer) else { return advice }
            if made.isCopy {
                advice.place = place(pair.layer)
                advice.before = made.shown
                let change = OwnerChange(self, pair)
                let flags = change.flags(changed)
                if change.changesModes, !flags.isEmpty, !flags.contains(where: { $0.name == "chmod" }) {
                    advice.title += " but for modes"
                }
                if !flags.isEmpty { advice.after = made.settingFlags(flags) }
                if advice.after == made.text { advice.after = nil }
            } else if made.isRun {
                advice.rule = "set-owner-in-same-layer"
                advice.place = place(pair.layer)
                advice.before = made.shown
                advice.after = ownerCommand(pair, items).flatMap(made.appending)
            }
            return advice
        }
    }

    // MARK: In a RUN

    /// Paths that one command is worth.
    private static let pathLimit = 8

    /// What sets the owner and mode of some files and of nothing that lower layers have: that would be copied up again.
    private func ownerCommand(_ pair: LayerPair, _ items: [Waste.Item]) -> String? {
        guard let shell = instructions[pair.gone].shell else { return nil }
        // Where the other layer changes nothing else, its command is right as it is.
        let isAlone = !self.items.contains {
            $0.kind == .metadataCopy && $0.replacedBy == pair.gone && $0.layer != pair.layer
        }
        if isAlone { return shell }
        let commands = ShellCommands(shell)
        let calls = commands.invocations(of: ["chown", "chmod", "chgrp"]).compactMap { OwnerCall($0) }
        let directories = calls.filter(\.isRecursive).flatMap(\.paths)
        let paths = Set(items.map { topmost($0.path, below: directories, pair.layer) })
        guard !calls.isEmpty, !paths.isEmpty, paths.count <= Self.pathLimit else { return nil }
        let sorted = AdviceText.topmost(Array(paths))
        let edits = calls.map { call in
            (call: call, paths: sorted.filter { call.reaches($0) }.map(AdviceText.quoted).joined(separator: " "))
        }
        if calls.count == commands.commands.count {
            // Nothing but these: those that reach none are left out.
            let texts = edits.filter { !$0.paths.isEmpty }.map { commands.text($0.call.head) + " " + $0.paths }
            return texts.isEmpty ? nil : texts.joined(separator: " && ")
        }
        guard edits.allSatisfy({ !$0.paths.isEmpty }) else { return nil }
        return commands.replacing(edits.map { (range: $0.call.arguments, text: $0.paths) })
    }

    /// The highest directory above a file that is in one of some directories and that no lower layer has.
    private func topmost(_ path: BytePath, below directories: [BytePath], _ layer: Int) -> BytePath {
        var found = path
        while !found.parent.isRoot, directories.contains(where: { found.parent.isSameOrBelow($0) }),
            !image.layers[..<layer].contains(where: { lower in
                lower.facts.contents.index(of: found.parent) != nil
                    || !lower.facts.contents.range(below: found.parent).isEmpty
            })
        {
            found = found.parent
        }
        return found
    }
}

/// A call of `chown`, `chmod` or `chgrp`.
private struct OwnerCall {
    /// From its beginning to the owner or mode.
    var head: Range<Int>
    /// All behind that.
    var arguments: Range<Int>
    /// The paths that are known without a shell.
    var paths: [BytePath] = []
    var isRecursive: Bool
    private var isUnknown = false

    init?(_ call: ShellCommands.Invocation) {
        guard let value = call.words.firstIndex(where: { !$0.text.hasPrefix("-") }), value + 1 < call.words.count,
            let last = call.words.last
        else { return nil }
        head = call.range.lowerBound..<call.words[value].range.upperBound
        arguments = call.words[value + 1].range.lowerBound..<last.range.upperBound
        isRecursive = call.words[..<value].contains {
            $0.text == "--recursive" || $0.text.hasPrefix("-") && !$0.text.hasPrefix("--") && $0.text.contains("R")
        }
        for word in call.words[(value + 1)...] {
            if word.text.hasPrefix("/"), !word.text.contains(where: { "*?[$`{~".contains($0) }) {
                paths.append(BytePath(cleaning: word.text))
            } else {
                isUnknown = true
            }
        }
    }

    func reaches(_ path: BytePath) -> Bool {
        isUnknown || paths.contains { isRecursive ? path.isSameOrBelow($0) : path == $0 }
    }
}

/// What becomes of the files of a COPY in a later layer, as far as flags of COPY can tell: these hold for all of them.
private struct OwnerChange {
    private var owners: Set<[UInt32]> = []
    private var modes: Set<UInt32> = []
    private var changedOwners = 0
    private var changedModes = 0
    private var files = 0
    private var hasDirectories = false

    init(_ maker: AdviceMaker, _ pair: LayerPair) {
        let made = maker.image.layers[pair.layer].facts.contents.entries
        let changed = maker.image.layers[pair.gone].facts.contents
        var destination = BytePath()
        if case .copy(_, _, let text) = maker.instructions[pair.layer].kind, text.hasPrefix("/") {
            destination = BytePath(cleaning: text)
        }
        for before in made {
            if before.isDirectory, before.path.isSameOrBelow(destination) { hasDirectories = true }
            guard before.isFile else { continue }
            let after = changed.entry(at: before.path).flatMap { $0.isFile ? $0 : nil } ?? before
            files += 1
            owners.insert([after.uid, after.gid])
            modes.insert(after.mode & 0o7777)
            if before.uid != after.uid || before.gid != after.gid { changedOwners += 1 }
            if before.mode & 0o7777 != after.mode & 0o7777 { changedModes += 1 }
        }
    }

    var changesModes: Bool { changedModes > 0 }

    /// - Returns: nothing when one owner and one mode for all files would not be what the image has.
    func flags(_ run: HistoryInstruction) -> [(name: String, value: String)] {
        let commands = run.shell.map { ShellCommands($0) }
        var flags: [(name: String, value: String)] = []
        if changedOwners > 0 {
            guard owners.count == 1, let owner = owners.first, owner.count == 2 else { return [] }
            flags.append(("chown", value(commands, ["chown"]) ?? "\(owner[0]):\(owner[1])"))
        }
        if changedModes > 0 {
            let symbolic = changedModes == files ? value(commands, ["chmod"]) : nil
            if modes.count == 1, let mode = modes.first {
                // Directories get it, too, and are entered by nobody without the right to.
                if !hasDirectories || mode & 0o111 != 0 { flags.append(("chmod", String(mode, radix: 8))) }
            } else if let symbolic, symbolic.contains(where: { "+-=".contains($0) }) {
                flags.append(("chmod", symbolic))
            }
        }
        return flags
    }

    /// The owner or mode that the only call of a program sets.
    private func value(_ commands: ShellCommands?, _ programs: Set<String>) -> String? {
        let calls = commands?.calls(of: programs) ?? []
        guard calls.count == 1, let value = calls[0].first(where: { !$0.text.hasPrefix("-") })?.text,
            value.utf8.allSatisfy({ byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                    || ":+-=._,".utf8.contains(byte)
            })
        else { return nil }
        return value
    }
}
