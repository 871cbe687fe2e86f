// https://github.com/docker-library/official-images#architectures-other-than-amd64
import Core
import DockerfileSyntax

enum InvalidBaseImagePlatform: LintRule {
    static let info = RuleInfo(
        check: "InvalidBaseImagePlatform", page: nil, "Base image platform does not match expected target platform",
        why: """
            The image is made for one machine and the stage for another: its programs don't run there, or only in an \
            emulator. Use an image that exists for all platforms of the build.

            The linter knows an image by its name, such as `amd64/debian` or a tag that ends in `-arm64`; a build looks \
            at the image itself, and refuses it.
            """,
        bad: .init("FROM --platform=linux/arm64 amd64/debian:12 AS tools-arm64\n"),
        good: .init("FROM --platform=linux/arm64 debian:12 AS tools-arm64\n"),
        reference: "https://docs.docker.com/build/building/multi-platform/")

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for stage in file.stages where stage.parent == nil {
            let word = stage.from.image
            guard let wanted = stage.from.platform, !wanted.text.utf8.contains(UInt8(ascii: "$")),
                let expected = Platform(parsing: wanted.text), let actual = platform(of: word.text),
                actual.os != expected.os || actual.architecture != expected.architecture
            else { continue }
            report.add(
                word.range, in: file.statements[stage.statements.lowerBound],
                "Base image \(word.text) was pulled with platform \"\(actual)\", expected \"\(expected)\" for current "
                    + "build")
        }
    }

    /// What the name of the image says.
    private static func platform(of image: String) -> Platform? {
        guard !image.utf8.contains(UInt8(ascii: "$")), let reference = try? Reference(parsing: image) else {
            return nil
        }
        let first = reference.repository.prefix { $0 != "/" }
        if reference.registry == "docker.io", let found = namespaces[String(first)] { return Platform(parsing: found) }
        guard let tag = reference.tag, let dash = tag.lastIndex(of: "-") else { return nil }
        return suffixes[String(tag[tag.index(after: dash)...])].flatMap { Platform(parsing: $0) }
    }

    private static let namespaces = [
        "amd64": "linux/amd64", "arm32v5": "linux/arm/v5", "arm32v6": "linux/arm/v6", "arm32v7": "linux/arm/v7",
        "arm64v8": "linux/arm64/v8", "i386": "linux/386", "mips64le": "linux/mips64le", "ppc64le": "linux/ppc64le",
        "riscv64": "linux/riscv64", "s390x": "linux/s390x",
    ]

    private static let suffixes = [
        "amd64": "linux/amd64", "arm64": "linux/arm64", "arm64v8": "linux/arm64/v8", "ppc64le": "linux/ppc64le",
        "s390x": "linux/s390x", "riscv64": "linux/riscv64",
    ]
}
