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
        let full = path.hasPrefix("/") ? path : try FileNaming.workingDirectory() + "/" + path
        return try DockerfileFacts(
            dockerfile, file: full, directory: directory(of: path), platform, target: isThere == true ? target : nil)
    }

    /// Of a Dockerfile in a context that is no directory here.
    /// - Parameter context: what building takes for it.
    static func read(
        fetched source: SourceFile, context: String, platform: Platform, target: String?
    ) throws -> DockerfileFacts {
        let dockerfile = try Dockerfile.parse(source).get()
        let isThere = target.map { name in dockerfile.stages.contains { $0.name == name || String($0.index) == name } }
        return try DockerfileFacts(
            dockerfile, file: source.name, directory: context, platform, target: isThere == true ? target : nil)
    }

    private static func directory(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    /// - Parameter file: what places are said to be in.
    private init(
        _ dockerfile: Dockerfile, file: String, directory: String, _ platform: Platform, target: String?
    ) throws {
        self.file = file
        self.directory = directory
        var request = BuildRequest(dockerfile: dockerfile, context: FixedContext(.empty))
        request.platform = platform
        request.target = target
        let graph = try StageGraph(request)
        let final = Self.chain(graph)
        bases = []
        for index in graph.needed.sorted() {
            let node = graph.nodes[index]
            let place = Self.place(of: node.stage.instruction, in: node.stage, dockerfile.source, file)
            switch node.base {
            case .external(let name): bases.append(.init(name: name, isFinal: final.contains(index), place: place))
            case .scratch:
                if final.contains(index) { bases.append(.init(name: "scratch", isFinal: true, place: place)) }
            case .stage: break
            }
            bases += Self.copied(node.stage, dockerfile, request, file)
        }
        instructions = [:]
        let stage = graph.nodes[graph.target].stage
        last = Self.place(of: stage.instruction, in: stage, dockerfile.source, file)
        for statement in stage.statements {
            let place = Self.place(of: statement.instruction, in: stage, dockerfile.source, file)
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
        _ stage: Stage, _ dockerfile: Dockerfile, _ request: BuildRequest, _ file: String
    ) -> [PolicyContext.Base] {
        stage.statements.compactMap { statement in
            guard case .copy(let copy) = statement.command, let name = copy.from?.text, !name.contains("$"),
                StageGraph.stageIndex(name, in: dockerfile, request: request) == nil
            else { return nil }
            return .init(
                name: name, isFinal: false,
                place: place(of: statement.instruction, in: stage, dockerfile.source, file))
        }
    }

    private static func place(
        of instruction: Instruction, in stage: Stage, _ source: SourceFile, _ file: String
    ) -> LayerCause.Place {
        let first = source.position(at: instruction.range.start).line
        let last = source.position(at: max(instruction.range.start, instruction.range.end - 1)).line
        return LayerCause.Place(
            file: file, firstLine: first, lastLine: max(first, last), stage: stage.name ?? String(stage.index))
    }
}
