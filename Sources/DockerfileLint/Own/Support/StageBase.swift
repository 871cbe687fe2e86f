import DockerfileSyntax

/// What a stage stands on in the end, as far as names tell.
struct StageBase {
    enum Library {
        /// No C library: `scratch` and the images that are made for static programs.
        case none
        case glibc
        case musl
        case unknown
    }

    let image: ImageIdentity
    let library: Library
    /// There is no `/bin/sh`.
    let lacksShell: Bool

    init?(_ file: LintFile, _ stage: LintStage) {
        guard let text = file.image(of: file.root(of: stage)) else { return nil }
        self.init(text)
    }

    init(_ reference: String) {
        image = ImageIdentity(reference)
        library = Self.library(image)
        lacksShell = Self.lacksShell(image)
    }

    var isScratch: Bool { image.name == "scratch" }

    private static func library(_ image: ImageIdentity) -> Library {
        let name = image.name
        if name == "scratch" { return .none }
        if isDistroless(name) { return lastPart(name).hasPrefix("static") ? .none : .glibc }
        if isChainguard(name) { return lastPart(name) == "static" ? .none : .glibc }
        if name == "alpine" || image.tagParts.contains(where: { $0.hasPrefix("alpine") }) { return .musl }
        if name == "busybox" { return image.tagParts.contains("musl") ? .musl : .unknown }
        return glibcImages.contains(name) ? .glibc : .unknown
    }

    private static func lacksShell(_ image: ImageIdentity) -> Bool {
        if image.name == "scratch" { return true }
        guard isDistroless(image.name) else { return false }
        return !image.tagParts.contains("debug") && image.tag != "debug"
    }

    private static func isDistroless(_ name: String) -> Bool { name.hasPrefix("gcr.io/distroless/") }

    private static func isChainguard(_ name: String) -> Bool { name.hasPrefix("cgr.dev/chainguard/") }

    private static func lastPart(_ name: String) -> Substring { name.split(separator: "/").last ?? "" }

    /// Images of Docker's library that have Debian or a relative of it inside, unless their tag says otherwise.
    private static let glibcImages: Set<String> = [
        "almalinux", "amazonlinux", "buildpack-deps", "centos", "debian", "eclipse-temurin", "fedora", "gcc", "golang",
        "gradle", "maven", "mariadb", "mysql", "nginx", "node", "openjdk", "oraclelinux", "perl", "php", "postgres",
        "python", "rockylinux", "ruby", "rust", "swift", "ubuntu",
    ]
}

extension LintFile {
    /// The text of some instruction of the stage, or of those below, holds one of these.
    func mentions(_ texts: [StaticString], in stage: LintStage) -> Bool {
        chain(of: stage).contains { stage in
            statements(of: stage).contains { statement in
                texts.contains { statement.mentions($0) }
            }
        }
    }
}

extension LintStatement {
    /// The instruction's bytes, here-documents included, hold a text.
    func mentions(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { text in
            if outer.body.bytes.holds(text) { return true }
            return instruction.heredocs.contains { $0.rawContent.holds(text) }
        }
    }
}

extension [UInt8] {
    /// Some part of the bytes is this text.
    func holds(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = text.first, count >= text.count else { return false }
        return withUnsafeBufferPointer { bytes in
            var index = 0
            while index + text.count <= bytes.count {
                if bytes[index] == first, bytes[index..<(index + text.count)].elementsEqual(text) { return true }
                index += 1
            }
            return false
        }
    }

    func holds(_ text: StaticString) -> Bool { text.withUTF8Buffer { holds($0) } }
}
