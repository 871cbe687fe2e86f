import Binaries
import Cataloging
import Core
import ImageAnalysis
import Inventory

extension ImageJSON {
    static func packages(_ packages: [PackageShare]) -> OrderedJSON {
        .array(
            packages.map { share in
                let component = share.package.component
                return OrderedJSON.object([
                    .init(key: "ecosystem", value: .string(component.ecosystem.rawValue)),
                    .init(key: "namespace", value: .text(component.namespace)),
                    .init(key: "name", value: .string(component.name)),
                    .init(key: "version", value: .string(component.version)),
                    .init(key: "licenses", value: component.licenses.isEmpty ? .null : strings(component.licenses)),
                    .init(key: "evidence", value: path(share.package.evidence)),
                    .init(key: "files", value: .int(share.files)), .init(key: "bytes", value: .int(share.bytes)),
                ]).withoutNulls
            })
    }

    static func programs(_ programs: [ProgramVerdict]) -> OrderedJSON {
        .array(
            programs.map { verdict in
                .object(
                    [
                        .init(key: "path", value: path(verdict.path)),
                        .init(key: "isEntrypoint", value: .bool(verdict.isEntrypoint)),
                    ] + start(verdict.start, verdict.gaps))
            })
    }

    static func bases(_ bases: [BaseVerdict]) -> OrderedJSON {
        .array(
            bases.map { verdict in
                .object([.init(key: "base", value: .string(verdict.base))] + start(verdict.start, verdict.gaps))
            })
    }

    private static func start(
        _ start: ProgramVerdict.Start, _ gaps: [ProgramVerdict.RuntimeGap]
    ) -> [OrderedJSON.Member] {
        var members: [OrderedJSON.Member] = []
        switch start {
        case .isStatic: members.append(.init(key: "starts", value: true))
        case .resolves(let libraries):
            members.append(.init(key: "starts", value: true))
            members.append(.init(key: "libraries", value: .array(libraries.map(path))))
        case .fails(let missing):
            members.append(.init(key: "starts", value: false))
            members.append(.init(key: "missing", value: .array(missing.map(self.missing))))
        }
        if !gaps.isEmpty {
            members.append(
                .init(
                    key: "gaps",
                    value: .array(gaps.map { ["need": .string($0.need.rawValue), "missing": .string($0.missing)] })))
        }
        return members
    }

    private static func missing(_ missing: ProgramVerdict.Missing) -> OrderedJSON {
        switch missing {
        case .program(let name): ["what": "program", "name": .string(name)]
        case .notExecutable(let file): ["what": "executable bit", "path": path(file)]
        case .interpreter(let name): ["what": "interpreter", "name": .string(name)]
        case .library(let name, let user): ["what": "library", "name": .string(name), "neededBy": path(user)]
        case .version(let version, let library, let user):
            ["what": "version", "name": .string(version), "library": path(library), "neededBy": path(user)]
        case .shell(let name): ["what": "shell", "name": .string(name)]
        case .architecture(let own, let image):
            ["what": "architecture", "name": .string(own), "image": .string(image)]
        case .scriptInterpreter(let name, let script):
            ["what": "script interpreter", "name": .string(name), "path": path(script)]
        case .user(let name): ["what": "user", "name": .string(name)]
        case .unknownFormat(let file): ["what": "format", "path": path(file)]
        }
    }
}
