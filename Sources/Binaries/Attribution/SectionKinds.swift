extension ELFFile.Section {
    /// What the section's bytes are for.
    var sizeKind: SizeAttribution.Kind {
        if type == ELFFile.symbolTable || (type == ELFFile.stringTable && !isLoaded && name != ".shstrtab") {
            return .symbols
        }
        if Self.debugPrefixes.contains(where: name.hasPrefix) { return .debugInfo }
        guard isLoaded else { return .other }
        if isExecutable { return .code }
        return type == Self.programBits && !Self.isTable(name) ? .data : .tables
    }

    private static let programBits: UInt32 = 1
    private static let debugPrefixes = [
        ".debug_", ".zdebug_", ".stab", ".gdb_index", ".gnu_debugdata", ".gnu_debuglink", ".gnu_debugaltlink",
    ]

    /// Contents that a runtime or loader looks things up in.
    private static func isTable(_ name: String) -> Bool {
        let names: Set<String> = [
            ".interp", ".eh_frame", ".eh_frame_hdr", ".gcc_except_table", ".got", ".got.plt", ".ARM.extab",
            // Go's.
            ".gopclntab", ".gosymtab", ".typelink", ".itablink",
        ]
        // Of Go, and of Swift, whose sections with a point hold what tools read.
        let prefixes = [
            ".data.rel.ro.go", ".data.rel.ro.typelink", ".data.rel.ro.itablink", ".go.", "swift5_", ".swift",
        ]
        return names.contains(name) || prefixes.contains(where: name.hasPrefix)
    }
}
