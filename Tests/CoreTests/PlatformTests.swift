import Core
import Testing

@Suite("Platforms")
struct PlatformTests {
    @Test(
        "names come into normal form",
        arguments: [
            ("linux/amd64", "linux/amd64"), ("linux/x86_64", "linux/amd64"), ("Linux/X86-64", "linux/amd64"),
            ("linux/amd64/v1", "linux/amd64"), ("linux/amd64/v2", "linux/amd64/v2"), ("linux/aarch64", "linux/arm64"),
            ("linux/arm64/v8", "linux/arm64"), ("linux/arm64/8", "linux/arm64"), ("linux/arm64/v9", "linux/arm64/v9"),
            ("linux/arm", "linux/arm/v7"), ("linux/arm/7", "linux/arm/v7"), ("linux/arm/6", "linux/arm/v6"),
            ("linux/arm/v5", "linux/arm/v5"), ("linux/armhf", "linux/arm/v7"), ("linux/armel", "linux/arm/v6"),
            ("linux/i386", "linux/386"), ("linux/i686", "linux/386"), ("macos/arm64", "darwin/arm64"),
            ("linux/riscv64", "linux/riscv64"), ("arm64", "linux/arm64"), ("x86_64", "linux/amd64"),
            ("s390x", "linux/s390x"),
            ("arm", "linux/arm/v7"),
        ])
    func normal(text: String, expected: String) throws {
        let platform = try #require(Platform(parsing: text))
        #expect(platform.description == expected)
        #expect(Platform(parsing: expected) == platform)
    }

    @Test("a system alone means the machine's architecture")
    func systemAlone() {
        #expect(Platform(parsing: "linux") == Platform.host)
        #expect(Platform(parsing: "windows")?.architecture == Platform.host.architecture)
    }

    @Test(
        "what is no platform is refused",
        arguments: ["", "/", "linux/", "/amd64", "a/b/c/d", "linux//v1", "nothing", "linux/a b", "lin\u{0}x/a"])
    func refused(text: String) {
        #expect(Platform(parsing: text) == nil)
    }

    @Test("an empty variant is none")
    func emptyVariant() {
        #expect(
            Platform(os: "linux", architecture: "amd64", variant: "") == Platform(os: "linux", architecture: "amd64"))
    }

    @Test(
        "an image serves whoever can run it, the nearer the better",
        arguments: [
            ("linux/amd64", "linux/amd64", 0), ("linux/amd64", "linux/amd64/v3", 2),
            ("linux/amd64/v3", "linux/amd64", nil),
            ("linux/arm/v6", "linux/arm/v7", 1), ("linux/arm/v7", "linux/arm/v6", nil),
            ("linux/arm64", "linux/arm64/v9", 1),
            ("linux/arm64", "linux/amd64", nil), ("windows/amd64", "linux/amd64", nil),
        ] as [(String, String, Int?)])
    func distance(image: String, wanted: String, expected: Int?) throws {
        let image = try #require(Platform(parsing: image))
        #expect(image.distance(from: try #require(Platform(parsing: wanted))) == expected)
    }

    @Test("a machine runs its own architecture, and amd64 runs 386")
    func runs() throws {
        let amd64 = Platform(os: "linux", architecture: "amd64")
        #expect(amd64.runs(on: amd64))
        #expect(Platform(os: "linux", architecture: "386").runs(on: amd64))
        #expect(!amd64.runs(on: Platform(os: "linux", architecture: "386")))
        #expect(!Platform(os: "windows", architecture: "amd64").runs(on: amd64))
        #expect(!Platform(os: "linux", architecture: "arm64").runs(on: amd64))
    }
}
