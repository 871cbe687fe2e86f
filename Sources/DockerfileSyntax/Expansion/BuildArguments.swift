// https://docs.docker.com/reference/dockerfile/#predefined-args

/// The variables that a build knows without a declaration of their value.
package enum BuildArguments {
    /// Set by the builder; a stage sees them once it declares them with ARG.
    /// https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope
    package static let platform = [
        "BUILDPLATFORM", "BUILDOS", "BUILDOSVERSION", "BUILDARCH", "BUILDVARIANT",
        "TARGETPLATFORM", "TARGETOS", "TARGETOSVERSION", "TARGETARCH", "TARGETVARIANT", "TARGETSTAGE",
    ]

    /// Reach every RUN when they are given, never the history or a cache key.
    package static let proxy = [
        "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy",
        "ALL_PROXY", "all_proxy",
    ]

    /// The build time that timestamps are clamped to.
    package static let sourceDateEpoch = "SOURCE_DATE_EPOCH"

    /// https://docs.docker.com/reference/dockerfile/#buildkit-built-in-build-args
    package static let builtIn = [
        "BUILDKIT_BUILD_NAME", "BUILDKIT_CACHE_MOUNT_NS", "BUILDKIT_CONTEXT_KEEP_GIT_DIR",
        "BUILDKIT_DOCKERFILE_CHECK", "BUILDKIT_HISTORY_PROVENANCE_V1", "BUILDKIT_INLINE_CACHE",
        "BUILDKIT_MULTI_PLATFORM", "BUILDKIT_SANDBOX_HOSTNAME", "BUILDKIT_SBOM_SCAN_CONTEXT",
        "BUILDKIT_SBOM_SCAN_STAGE", "BUILDKIT_SYNTAX", sourceDateEpoch,
    ]

    private static let proxySet = Set(proxy)

    package static func isProxy(_ name: String) -> Bool { proxySet.contains(name) }

    /// Names that may be given with --build-arg although no ARG declares them.
    package static func isPredefined(_ name: String) -> Bool {
        isProxy(name) || platform.contains(name) || builtIn.contains(name)
    }
}
