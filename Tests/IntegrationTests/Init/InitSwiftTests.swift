import HostOS
import SampanTestSupport
import Testing

/// Needs the Swift toolchain of this machine as an image, which is over a gigabyte: `SAMPAN_TEST_SWIFT=1` asks for it.
@Suite(
    "Swift images of sampan init",
    .enabled(
        if: Need.root && ProgramPath.variable("SAMPAN_TEST_SWIFT") == "1" && DebianBases.isReachable,
        "takes minutes; SAMPAN_TEST_SWIFT=1 asks for it"))
struct InitSwiftTests {
    @Test("a Swift package: the runtime inside, the base beside")
    func package() throws {
        let sample = try InitSample("swift-service", DebianBases.workspace())
        let place = sample.work.place
        let left = [
            "sourcekit-lsp", "lldb*", "docc", "clangd", "swift-format", "liblldb*", "libsourcekitd*", "wasm*", "wasi*",
            "libclang.so*",
            "libLTO*", "android*", "usr/lib/swift/embedded", "usr/lib/swift_static/embedded", "usr/share/doc",
        ]
        let excluded = left.map { "--exclude='\($0)'" }.joined(separator: " ")
        let archive = place.path("toolchain.tar")
        try Shell.run(
            "cd \"$(dirname \"$(realpath \"$(command -v swift)\")\")/../..\" && tar -cf '\(archive)' \(excluded) usr")
        let digest = try Shell.run("sha256sum '\(archive)' | cut -d' ' -f1").split(separator: "\n").joined()
        try place.file(
            "toolchain.yaml",
            """
            extends: gcc
            packages: [binutils, git, libcurl4, libedit2, libncurses6, libsqlite3-0, libxml2, libz3-4, zlib1g-dev]
            archives:
              - {file: toolchain.tar, sha256: "\(digest)", to: /}

            """)
        try sample.make("greeter", contexts: ["swift:6.3-bookworm": "base:\(place.path("toolchain.yaml"))"])
        #expect(try sample.succeed(["run", "--read-only", "greeter", "you"]).output == "hello you, 1970-01-01\n")
    }
}
