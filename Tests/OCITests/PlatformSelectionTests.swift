import Core
import OCI
import Testing

@Suite("Choosing an image from an index")
struct PlatformSelectionTests {
    /// An entry whose size tells it apart.
    private static func entry(_ size: Int, _ platform: PlatformValue?, annotations: [String: String] = [:])
        -> Descriptor
    {
        Descriptor(
            mediaType: .ociManifest, digest: SHA256.digest(of: "\(size)"), size: size, annotations: annotations,
            platform: platform)
    }

    private static let index = ImageIndex(manifests: [
        entry(0, PlatformValue(architecture: "unknown", os: "unknown")),
        entry(1, PlatformValue(architecture: "amd64", os: "linux"), annotations: [Annotation.dockerReferenceType: "x"]),
        entry(2, PlatformValue(architecture: "amd64", os: "windows", osVersion: "10.0.1")),
        entry(3, PlatformValue(architecture: "amd64", os: "linux")),
        entry(4, PlatformValue(architecture: "x86_64", os: "linux", variant: "v3")),
        entry(5, PlatformValue(architecture: "arm", os: "linux", variant: "v5")),
        entry(6, PlatformValue(architecture: "arm", os: "linux", variant: "v6")),
        entry(7, PlatformValue(architecture: "arm64", os: "linux", variant: "v8")),
        entry(8, PlatformValue(architecture: "amd64", os: "linux")),
        entry(9, nil),
    ])

    @Test(
        "the nearest that runs is chosen, of equals the first, never an attestation",
        arguments: [
            ("linux/amd64", 3), ("linux/amd64/v2", 3), ("linux/amd64/v3", 4), ("linux/amd64/v4", 4),
            ("windows/amd64", 2), ("linux/arm/v7", 6), ("linux/arm", 6), ("linux/arm/v5", 5), ("linux/arm64", 7),
            ("linux/aarch64", 7),
        ])
    func select(platform: String, expected: Int) throws {
        let wanted = try #require(Platform(parsing: platform))
        #expect(try Self.index.select(platform: wanted).size == expected)
    }

    @Test("a platform without an image is an error that lists what there is")
    func missing() throws {
        let wanted = try #require(Platform(parsing: "linux/riscv64"))
        let error = #expect(throws: OCIError.self) { try Self.index.select(platform: wanted) }
        #expect(error?.diagnostic.message == "the image is not available for linux/riscv64")
        #expect(
            error?.diagnostic.hint == "it is available for windows/amd64, linux/amd64, linux/amd64/v3, linux/arm/v5, "
                + "linux/arm/v6, linux/arm64")
    }

    @Test("an index with one image that names no platform gives it")
    func unnamed() throws {
        let wanted = Platform(os: "linux", architecture: "s390x")
        let attestation = Self.entry(0, PlatformValue(architecture: "unknown", os: "unknown"))
        #expect(try ImageIndex(manifests: [attestation, Self.entry(4, nil)]).select(platform: wanted).size == 4)
        #expect(throws: OCIError.noPlatform(wanted: wanted, available: [])) {
            try ImageIndex(manifests: [Self.entry(4, nil), Self.entry(5, nil)]).select(platform: wanted)
        }
        #expect(throws: OCIError.noPlatform(wanted: wanted, available: [])) {
            try ImageIndex(manifests: []).select(platform: wanted)
        }
    }

    @Test("a platform keeps its spelling and has a normal form")
    func values() {
        #expect(PlatformValue(Platform(os: "linux", architecture: "arm")).variant == "v7")
        #expect(PlatformValue(architecture: "aarch64", os: "Linux").platform?.description == "linux/arm64")
        #expect(PlatformValue(architecture: "", os: "linux").platform == nil)
    }
}
