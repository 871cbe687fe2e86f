/// Where the bytes of a program go. The parts add up to the size of the file, each byte counted once.
package struct SizeAttribution: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case code
        /// Data of a package or symbol.
        case data
        /// What the runtime looks up: function tables, types, unwinding.
        case tables
        case symbols, debugInfo
        /// Headers, padding, and what no symbol covers.
        case other
    }

    package struct Part: Sendable, Hashable {
        /// Of Go the module's path, `std` or `main` module; of others the library or the section; empty when unknown.
        package var module: String
        /// Of Go the package's path; of others the symbol's or the section's name.
        package var package: String
        package var kind: Kind
        package var bytes: Int64

        package init(module: String, package: String, kind: Kind, bytes: Int64) {
            self.module = module
            self.package = package
            self.kind = kind
            self.bytes = bytes
        }
    }

    /// How the parts were told apart.
    package enum Method: String, Sendable, Hashable { case goFunctions, symbols, sections }

    package var method: Method
    /// Largest first; of one size by module, package and kind.
    package var parts: [Part]

    package init(method: Method, parts: [Part]) {
        self.method = method
        self.parts = parts.sorted {
            ($1.bytes, $0.module, $0.package, $0.kind.rawValue) < ($0.bytes, $1.module, $1.package, $1.kind.rawValue)
        }
    }

    /// Bytes of the file.
    package var total: Int64 { parts.reduce(0) { $0 + $1.bytes } }
}
