internal import Binaries
package import Core
internal import Layers
internal import OCI

extension Linkage {
    /// Whether what the image starts would start on other bases: with its own files, those outside of the directories
    /// that belong to a system, and with the programs that it starts, wherever they lie. A shell and interpreters of
    /// scripts that lie in the system's directories stay behind with their system.
    /// - Parameter libraries: of the image, which are brought to the base too, under these names.
    /// - Returns: nothing when the image starts nothing that is known.
    package func bases(bringing libraries: [BytePath] = []) -> [BaseVerdict] {
        let judge = ProgramJudge(image)
        let steps = entrypoints(judge, RuntimeNeeds(judge)) { _ in }
        guard !steps.isEmpty, steps.contains(where: { $0.file != nil }) else { return [] }
        let own = ownFiles(with: steps, libraries)
        return BaseTable.allCases.compactMap { base in
            base.layer(image.platform.architecture).map { verdict(base, $0, own, judge, steps) }
        }
    }

    private func verdict(
        _ base: BaseTable, _ layer: LayerFacts, _ own: LayerFacts, _ judge: ProgramJudge, _ steps: [Entrypoint]
    ) -> BaseVerdict {
        var config = image.config
        // Names of users stay behind with the accounts; their numbers go along.
        config.config.user = judge.tree.user.numeric ?? config.config.user
        if case .program(let name, _)? = steps.first?.step, let file = steps.first?.file, goesAlong(file, name) {
            let words = config.config.entrypoint + config.config.cmd
            config.config.entrypoint = [file.path.absolute] + words.dropFirst()
            config.config.cmd = []
        }
        let cause = LayerCause(instruction: "FROM \(base.rawValue)")
        let layers = [layer, own].map { AnalysedImage.Layer(descriptor: image.manifest, cause: cause, facts: $0) }
        let moved = Linkage(
            AnalysedImage(
                name: base.rawValue, manifest: image.manifest, config: config, platform: image.platform, layers: layers)
        )
        let there = ProgramJudge(moved.image)
        let found = moved.entrypoints(there, RuntimeNeeds(there)) { _ in }.map(\.verdict)
        let missing = found.flatMap(\.start.missing)
        let libraries = found.flatMap { verdict -> [BytePath] in
            if case .resolves(let libraries) = verdict.start { libraries } else { [] }
        }
        var gaps: [ProgramVerdict.RuntimeGap] = []
        for gap in found.flatMap(\.gaps) where !gaps.contains(gap) { gaps.append(gap) }
        return BaseVerdict(
            base: base.rawValue,
            start: !missing.isEmpty ? .fails(missing) : libraries.isEmpty ? .isStatic : .resolves(libraries: libraries),
            gaps: gaps)
    }

    // MARK: - What goes along

    private static let systemDirectories: Set<BytePath> = [
        "bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "libx32", "proc", "run", "sbin", "sys", "tmp", "usr",
        "var",
    ]
    private static let local: BytePath = "usr/local"

    private static func isOfSystem(_ path: BytePath) -> Bool {
        let first = BytePath(normalized: Array(path.bytes.prefix { $0 != UInt8(ascii: "/") }))
        return systemDirectories.contains(first) && !path.isSameOrBelow(local)
    }

    private func goesAlong(_ file: LinkTree.File, _ name: String) -> Bool {
        !Self.isOfSystem(file.path) || !StartCommand.isInterpreter(name)
    }

    private func ownFiles(with steps: [Entrypoint], _ libraries: [BytePath]) -> LayerFacts {
        var files = BaseFiles()
        let tops = ((try? image.tree.list(BytePath())) ?? []).filter { !Self.isOfSystem($0.path) }
        let below = (tops.map(\.path) + [Self.local]).flatMap { (try? image.tree.walk(below: $0)) ?? [] }
        // What lies below a link at the top is of the system, or comes under its own name.
        for node in tops + below where !Self.isOfSystem(node.path) { files.add(node.entry, image.facts(of: node)) }
        for step in steps {
            guard case .program(let name, _) = step.step, let file = step.file, Self.isOfSystem(file.path),
                goesAlong(file, name)
            else { continue }
            files.add(file.entry, file.facts)
        }
        for path in libraries {
            guard let node = (try? image.tree.lookup(path)) ?? nil else { continue }
            var entry = node.entry
            entry.path = path
            files.add(entry, image.facts(of: node))
        }
        return files.layer
    }
}
