// Layout: funcfile and pcvalue in runtime/symtab.go of Go's sources.

extension GoFunctionTable {
    private static let pathLimit = 4096

    /// The source file that a function starts in.
    /// - Returns: nil for functions without one, such as those of C, and for tables from before Go 1.16.
    func path(of function: Function) -> String? {
        guard let files, let table = fields.int(at: function.record + 16), table > 0,
            let unit = fields.int(at: function.record + 28)
        else { return nil }
        var reader = NumberReader(offset: positions + Int(table))
        // Values begin at -1 and are differences with their sign in the lowest bit.
        guard let first = fields.bytes.withUnsafeBytes({ reader.next($0) }), first > 0, first & 1 == 0,
            let path = fields.int(at: files.units + (Int(unit) + Int(first >> 1) - 1) * 4), path != .max
        else { return nil }
        return fields.text(at: UInt64(files.paths) + UInt64(path), limit: Self.pathLimit).flatMap {
            $0.isEmpty ? nil : $0
        }
    }
}

/// Paths of source files as Go's compiler writes them down.
enum GoSourcePath {
    /// The package that a file belongs to: `/usr/lib/go/src/math/big/arith.s`, `math/big/arith.s` (with `-trimpath`),
    /// `…/pkg/mod/golang.org/x/sys@v0.1.0/unix/asm.s`.
    /// - Returns: nil when the path doesn't tell.
    static func package(_ path: String) -> String? {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        var elements = path[..<slash].split(separator: "/", omittingEmptySubsequences: false)
        if let module = elements.firstIndex(where: { $0.contains("@") }) {
            // A cache of modules stands in front of a host's name.
            let start = elements[..<module].lastIndex(of: "mod").map { $0 + 1 } ?? 0
            elements[module] = elements[module].prefix { $0 != "@" }
            elements = Array(elements[start...])
        } else if let source = elements.lastIndex(of: "src") {
            elements = Array(elements[(source + 1)...])
        }
        let package = elements.joined(separator: "/")
        return package.isEmpty || package.hasPrefix("/") ? nil : package
    }
}
