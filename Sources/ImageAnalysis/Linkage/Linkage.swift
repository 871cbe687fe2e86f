internal import Binaries
internal import Core
internal import Layers
internal import OCI

/// Whether the programs of an image start, found out without starting them: by the rules of the kernel and of the
/// program loaders, applied to the files of the image alone.
package struct Linkage: Sendable {
    let image: AnalysedImage

    package init(_ image: AnalysedImage) { self.image = image }

    /// What the image starts first, in the order in which it is reached, then every other program in path order, and
    /// every script in a directory of PATH.
    /// - Parameter remark: is told what could not be judged.
    package func verdicts(remark: (String) -> Void = { _ in }) -> [ProgramVerdict] {
        let judge = ProgramJudge(image)
        let needs = RuntimeNeeds(judge)
        var verdicts = entrypoints(judge, needs, remark).map(\.verdict)
        var known = Set(verdicts.map(\.path))
        let commands = Set(judge.environment.path.compactMap { try? image.tree.resolve($0) })
        for node in (try? image.tree.nodes()) ?? [] {
            guard node.entry.isFile, node.entry.mode & 0o111 != 0, !known.contains(node.path) else { continue }
            let file = judge.tree.file(node)
            let isScript = file.facts?.interpreter.isEmpty == false && commands.contains(node.path.parent)
            guard file.facts?.binary?.isProgram == true || isScript else { continue }
            known.insert(node.path)
            do {
                verdicts.append(verdict(file, try judge.start(file, ignoringRights: true), needs))
            } catch {
                remark(Self.remark(on: file.path, error))
            }
        }
        return verdicts
    }

    /// What the image starts, and what is started by that.
    struct Entrypoint {
        var verdict: ProgramVerdict
        var step: StartCommand.Step
        /// The file, when there is one.
        var file: LinkTree.File?
    }

    /// - Returns: nothing for an image that has neither ENTRYPOINT nor CMD.
    func entrypoints(
        _ judge: ProgramJudge, _ needs: RuntimeNeeds, _ remark: (String) -> Void
    ) -> [Entrypoint] {
        let config = image.config.config
        var out: [Entrypoint] = []
        for step in StartCommand.steps(config.entrypoint + config.cmd) {
            guard let entry = entrypoint(step, judge, needs, remark) else { continue }
            out.append(entry)
            // What can't start starts nothing.
            if case .fails = entry.verdict.start { break }
        }
        if let name = judge.tree.user.missing, !out.isEmpty {
            out[0].verdict.start = .fails([.user(name)] + out[0].verdict.start.missing)
        }
        return out
    }

    private func entrypoint(
        _ step: StartCommand.Step, _ judge: ProgramJudge, _ needs: RuntimeNeeds, _ remark: (String) -> Void
    ) -> Entrypoint? {
        func failure(_ path: BytePath, _ missing: ProgramVerdict.Missing) -> Entrypoint {
            Entrypoint(
                verdict: ProgramVerdict(path: path, isEntrypoint: true, start: .fails([missing])), step: step)
        }
        switch step {
        case .script(let names):
            let paths = names.map { judge.environment.workingDirectory.joined($0) }
            if paths.contains(where: judge.tree.exists) { return nil }
            return paths.first.flatMap { path in names.first.map { failure(path, .program($0)) } }
        case .program(let name, let isFromShell):
            switch judge.command(name) {
            case .missing:
                let isShell = StartCommand.shells.contains(StartCommand.name(name))
                // A busybox that is a shell runs its tools without files.
                if isFromShell, judge.hasBusyboxShell, !name.contains("/") { return nil }
                let path =
                    name.contains("/") ? judge.environment.workingDirectory.joined(name) : BytePath(cleaning: name)
                return failure(path, isShell ? .shell(name) : .program(name))
            case .notExecutable(let path):
                return failure(path, .notExecutable(path))
            case .file(let file):
                do {
                    let finding = try judge.start(file)
                    if isFromShell, case .unknownFormat? = finding.start.missing.first { return nil }
                    var verdict = verdict(file, finding, needs)
                    verdict.isEntrypoint = true
                    return Entrypoint(verdict: verdict, step: step, file: file)
                } catch {
                    remark(Self.remark(on: file.path, error))
                    return nil
                }
            }
        }
    }

    private func verdict(
        _ file: LinkTree.File, _ finding: ProgramJudge.Finding, _ needs: RuntimeNeeds
    ) -> ProgramVerdict {
        ProgramVerdict(
            path: file.path, isEntrypoint: false, start: finding.start,
            gaps: finding.program?.facts?.binary.map(needs.gaps) ?? [])
    }

    private static func remark(on path: BytePath, _ error: any Error) -> String {
        error is ProgramJudge.Unknown
            ? "whether \(path.absolute) starts is unknown: its content was not looked at"
            : "whether \(path.absolute) starts is unknown: the search for its libraries takes too long"
    }
}

extension ProgramVerdict.Start {
    var missing: [ProgramVerdict.Missing] { if case .fails(let missing) = self { missing } else { [] } }
}
