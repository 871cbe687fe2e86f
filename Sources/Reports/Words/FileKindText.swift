package import Binaries
package import ImageAnalysis

/// The words for what one file is, and for what its parts are.
package enum FileKindText {
    package static func content(_ kind: ContentKind) -> String {
        switch kind {
        case .program: "program"
        case .sharedLibrary: "shared library"
        case .staticLibrary: "static library"
        case .objectFile: "object file"
        case .kernelModule: "kernel module"
        case .script: "script"
        case .privateKey: "private key"
        case .source: "source or header"
        case .archive: "archive"
        case .packageDatabase: "package database"
        case .cache: "cache"
        case .log: "log"
        case .image: "picture"
        case .font: "font"
        case .webAsset: "web asset"
        case .empty: "empty file"
        case .certificates, .timeZones, .documentation, .locale, .bytecode, .versionControl, .configuration, .text,
            .data:
            KindText.content(kind)
        }
    }

    /// What some bytes of a program are.
    package static func part(_ kind: SizeAttribution.Kind) -> String {
        switch kind {
        case .code: "code"
        case .data: "data"
        case .tables: "tables"
        case .symbols: "symbols"
        case .debugInfo: "debug information"
        case .other: "other"
        }
    }
}
