// https://docs.docker.com/build/cache/backends/ (the words of the options)
package import BuildGraph
package import Core
package import Layers

/// What `--cache-to`, `--cache-from` and `--cache-mounts` say.
package struct CacheOptions: Sendable, Equatable {
    /// Whether cache mounts travel with exported caches.
    package enum Mounts: String, Sendable, CaseIterable {
        /// New cache mounts start with what an imported cache has of them.
        case `import`
        /// Also, those of the build go with every cache that is exported.
        case export
        /// Neither.
        case off
    }

    package var targets: [CacheTarget]
    package var origins: [CacheOrigin]
    package var mounts: Mounts

    /// - Throws: `Diagnostic` with exit status 64.
    package init(to: [String] = [], from: [String] = [], mounts: String? = nil) throws {
        targets = try to.map { try CacheTarget(parsing: $0) }
        origins = try from.map { try CacheOrigin(parsing: $0) }
        self.mounts = try Self.mounts(mounts ?? "import")
    }

    package var isEmpty: Bool { targets.isEmpty && origins.isEmpty }

    /// Whether something is exported within the image.
    package var hasInline: Bool { targets.contains { $0.place == .inline } }

    private static func mounts(_ text: String) throws -> Mounts {
        if let known = Mounts(rawValue: text) { return known }
        // Exporting without importing would begin from nothing on every fresh machine.
        if text == "both" { return .export }
        throw BuildOptions.usage("cache-mounts", text, "import, export, both or off")
    }
}

/// One `--cache-to`.
package struct CacheTarget: Sendable, Hashable {
    package enum Place: Sendable, Hashable {
        case registry(Reference)
        case local(directory: String, tag: String)
        /// In the image itself.
        case inline
    }

    package var place: Place
    package var mode: CacheMode
    /// Of the layers; nil is that of the image.
    package var compression: Layers.LayerCompression?
    /// A failed export is a warning.
    package var ignoresErrors: Bool

    private static let form =
        "type=registry,ref=NAME or type=local,dest=DIR[,tag=TAG] or type=inline, "
        + "and [,mode=min|max][,compression=gzip|zstd][,ignore-error=true]"

    /// Reads the value of the option.
    /// - Throws: `Diagnostic` with exit status 64.
    package init(parsing text: String) throws {
        let fields = try CacheFields("cache-to", text, own: ["dest", "mode", "compression", "ignore-error"], Self.form)
        let given = fields["mode"] ?? "min"
        guard let mode = CacheMode(rawValue: given) else {
            throw fields.invalid("mode", given, ["min", "max"])
        }
        self.mode = mode
        compression = try fields["compression"].map { word in
            guard let value = Layers.LayerCompression(rawValue: word), value != .none else {
                throw fields.invalid("compression", word, ["gzip", "zstd"])
            }
            return value
        }
        ignoresErrors = try fields.flag("ignore-error") ?? false
        switch fields.type {
        case "registry": place = .registry(try fields.reference())
        case "local": place = .local(directory: try fields.required("dest"), tag: try fields.tag())
        default:
            place = .inline
            guard mode == .min else {
                throw Diagnostic(
                    code: "usage.cache-to", "--cache-to type=inline cannot hold mode=max",
                    hint: "the image has the layers of its own steps alone; use type=registry or type=local",
                    exitCode: 64)
            }
        }
        try fields.expectNoOthers(["mode", "compression", "ignore-error"])
    }

    /// As the user would name it.
    package var name: String {
        switch place {
        case .registry(let reference): reference.familiar
        case .local(let directory, let tag): tag == CacheFields.defaultTag ? directory : "\(directory):\(tag)"
        case .inline: "the image"
        }
    }
}

/// One `--cache-from`.
package enum CacheOrigin: Sendable, Hashable {
    /// A cache, or an image that has one inside.
    case registry(Reference)
    case local(directory: String, tag: String)

    private static let form = "type=registry,ref=NAME or type=local,src=DIR[,tag=TAG] or a NAME alone"

    /// Reads the value of the option; a name alone is that of a registry.
    /// - Throws: `Diagnostic` with exit status 64.
    package init(parsing text: String) throws {
        guard text.contains("=") else {
            guard !text.isEmpty else { throw BuildOptions.usage("cache-from", text, Self.form) }
            self = .registry(try CacheFields.reference("cache-from", text))
            return
        }
        let fields = try CacheFields("cache-from", text, own: ["src"], Self.form)
        switch fields.type {
        // The cache of an image is found where the image is.
        case "registry", "inline": self = .registry(try fields.reference())
        default: self = .local(directory: try fields.required("src"), tag: try fields.tag())
        }
        try fields.expectNoOthers([])
    }

    package var name: String {
        switch self {
        case .registry(let reference): reference.familiar
        case .local(let directory, let tag): tag == CacheFields.defaultTag ? directory : "\(directory):\(tag)"
        }
    }
}
