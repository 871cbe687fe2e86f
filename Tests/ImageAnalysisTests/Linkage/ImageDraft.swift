import Binaries
import Core
import Layers
import OCI

@testable import ImageAnalysis

/// An image put together by hand, its programs described instead of compiled.
struct ImageDraft {
    var config = ContainerConfig()
    var platform = Platform(os: "linux", architecture: "amd64")
    private var layers: [(entries: [Entry], facts: [BytePath: ContentFacts])] = [([], [:])]

    init() {}

    /// Starts another layer.
    mutating func layer() { layers.append(([], [:])) }

    mutating func add(_ entry: Entry, _ facts: ContentFacts? = nil) {
        layers[layers.count - 1].entries.append(entry)
        layers[layers.count - 1].facts[entry.path] = facts
    }

    mutating func directory(_ path: String, mode: UInt32 = 0o755, uid: UInt32 = 0) {
        add(.directory(BytePath(cleaning: path), mode: mode, uid: uid))
    }

    mutating func link(_ path: String, _ target: String) { add(.symlink(BytePath(cleaning: path), to: target)) }

    mutating func text(_ path: String, _ text: String, mode: UInt32 = 0o644) {
        kept(path, Array(text.utf8), mode: mode)
    }

    /// A file whose bytes are kept for judging.
    mutating func kept(_ path: String, _ bytes: [UInt8], mode: UInt32 = 0o644) {
        var facts = ContentFacts(kind: .text)
        facts.captured = bytes
        add(.file(BytePath(cleaning: path), bytes: bytes, mode: mode), facts)
    }

    mutating func script(_ path: String, _ words: String..., mode: UInt32 = 0o755) {
        var facts = ContentFacts(kind: .script)
        facts.interpreter = words
        add(.file(BytePath(cleaning: path), bytes: Array("#!".utf8), mode: mode), facts)
    }

    mutating func binary(_ path: String, _ facts: BinaryFacts, mode: UInt32 = 0o755, uid: UInt32 = 0, gid: UInt32 = 0) {
        var content = ContentFacts(kind: facts.isProgram ? .program : .sharedLibrary)
        content.binary = facts
        add(.file(BytePath(cleaning: path), bytes: [0x7f], mode: mode, uid: uid, gid: gid), content)
    }

    /// A program that glibc's loader starts.
    mutating func program(_ path: String, needs needed: String..., edit: (inout BinaryFacts) -> Void = { _ in }) {
        var facts = Self.facts(.positionIndependent)
        facts.interpreter = "/lib64/ld-linux-x86-64.so.2"
        facts.needed = needed
        edit(&facts)
        binary(path, facts)
    }

    mutating func library(_ path: String, needs needed: String..., edit: (inout BinaryFacts) -> Void = { _ in }) {
        var facts = Self.facts(.sharedLibrary)
        facts.needed = needed
        edit(&facts)
        binary(path, facts, mode: 0o644)
    }

    /// Debian's loader and C library.
    mutating func glibc() {
        link("lib", "usr/lib")
        link("lib64", "usr/lib64")
        link("usr/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2")
        binary("usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", Self.facts(.sharedLibrary))
        library("usr/lib/x86_64-linux-gnu/libc.so.6", needs: "ld-linux-x86-64.so.2") {
            $0.soname = "libc.so.6"
            $0.versionDefinitions = ["libc.so.6", "GLIBC_2.2.5", "GLIBC_2.34", "GLIBC_2.36"]
        }
    }

    mutating func musl() {
        binary("lib/ld-musl-x86_64.so.1", Self.facts(.sharedLibrary))
        link("lib/libc.musl-x86_64.so.1", "ld-musl-x86_64.so.1")
    }

    static func facts(_ kind: BinaryFacts.Kind, _ architecture: String = "amd64", bits: Int = 64) -> BinaryFacts {
        BinaryFacts(
            kind: kind, bits: bits, isLittleEndian: true, architecture: architecture, isDynamic: true)
    }

    var image: AnalysedImage {
        let digest = SHA256.digest(of: [])
        let descriptor = Descriptor(mediaType: .ociManifest, digest: digest, size: 0)
        let made = layers.map { layer in
            let contents = LayerContents(layer.entries)
            return AnalysedImage.Layer(
                descriptor: descriptor, cause: LayerCause(instruction: "COPY"),
                facts: LayerFacts(
                    diffID: digest, archiveSize: 0, contentBytes: 0, contents: contents,
                    facts: contents.entries.map { layer.facts[$0.path] }))
        }
        return AnalysedImage(
            name: "draft", manifest: descriptor, config: ImageConfig(platform: platform, config: config),
            platform: platform, layers: made)
    }

    /// What is said of a file, or of the first entrypoint.
    func verdict(_ path: String? = nil) -> ProgramVerdict? {
        let verdicts = Linkage(image).verdicts()
        guard let path else { return verdicts.first { $0.isEntrypoint } }
        return verdicts.first { $0.path == BytePath(cleaning: path) }
    }

    func start(_ path: String? = nil) -> ProgramVerdict.Start? { verdict(path)?.start }

    /// What the image itself misses to start.
    var missing: [ProgramVerdict.Missing] {
        Linkage(image).verdicts().filter(\.isEntrypoint).flatMap(\.start.missing)
    }
}
