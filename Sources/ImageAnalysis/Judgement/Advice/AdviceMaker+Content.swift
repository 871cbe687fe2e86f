internal import Binaries
internal import Core
internal import Layers

/// What the final tree has for nothing.
extension AdviceMaker {
    func onContent() -> [Advice] {
        onLists() + onCaches() + onSymbols() + onContext() + onTests() + onDocumentation() + onDuplicates()
    }

    func ownLayers(_ kinds: Set<Waste.Kind>) -> [(key: Int, items: [Waste.Item])] {
        group(kinds) { $0.layer }.filter { isOwn($0.key) }
    }

    // MARK: Package managers

    private func onLists() -> [Advice] {
        ownLayers([.packageLists]).map { layer, items in
            let size = AdviceText.bytes(Self.bytes(items))
            let edit = listsEdit(layer)
            return Advice(
                rule: "package-lists", title: "\(size) of apt's package lists stay in the image",
                bytes: Self.bytes(items), place: place(layer), before: edit.before, after: edit.after)
        }
    }

    /// A later instruction may need the lists that this one fetches: both become one.
    private func listsEdit(_ layer: Int) -> (before: String?, after: String?) {
        let (instruction, removing) = (instructions[layer], "rm -rf /var/lib/apt/lists/*")
        let later = instructions.indices.filter { other in
            other > layer && isOwn(other) && installs(instructions[other])
        }
        guard let first = later.first else { return (instruction.shown, instruction.appending(removing)) }
        guard later.count == 1, let next = instructions[first].extended(by: removing),
            let after = instruction.joined(with: next)
        else { return (instruction.shown, nil) }
        return ([instruction.shown, instructions[first].shown].compactMap { $0 }.joined(separator: "\n"), after)
    }

    private func installs(_ instruction: HistoryInstruction) -> Bool {
        guard let shell = instruction.shell else { return false }
        return ShellCommands(shell).calls(of: ["apt-get", "apt"]).contains { call in
            call.contains { $0.text == "install" }
        }
    }

    private func onCaches() -> [Advice] {
        ownLayers([.packageCache]).map { layer, items in
            let size = AdviceText.bytes(Self.bytes(items))
            let instruction = instructions[layer]
            return Advice(
                rule: "package-cache", title: "\(size) of caches stay in the image", bytes: Self.bytes(items),
                place: place(layer), before: instruction.shown,
                after: PackageCacheEdit.edit(instruction, AdviceText.cacheRoots(items.map(\.path))))
        }
    }

    // MARK: The build context

    private func onContext() -> [Advice] {
        ownLayers([.versionControl]).map { layer, items in
            let roots = Set(items.compactMap(\.path.versionControlName)).sorted()
            return Advice(
                rule: "dockerignore",
                title: "\(AdviceText.bytes(Self.bytes(items))) of version control are in the image, "
                    + "all that was ever committed among them",
                bytes: Self.bytes(items), risk: 1, place: place(layer),
                before: instructions[layer].isCopy ? nil : instructions[layer].shown,
                after: instructions[layer].isCopy
                    ? (["# .dockerignore"] + roots.map { "**/" + $0 }).joined(separator: "\n")
                    : instructions[layer].appending(
                        "rm -rf " + AdviceText.versionControlRoots(items.map(\.path)).joined(separator: " ")))
        }
    }

    private func onTests() -> [Advice] {
        ownLayers([.testData]).map { layer, items in
            let instruction = instructions[layer]
            let roots = AdviceText.testRoots(items.map(\.path))
            var advice = Advice(
                rule: "test-data",
                title: "\(AdviceText.bytes(Self.bytes(items))) of tests and their data are in the image",
                bytes: Self.bytes(items), place: place(layer), before: instruction.shown)
            if instruction.isCopy {
                advice.before = nil
                advice.after = "# .dockerignore\n**/testdata\n**/__tests__"
            } else if roots.count <= 4 {
                advice.after = instruction.appending(
                    "rm -rf " + roots.map(AdviceText.quoted).joined(separator: " "))
            } else if let above = AdviceText.common(roots) {
                advice.after = instruction.appending(
                    "find \(AdviceText.quoted(above)) -depth -type d "
                        + "\\( -name test -o -name tests -o -name testdata -o -name __tests__ \\) -exec rm -rf {} +")
            }
            return advice
        }
    }

    private func onDocumentation() -> [Advice] {
        ownLayers([.documentation]).compactMap { layer, items in
            let instruction = instructions[layer]
            // Licenses and the like that come with the own files are few, and meant.
            guard Self.bytes(items) >= 64 << 10 else { return nil }
            var advice = Advice(
                rule: "documentation",
                title: "\(AdviceText.bytes(Self.bytes(items))) of documentation are in the image",
                bytes: Self.bytes(items), place: place(layer), before: instruction.shown)
            if instruction.isCopy {
                advice.before = nil
                advice.after = "# .dockerignore\n**/*.md\n**/docs"
            } else if let shell = instruction.shell {
                let isDebian = ShellCommands(shell).call(of: ["apt-get", "apt"]) != nil
                advice.after =
                    isDebian
                    ? instruction.head
                        + "printf '%s\\n' 'path-exclude=/usr/share/doc/*' 'path-exclude=/usr/share/man/*' "
                        + "'path-exclude=/usr/share/info/*' 'path-include=/usr/share/doc/*/copyright' "
                        + "> /etc/dpkg/dpkg.cfg.d/no-docs && " + shell
                    : instruction.appending("rm -rf /usr/share/doc /usr/share/man /usr/share/info")
            }
            return advice
        }
    }

    // MARK: The same twice

    private func onDuplicates() -> [Advice] {
        ownLayers([.duplicate]).map { layer, items in
            let instruction = instructions[layer]
            let size = AdviceText.bytes(Self.bytes(items))
            let largest = items.prefix(3).compactMap { item in
                item.original.map { (original: $0, copy: item.path) }
            }
            let what = largest.first.map {
                ", the largest \(AdviceText.quoted($0.copy)), which is \(AdviceText.quoted($0.original))"
            }
            return Advice(
                rule: "duplicates", title: "\(size) are there under another path too\(what ?? "")",
                bytes: Self.bytes(items), place: place(layer), before: instruction.shown,
                after: items.count > 3 || !largest.allSatisfy(isReplaceable)
                    ? nil
                    : instruction.appending(
                        largest.map { "ln -sf \(AdviceText.quoted($0.original)) \(AdviceText.quoted($0.copy))" }
                            .joined(separator: " && ")))
        }
    }

    /// Whether a link can take the place of a copy: both have the same rights.
    private func isReplaceable(original: BytePath, copy: BytePath) -> Bool {
        guard let one = try? image.tree.lookup(original, followLinks: false)?.entry,
            let other = try? image.tree.lookup(copy, followLinks: false)?.entry
        else { return false }
        return one.mode == other.mode && one.uid == other.uid && one.gid == other.gid
            && one.attributes == other.attributes
    }
}
