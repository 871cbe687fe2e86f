// https://docs.docker.com/reference/dockerfile/#run---mount
package import Core

/// A `--mount` as written: options whose values may still hold variables.
package struct MountSpec: Sendable {
    package struct Field: Sendable {
        /// In lower case.
        package var key: Word
        package var value: Word?
        var range: SourceRange { value.map { key.range.union($0.range) } ?? key.range }
    }

    /// The value of the flag.
    package var word: Word
    package var fields: [Field]
    /// The whole flag.
    package var range: SourceRange
    let source: SourceFile

    /// The option under any of its names, unexpanded.
    package func field(_ option: Mount.Option) -> Field? {
        fields.last { Mount.Option(name: $0.key.text) == option }
    }
}

/// A mount of a RUN with all its values.
package struct Mount: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        case bind, cache, tmpfs, secret, ssh
    }

    package enum Sharing: String, Sendable, CaseIterable {
        case shared, `private`, locked
    }

    package var kind: Kind = .bind
    /// A stage, an image or a named context; nil for the build context (bind) or nothing (cache).
    package var from: String?
    /// The path that is mounted, inside `from`.
    package var source: String?
    package var target: String?
    package var readOnly = true
    package var id: String?
    /// Only for caches; nil there means shared.
    package var sharing: Sharing?
    package var required = false
    /// Permission bits: of the file for secret and ssh, of the new directory for cache.
    package var mode: UInt32?
    package var uid: UInt32?
    package var gid: UInt32?
    /// Bytes, for tmpfs.
    package var size: Int64?
    /// The variable that holds a secret.
    package var env: String?
    package var range: SourceRange
}

extension Mount {
    /// The options in their chief spelling.
    package enum Option: String, Sendable, CaseIterable {
        case type, from, source, target, readonly, readwrite, id, sharing, required, mode, uid, gid, size, env

        init?(name: String) {
            switch name {
            case "src": self = .source
            case "dst", "destination": self = .target
            case "ro": self = .readonly
            case "rw": self = .readwrite
            default: self.init(rawValue: name)
            }
        }

        /// All spellings, for suggestions and documentation.
        package static let names = allCases.map(\.rawValue) + ["src", "dst", "destination", "ro", "rw"]

        /// Where the option has a meaning; BuildKit accepts some elsewhere and ignores them.
        package var kinds: [Kind] {
            switch self {
            case .type, .target, .readonly, .readwrite: Kind.allCases
            case .from: [.bind, .cache]
            case .source: [.bind, .cache, .secret]
            case .id: [.cache, .secret, .ssh]
            case .sharing: [.cache]
            case .required: [.secret, .ssh]
            case .mode, .uid, .gid: [.cache, .secret, .ssh]
            case .size: [.tmpfs]
            case .env: [.secret]
            }
        }
    }
}
