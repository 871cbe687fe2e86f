import ContentStore
import Core
import Glibc
import HostOS
import ImageAnalysis
import ImageLayouts
import OCI
import SampanTestSupport
import Testing

/// Images in two forms: archives, of which it is predicted whether a program in them starts, and directories, in which it
/// is started. Programs say `started` when they run.
final class LinkageLab: Sendable {
    /// Owns the bases for all tests of the process.
    private static let shared: Result<LinkageLab, any Error> = Result {
        let lab = try LinkageLab()
        // It lives as long as the process, and no longer.
        atexit { LinkageLab.remove() }
        return lab
    }

    static func get() throws -> LinkageLab { try shared.get() }

    private static func remove() {
        if case .success(let lab) = shared { try? Directory.removeTree(lab.place.path) }
    }

    let place: TemporaryDirectory
    /// Remembers what was found out about the layers of bases.
    let store: Store

    private init() throws {
        place = try TemporaryDirectory("linkage")
        store = try Store.open(StoreLocation(home: place.path("home")))
        for name in ["roots", "sources", "programs"] { try place.directory(name) }
        try Self.makeDebian(place)
        try Self.makeAlpine(place)
        try Self.makeSources(place)
        try Self.makeShell(place)
        try place.directory("roots/scratch")
        try Shell.run("tar -C '\(place.path("roots/scratch"))' -cf '\(place.path("roots/scratch.tar"))' .")
    }

    /// What the project's own bases are.
    private static func makeDebian(_ place: TemporaryDirectory) throws {
        let work = try DebianBases.workspace()
        for base in ["static", "base", "cc", "python"] {
            let tar = place.path("roots/\(base).tar")
            try work.image("FROM base:\(base)\n", ["-o", "type=tar,dest=\(tar)"])
            try place.directory("roots/\(base)")
            try Shell.run("tar -C '\(place.path("roots/\(base)"))' -xf '\(tar)'")
        }
    }

    /// musl's loader and busybox, where Alpine has them.
    private static func makeAlpine(_ place: TemporaryDirectory) throws {
        let root = try place.directory("roots/alpine")
        try Shell.run(
            """
            cd '\(root)' && mkdir -p lib bin etc/ssl/certs tmp usr/lib usr/bin root && chmod 1777 tmp && chmod 700 root &&
            cp -L "$(find /usr/lib /lib -name libc.so -path '*-linux-musl/*' | head -n 1)" \
                "lib/ld-musl-$(uname -m).so.1" &&
            ln -s "ld-musl-$(uname -m).so.1" "lib/libc.musl-$(uname -m).so.1" && cp /bin/busybox bin/busybox &&
            ln -s busybox bin/sh && ln -s /bin/busybox usr/bin/env && echo 'hosts: files dns' >etc/nsswitch.conf &&
            echo 'root:x:0:0::/root:/bin/sh' >etc/passwd && : >etc/ssl/certs/ca-certificates.crt &&
            tar -cf '\(place.path("roots/alpine.tar"))' .
            """)
    }

    /// A static shell with its tools, and two accounts.
    private static func makeShell(_ place: TemporaryDirectory) throws {
        let root = try place.directory("roots/shell")
        try Shell.run(
            """
            cd '\(root)' && mkdir -p bin usr/bin etc root && chmod 700 root && cp /bin/busybox bin/busybox &&
            ln -s busybox bin/sh && ln -s /bin/busybox usr/bin/env &&
            printf 'root:x:0:0::/root:/bin/sh\\napp:x:1000:1000::/:/bin/sh\\n' >etc/passwd &&
            tar -cf '\(place.path("roots/shell.tar"))' .
            """)
    }

    /// A program that calls a library that calls another.
    private static func makeSources(_ place: TemporaryDirectory) throws {
        try place.file("sources/b.c", "const char *b(void) { return \"started\"; }\n")
        try place.file("sources/a.c", "const char *b(void);\nconst char *a(void) { return b(); }\n")
        try place.file(
            "sources/main.c", "#include <stdio.h>\nconst char *a(void);\nint main(void) { puts(a()); return 0; }\n")
        try place.file("sources/versions", "OLD {}; NEW { b; };\n")
    }

    // MARK: - Prediction

    /// An image of a base and a directory of files above it.
    func image(_ base: String, _ files: String?, _ config: ContainerConfig) async throws -> AnalysedImage {
        var archives = [place.path("roots/\(base).tar")]
        if let files {
            let archive = files + ".tar"
            try Shell.run("tar -C '\(files)' --owner=0 --group=0 -cf '\(archive)' .")
            archives.append(archive)
        }
        return try await ImageAnalyser(store: store).analyse(ArchiveLayers(archives, config))
    }

