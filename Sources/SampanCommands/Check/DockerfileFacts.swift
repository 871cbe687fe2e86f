import BuildGraph
import ContentStore
import Core
import DockerfileSyntax
import Glibc
import HostOS
import ImageAnalysis
import Layers
import Policy

/// What a policy wants to know of a Dockerfile.
struct DockerfileFacts {
    var file: String
    var directory: String
    /// Of the stages that the one that was built needs.
    var bases: [PolicyContext.Base]
    /// The last instruction of each keyword in the stage that was built.
    var instructions: [String: LayerCause.Place]
    /// Its FROM.
    var last: LayerCause.Place?

    private static let limit = 32 << 20

    /// - Parameters:
    ///   - given: whether the user named it; one that is remembered may be gone since.
    ///   - digest: of the one that is remembered; another under its name says nothing of the image.
    ///   - target: the stage that was built; nil is the last one.
    /// - Returns: nil when there is none.
    static func read(
        _ path: String?, given: Bool, digest: Digest?, platform: Platform, target: String? = nil
    ) throws -> DockerfileFacts? {
        guard let path else { return nil }
        let bytes: [UInt8]
        do {
            bytes = try WholeFile.read(path, limit: limit)
        } catch {
            guard given else { return nil }
            throw Diagnostic(code: "dockerfile.read", "cannot read '\(path)'", causes: [error.reason])
        }
        guard given || digest == SHA256.digest(of: bytes) else { return nil }
        let result = Dockerfile.parse(SourceFile(name: path, bytes: bytes))
        guard given || result.errors.isEmpty else { return nil }
        let dockerfile = try result.get()
        let isThere = target.map { name in dockerfile.stages.contains { $0.name == name || String($0.index) == name } }
        guard given || isThere != false else { return nil }
        return try DockerfileFacts(dockerfile, path, platform, target: isThere == true ? target : nil)
    }

    private init(_ dockerfile: Dockerfile, _ path: String, _ platform: Platform, target: String?) throws {
        file = path
        directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var request = BuildRequest(dockerfile: dockerfile, context: FixedContext(.empty))
        request.platform = platform
        request.target = target
        let graph = try StageGraph(request)
        let final = Self.chain(graph)
        bases = []
        for index in graph.needed.sorted() {
            let node = graph.nodes[index]
            let place = Self.place(of: node.stage.instruction, in: node.stage, dockerfile.source)
            switch node.base {
            case .external(let name): bases.append(.init(name: name, isFinal: final.contains(index), place: place))
            case .scratch:
                if final.contains(index) { bases.append(.init(name: "scratch", isFinal: true, place: place)) }
            case .stage: break
            }
            bases += Self.copied(node.stage, dockerfile, request)
        }
        instructions = [:]
        let stage = graph.nodes[graph.target].stage
        last = Self.place(of: stage.instruction, in: stage, dockerfile.source)
        for statement in stage.statements {
            let place = Self.place(of: statement.instruction, in: stage, dockerfile.source)
            guard let keyword = statement.instruction.keyword else { continue }
            instructions[keyword.rawValue] = place
        }
        instructions["FROM"] = last
    }

    /// The stages that the target stands on, itself among them.
    private static func chain(_ graph: StageGraph) -> Set<Int> {
        var found: Set<Int> = []
        var index = graph.target
        while found.insert(index).inserted, case .stage(let base) = graph.nodes[index].base { index = base }
        return found
    }

    /// Images that COPY takes files from.
    private static func copied(
        _ stage: Stage, _ dockerfile: Dockerfile, _ request: BuildRequest
    ) -> [PolicyContext.Base] {
        stage.statements.compactMap { statement in
            guard case .copy(let copy) = statement.command, let name = copy.from?.text, !name.contains("$"),
                StageGraph.stageIndex(name, in: dockerfile, request: request) == nil
            else { return nil }
            return .init(
                name: name, isFinal: false, place: place(of: statement.instruction, in: stage, dockerfile.source))
        }
    }

    private static func place(of instruction: Instruction, in stage: Stage, _ source: SourceFile) -> LayerCause.Place {
        let first = source.position(at: instruction.range.start).line
        let last = source.position(at: max(instruction.range.start, instruction.range.end - 1)).line
        return LayerCause.Place(
            file: source.name, firstLine: first, lastLine: max(first, last), stage: stage.name ?? String(stage.index))
    }
}
