// swift-tools-version: 6.2
// The target graph is drawn in ARCHITECTURE.md; a test compares the two.
import PackageDescription

/// Language settings shared by every Swift target.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// - Parameter testable: shows the module's internals to its tests in the one (release) build that serves both.
/// - Parameter embedded: files whose bytes become part of the module.
func swift(
    _ name: String, _ dependencies: [Target.Dependency], testable: Bool = false, embedded: [String] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, resources: embedded.map { .embedInCode($0) },
        swiftSettings: settings + (testable ? [.unsafeFlags(["-enable-testing"])] : []))
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// A C library of the system, linked from its static archive so that the program needs none of them at run time.
func library(_ name: String, archives: [String]) -> Target {
    .target(name: name, linkerSettings: archives.map { .linkedLibrary(":lib\($0).a") })
}

/// The program carries the Swift runtime; the test bundle can't (Swift Testing exists as a shared library only). Doing it
/// with the linker alone, rather than with `--static-swift-stdlib`, lets one build of every module serve both. The
/// libraries named are those that a static FoundationEssentials needs beside itself.
///
/// The rest is about starting, which is most of a short command's time (ARCHITECTURE.md, "Starting"): other libraries are
/// static too, no symbols are exported for a search to walk over, and addresses are final before the program starts.
let staticRuntime: [LinkerSetting] = [
    .unsafeFlags(["-static-stdlib", "-l_FoundationCShims", "-l_FoundationCollections", "-lswiftSynchronization"]),
    .unsafeFlags(["-use-ld=lld", "-L", Context.packageDirectory + "/Sources/sampan/Link"]),
    .unsafeFlags(["-Xclang-linker", "-static-libgcc", "-Xclang-linker", "-no-pie", "-Xlinker", "--no-export-dynamic"]),
]

