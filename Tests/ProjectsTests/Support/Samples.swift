import Glibc
import HostOS
import Projects

/// The sample projects under `Tests/Fixtures/projects`.
enum Samples {
    static let names = [
        "c-make", "c-sources", "cpp-cmake", "go-two", "go-web", "java-lines", "node-echo", "python-web",
        "rust-counter", "swift-service",
    ]

    private static let root: String = {
        var path = #filePath
        if let resolved = realpath(path, nil) {
            path = String(cString: resolved)
            free(resolved)
        }
        return path.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/Fixtures/projects"
    }()

    static func tree(_ name: String) throws -> ProjectTree {
        var files: [String: String] = [:]
        func walk(_ prefix: String) throws {
            let directory = try FileDescriptor.open("\(root)/\(name)/\(prefix)", O_RDONLY | O_DIRECTORY)
            for entry in try Directory.names(directory).map({ String(decoding: $0, as: UTF8.self) }) {
                let path = prefix + entry
                if try FileInfo.of("\(root)/\(name)/\(path)")?.kind == .directory {
                    try walk(path + "/")
                } else {
                    files[path] = String(decoding: try WholeFile.read("\(root)/\(name)/\(path)"), as: UTF8.self)
                }
            }
        }
        try walk("")
        return ProjectTree(files)
    }

    static func project(_ name: String, _ images: ImageSource = .assembled) throws -> Project {
        try Detector.detect(tree(name), name: name, choices: .images(images))
    }

    /// Everything that can be written for a sample.
    static func files(_ name: String, _ images: ImageSource = .assembled) throws -> [WrittenFile] {
        var wanted = ProjectFiles()
        wanted.pipelines = [.github, .gitlab]
        wanted.kubernetes = true
        wanted.monitoring = true
        wanted.source = "https://git.example.com/team/\(name)"
        let tree = try tree(name)
        return wanted.files(of: try Detector.detect(tree, name: name, choices: .images(images)), in: tree)
    }
}

extension Project {
    /// What is concluded about something, without the reasons.
    func conclusions(_ about: String) -> [String] { conclusions.filter { $0.about == about }.map(\.what) }
}

extension Choices {
    private static func of(_ set: (inout Choices) -> Void) -> Choices {
        var out = Choices()
        set(&out)
        return out
    }

    static func images(_ images: ImageSource) -> Choices { of { $0.images = images } }
    static func kind(_ kind: ProjectKind) -> Choices { of { $0.kind = kind } }
    static func program(_ program: String) -> Choices { of { $0.program = program } }
}
