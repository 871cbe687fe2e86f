/// The words for kinds of content and of waste.
package enum KindText {
    package static func content(_ kind: ContentKind) -> String {
        switch kind {
        case .program: "programs"
        case .sharedLibrary: "shared libraries"
        case .staticLibrary: "static libraries"
        case .objectFile: "object files"
        case .kernelModule: "kernel modules"
        case .script: "scripts"
        case .certificates: "certificates"
        case .privateKey: "private keys"
        case .timeZones: "time zones"
        case .documentation: "documentation"
        case .locale: "locales"
        case .source: "sources and headers"
        case .bytecode: "bytecode"
        case .archive: "archives"
        case .versionControl: "version control"
        case .packageDatabase: "package databases"
        case .cache: "caches"
        case .log: "logs"
        case .configuration: "configuration"
        case .image: "pictures"
        case .font: "fonts"
        case .webAsset: "web assets"
        case .text: "text"
        case .data: "data"
        case .empty: "empty files"
        }
    }

    package static func waste(_ kind: Waste.Kind) -> String {
        switch kind {
        case .rewritten: "rewritten later"
        case .metadataCopy: "copied for its metadata"
        case .deleted: "deleted later"
        case .duplicate: "the same twice"
        case .packageCache: "package cache"
        case .packageLists: "package lists"
        case .buildTool: "build tools"
        case .debugInfo: "debug information"
        case .symbols: "symbols"
        case .source: "sources"
        case .versionControl: "version control"
        case .testData: "test data"
        case .documentation: "documentation"
        }
    }
}