let package = Package(
    name: "sampan",
    products: [.executable(name: "sampan", targets: ["sampan"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    ],
    targets: [
        // C
        library("CCrypto", archives: ["crypto"]),
        library("CZlib", archives: ["z"]),
        library("CBzip2", archives: ["bz2"]),
        library("CZstd", archives: ["zstd"]),
        library("CLZMA", archives: ["lzma"]),
        library("CDeflate", archives: ["deflate"]),
        .target(
            name: "CSQLite",
            linkerSettings: [.linkedLibrary(":libsqlite3.a"), .linkedLibrary("m")]),
        library("CYAML", archives: ["yaml"]),
        .target(name: "CLinux", cSettings: [.define("_GNU_SOURCE")]),

        // L1
        swift("Core", ["CCrypto"]),

        // L2
        swift("HostOS", ["Core", "CLinux"], testable: true),
        swift("OCI", ["Core"]),
        swift("DockerfileSyntax", ["Core"]),
        swift("ShellSyntax", []),
        swift("YAML", ["Core", "CYAML"]),
        swift("Inventory", ["Core"]),
        swift("Binaries", ["Core", "CZlib"], testable: true),
        swift(
            "HTTPTransport",
            [
                "Core", "HostOS", .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),

        swift("Projects", ["Core"], testable: true),

        // L3
        swift("DockerfileLint", ["Core", "Inventory", "YAML", "DockerfileSyntax", "ShellSyntax"], testable: true),
        swift("Archive", ["Core", "HostOS", "CZlib", "CBzip2", "CZstd", "CLZMA", "CDeflate"]),
        swift("ContentStore", ["Core", "HostOS", "OCI", "CSQLite"], testable: true),
        swift("Sandbox", ["Core", "HostOS", "CLinux"], testable: true),

        swift("Cataloging", ["Core", "Inventory", "Binaries", "CZlib", "CSQLite"], testable: true),

        // L4
        swift("LanguageServer", ["Core", "DockerfileSyntax", "DockerfileLint"], testable: true),
        swift("Layers", ["Core", "HostOS", "Archive"]),
        swift("ImageLayouts", ["Core", "HostOS", "OCI", "Archive"]),
        swift("RegistryClient", ["Core", "HostOS", "OCI", "HTTPTransport"], testable: true),
        swift("Debian", ["Core", "HostOS", "Archive", "Layers", "Inventory"], testable: true),

        // L5
        swift(
            "BuildGraph",
            ["Core", "HostOS", "OCI", "DockerfileSyntax", "ContentStore", "Archive", "Layers"]),
        swift(
            "Bases", ["Core", "HostOS", "OCI", "YAML", "Inventory", "Archive", "Layers", "Debian"],
            testable: true, embedded: ["Builtin"]),

        swift(
            "Distribution",
            [
                "Core", "HostOS", "OCI", "HTTPTransport", "Archive", "ContentStore", "Layers", "ImageLayouts",
                "RegistryClient",
            ]),
        swift(
            "ImageAnalysis",
            [
                "Core", "HostOS", "OCI", "ShellSyntax", "Inventory", "Binaries", "Cataloging", "Archive",
                "ContentStore",
                "Layers", "ImageLayouts",
            ], testable: true),
        swift("CacheMounts", ["Core", "HostOS", "OCI", "Archive", "ContentStore", "Layers"]),

        // L6
        swift(
            "Policy",
            ["Core", "OCI", "YAML", "DockerfileSyntax", "ContentStore", "Layers", "Inventory", "ImageAnalysis"],
            testable: true),
        swift(
            "Reports",
            [
                "Core", "OCI", "Inventory", "Binaries", "Cataloging", "ContentStore", "Layers", "ImageAnalysis",
            ], embedded: ["Page"]),

        swift(
            "Slimming",
            [
                "Core", "OCI", "DockerfileSyntax", "ShellSyntax", "DockerfileLint", "Binaries", "Layers",
                "ImageAnalysis",
            ],
            testable: true),

        // App
        swift(
            "SampanCommands",
            [
                "Core", "HostOS", "OCI", "YAML", "DockerfileSyntax", "HTTPTransport", "Archive", "ContentStore",
                "Sandbox", "Layers", "ImageLayouts", "RegistryClient", "BuildGraph", "Distribution", "CacheMounts",
                "Inventory", "Binaries", "Cataloging", "ImageAnalysis", "Policy", "Reports", "Debian",
                "Bases", "ShellSyntax", "DockerfileLint", "LanguageServer", "Slimming", "Projects",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], testable: true),
        .executableTarget(
            name: "sampan", dependencies: ["SampanCommands"], exclude: ["Link"], swiftSettings: settings,
            linkerSettings: staticRuntime),

        // Tests
        swift("SampanTestSupport", ["Core", "HostOS", "OCI", "Archive", "ShellSyntax"]),
        tests("CoreTests", ["Core", "SampanTestSupport"]),
        tests("HostOSTests", ["Core", "HostOS", "SampanTestSupport"]),
        tests("OCITests", ["Core", "OCI", "SampanTestSupport"]),
        tests("DockerfileSyntaxTests", ["Core", "DockerfileSyntax", "SampanTestSupport"]),
        tests("ShellSyntaxTests", ["ShellSyntax", "SampanTestSupport"]),
        tests(
            "DockerfileLintTests",
            ["Core", "DockerfileSyntax", "DockerfileLint", "SampanTestSupport"]),
        tests("LanguageServerTests", ["Core", "DockerfileLint", "LanguageServer"]),
        tests("ArchiveTests", ["Core", "HostOS", "Archive", "SampanTestSupport"]),
        tests("ContentStoreTests", ["Core", "HostOS", "OCI", "ContentStore", "SampanTestSupport"]),
        // A builder that tests start and kill, and the helper of their sandboxes.
        .executableTarget(
            name: "sandbox-tool", dependencies: ["Core", "HostOS", "Sandbox"], path: "Tests/SandboxTool",
            swiftSettings: settings),
        tests("SandboxTests", ["Core", "HostOS", "Sandbox", "SampanTestSupport", "sandbox-tool"]),
        tests("LayersTests", ["Core", "HostOS", "Archive", "Layers", "SampanTestSupport"]),
        tests("ImageLayoutsTests", ["Core", "HostOS", "OCI", "Archive", "ImageLayouts", "SampanTestSupport"]),
        tests(
            "RegistryClientTests",
            ["Core", "HostOS", "OCI", "HTTPTransport", "RegistryClient", "SampanTestSupport"]),
        tests(
            "BuildGraphTests",
            [
                "Core", "HostOS", "OCI", "DockerfileSyntax", "DockerfileLint", "ContentStore", "Archive", "Layers",
                "BuildGraph", "SampanTestSupport",
            ]),
        tests("YAMLTests", ["Core", "YAML", "SampanTestSupport"]),
        tests(
            "ProjectsTests",
            ["Core", "HostOS", "YAML", "DockerfileSyntax", "DockerfileLint", "Projects", "SampanTestSupport"]),
        tests("InventoryTests", ["Core", "Inventory", "SampanTestSupport"]),
        tests("BinariesTests", ["Core", "Binaries", "SampanTestSupport"]),
        tests(
            "CatalogingTests",
            ["Core", "Inventory", "Binaries", "Cataloging", "CSQLite", "CZlib", "SampanTestSupport"]),
        tests(
            "ImageAnalysisTests",
            [
                "Core", "HostOS", "OCI", "DockerfileSyntax", "Inventory", "Binaries", "Cataloging", "Archive",
                "ContentStore", "Layers", "ImageLayouts", "ImageAnalysis", "SampanTestSupport",
            ]),
        tests(
            "PolicyTests",
            [
                "Core", "OCI", "YAML", "Inventory", "Binaries", "Cataloging", "ContentStore", "Layers", "ImageAnalysis",
                "Policy", "SampanTestSupport",
            ]),
        tests(
            "ReportsTests",
            [
                "Core", "OCI", "Inventory", "Binaries", "Cataloging", "ContentStore", "Layers", "ImageAnalysis",
                "Reports", "SampanTestSupport",
            ]),
        tests(
            "SlimmingTests",
            [
                "Core", "OCI", "DockerfileSyntax", "Layers", "Binaries", "ContentStore", "ImageAnalysis", "Slimming",
                "SampanTestSupport",
            ]),
        tests(
            "DebianTests", ["Core", "HostOS", "Archive", "Layers", "Inventory", "Debian", "SampanTestSupport"]),
        tests(
            "BasesTests",
            [
                "Core", "HostOS", "OCI", "YAML", "Inventory", "Archive", "Layers", "Debian", "Bases",
                "SampanTestSupport",
            ]),
        tests(
            "DistributionTests",
            [
                "Core", "HostOS", "OCI", "HTTPTransport", "Archive", "ContentStore", "Layers", "ImageLayouts",
                "RegistryClient", "Distribution", "SampanTestSupport",
            ]),
        tests(
            "CacheMountsTests",
            ["Core", "HostOS", "OCI", "Archive", "ContentStore", "Layers", "CacheMounts", "SampanTestSupport"]),
        tests(
            "SampanCommandsTests",
            [
                "Core", "HostOS", "OCI", "DockerfileSyntax", "HTTPTransport", "Archive", "ContentStore", "Layers",
                "RegistryClient", "BuildGraph", "CacheMounts", "Inventory", "Binaries", "Cataloging", "ImageAnalysis",
                "Policy", "Reports", "Debian", "DockerfileLint", "Slimming", "SampanCommands",
                "SampanTestSupport",
            ]),
        tests(
            "IntegrationTests",
            [
                "Core", "HostOS", "OCI", "Binaries", "Archive", "ContentStore", "Layers", "ImageLayouts",
                "ImageAnalysis",
                "SampanTestSupport",
            ]),
    ]
)
