// https://github.com/swiftlang/swift/blob/main/docs/ABI/Mangling.rst
// https://itanium-cxx-abi.github.io/cxx-abi/abi.html#mangling
// https://doc.rust-lang.org/rustc/symbol-mangling/v0.html

/// What a symbol's name tells of where it comes from.
enum SymbolName {
    /// The module (Swift), crate (Rust) or outermost namespace (C++) of a symbol.
    /// - Returns: nil for names of C and others that carry none.
    static func module(_ name: UnsafeRawBufferPointer) -> String? {
        var text = Cursor(name[...])
        if text.skip("$s") || text.skip("_$s") || text.skip("$S") || text.skip("_$S") { return swiftModule(&text) }
        if text.skip("_R") { return rustCrate(&text) }
        guard text.skip("_Z") else { return nil }
        return namespace(&text)
    }

    private static func swiftModule(_ text: inout Cursor) -> String {
        // Of an entity in a module of its own, the first thing written is the module's name.
        if let identifier = text.identifier() { return identifier }
        return text.skip("So") || text.skip("SC") ? "__C" : "Swift"
    }

    /// Bytes of the longest number in base 62 and of the underscore behind it.
    private static let numberLength = 12
    private static let attempts = 64

    /// Crates are written `C`, a number that tells namesakes apart (`s…_`), and the name.
    private static func rustCrate(_ text: inout Cursor) -> String {
        // A type's crate stands behind few others; a name may be nothing but beginnings of crates.
        for _ in 0..<attempts where text.find(UInt8(ascii: "C")) {
            var crate = text
            if crate.skip("s"), !crate.find(UInt8(ascii: "_"), within: Self.numberLength) { continue }
            if let identifier = crate.identifier() { return identifier }
        }
        return "Rust"
    }

    private static func namespace(_ text: inout Cursor) -> String {
        // Tables, guards and thunks: `_ZTV…`, `_ZGV…`, `_ZThn16_…`.
        if text.skip("TV") || text.skip("TI") || text.skip("TS") || text.skip("TT") || text.skip("GV")
            || text.skip("GR")
        {
        } else if text.skip("Th") || text.skip("Tv") {
            _ = text.find(UInt8(ascii: "_"))
        }
        let isLocal = text.skip("Z")
        guard text.skip("N") else { return !isLocal && (text.skip("St") || text.skip("S")) ? "std" : "C++" }
        _ = text.skip("K")
        if text.skip("St") || text.skip("Ss") || text.skip("Sa") || text.skip("Si") || text.skip("So") { return "std" }
        guard let identifier = text.identifier() else { return "C++" }
        // Rust's older form writes `<std::io::Error as …>` as `_$LT$std..io..Error$u20$as…`.
        guard identifier.hasPrefix("_$LT$") || identifier.hasPrefix("$LT$") else { return identifier }
        var words = identifier.drop { $0 != "T" }.dropFirst(2)
        for mark in ["$RF$", "mut$u20$", "$u5b$", "$LP$", "dyn$u20$", "$BP$const$u20$", "$BP$mut$u20$"]
        where words.hasPrefix(mark) {
            words = words.dropFirst(mark.count)
        }
        let crate = words.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        return crate.isEmpty || words.dropFirst(crate.count).first != "." ? "Rust" : String(crate)
    }
}

/// Reads a mangled name from its start.
private struct Cursor {
    private var rest: Slice<UnsafeRawBufferPointer>

    init(_ rest: Slice<UnsafeRawBufferPointer>) { self.rest = rest }

    mutating func skip(_ mark: StaticString) -> Bool {
        let bytes = UnsafeRawBufferPointer(start: mark.utf8Start, count: mark.utf8CodeUnitCount)
        guard rest.starts(with: bytes) else { return false }
        rest = rest.dropFirst(bytes.count)
        return true
    }

    /// Goes on behind the next such byte, when that is near enough.
    mutating func find(_ byte: UInt8, within distance: Int = .max) -> Bool {
        guard let index = rest.prefix(distance).firstIndex(of: byte) else { return false }
        rest = rest[(index + 1)...]
        return true
    }

    /// A name behind its length; nil when none is next.
    mutating func identifier() -> String? {
        let digits = rest.prefix(4).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard !digits.isEmpty, digits.first != UInt8(ascii: "0") else { return nil }
        let count = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        var name = rest.dropFirst(digits.count)
        // Rust sets a mark before names that begin with a digit or an underscore.
        guard name.count >= count else { return nil }
        name = name.prefix(count)
        rest = rest.dropFirst(digits.count + count)
        return String(decoding: name, as: UTF8.self)
    }
}