    // MARK: - Running

    struct Outcome {
        var isStarted: Bool
        var text: String
    }

    /// Starts a program in a base with files above it.
    func run(
        _ base: String, _ files: String?, _ command: [String], environment: [String] = [], user: String = "0:0"
    ) throws -> Outcome {
        // Files go into a copy whose files are links to those of the base.
        let root = place.path("run-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))")
        defer { try? Directory.removeTree(root) }
        try Shell.run("cp -al '\(place.path("roots/\(base)"))' '\(root)'")
        if let files { try Shell.run("tar -C '\(files)' --owner=0 --group=0 -cf - . | tar -C '\(root)' -xf -") }
        let usual = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        // $ORIGIN is read from /proc, which every container has.
        let script = """
            root=$1 user=$2 && shift 2 && mkdir -p "$root/proc" && mount -t proc proc "$root/proc" &&
            exec chroot --userspec="$user" "$root" "$@"
            """
        var options = ChildProcess.Options(
            "/usr/bin/unshare", ["-m", "--propagation", "private", "/bin/sh", "-c", script, "sh", root, user] + command)
        options.environment = [usual] + environment
        let captured = try ChildProcess.capture(options, limit: 1 << 20, timeout: .seconds(20))
        let output = String(decoding: captured.output, as: UTF8.self)
        return Outcome(
            isStarted: captured.status.shellCode == 0 && output.hasPrefix("started"),
            text: output + String(decoding: captured.error, as: UTF8.self))
    }

    /// Compiles a source into the directory of a program.
    /// - Parameters:
    ///   - command: a compiler with its options; `SOURCE` and `PROGRAM` are put in.
    /// - Returns: a directory with the program as `srv/app`.
    func compile(_ name: String, _ suffix: String, _ source: String, _ command: String) throws -> String {
        let directory = try place.directory("programs/\(name)")
        try place.directory("programs/\(name)/srv")
        let file = try place.file("sources/\(name).\(suffix)", source)
        try Shell.run(
            """
            SOURCE='\(file)' PROGRAM='\(directory)/srv/app' && export SOURCE PROGRAM && cd '\(place.path("sources"))' &&
            { \(command); } >'\(place.path("sources/\(name).log"))' 2>&1
            """)
        return directory
    }
}

/// Uncompressed archives as the layers of an image.
private struct ArchiveLayers: AnalysisSource {
    let name = "lab"
    let manifest: Descriptor
    let image: ImageManifest
    let config: ImageConfig
    let sources: ImageSources? = nil
    private let files: [Digest: String]

    init(_ archives: [String], _ config: ContainerConfig) throws {
        var files: [Digest: String] = [:]
        let layers = try archives.map { path in
            let bytes = try WholeFile.read(path, limit: 1 << 30)
            let descriptor = Descriptor(
                mediaType: .ociLayerTar, digest: SHA256.digest(of: bytes), size: bytes.count)
            files[descriptor.digest] = path
            return descriptor
        }
        self.files = files
        manifest = Descriptor(mediaType: .ociManifest, digest: SHA256.digest(of: []), size: 0)
        image = ImageManifest(
            config: Descriptor(mediaType: .ociConfig, digest: SHA256.digest(of: []), size: 0), layers: layers)
        self.config = ImageConfig(platform: .host, config: config, diffIDs: layers.map(\.digest))
    }

    func layer(_ descriptor: Descriptor) throws -> BlobFile {
        let path = try #require(files[descriptor.digest])
        return BlobFile(try .open(path, O_RDONLY), size: Int64(descriptor.size))
    }
}

/// The image of an OCI layout with one image.
struct LayoutLayers: AnalysisSource {
    let name = "layout"
    let manifest: Descriptor
    let image: ImageManifest
    let config: ImageConfig
    let sources: ImageSources? = nil
    private let layout: String

    init(_ layout: String) throws {
        self.layout = layout
        let facts = try ImageFacts(layout: layout)
        image = facts.manifest
        config = facts.image
        manifest = Descriptor(mediaType: .ociManifest, digest: SHA256.digest(of: []), size: 0)
    }

    private static func path(_ layout: String, _ blob: Descriptor) -> String {
        "\(layout)/blobs/sha256/\(blob.digest.hex)"
    }

    func layer(_ descriptor: Descriptor) throws -> BlobFile {
        BlobFile(try .open(Self.path(layout, descriptor), O_RDONLY), size: Int64(descriptor.size))
    }
}
