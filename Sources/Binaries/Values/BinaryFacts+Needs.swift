extension BinaryFacts {
    /// Bytes of a table of symbols that are worth a look; such of larger programs are left alone.
    private static let symbolLimit = 16 << 20

    /// Finds out what the file wants at run time: from the functions that it takes from libraries, that it holds itself
    /// (Go, and static programs with symbols), or from paths in its data when no names are left.
    mutating func readNeeds(_ file: ELFFile, _ dynamic: ELFDynamic?) throws {
        guard isProgram || kind == .sharedLibrary else { return }
        if let symbols = try dynamic?.symbols() {
            take(NamedFunctions.look(at: symbols, undefinedOnly: !isStatic || !isProgram))
        }
        if go != nil {
            needs.formUnion(try GoFunctionNames.needs(of: file) ?? [])
            if !needed.isEmpty { go?.packagesWithC = try GoFunctionNames(file)?.packagesWithC() }
            return
        }
        // Swift's runtime would start a program of its own after a crash.
        if swift?.isRuntimeStatic == true { needs.remove(.shell) }
        guard isProgram else { return }
        var traces = DataTraces.ofCertificates
        if isStatic {
            if let section = file.section(ofType: ELFFile.symbolTable),
                let symbols = try file.symbols(of: section, limit: Self.symbolLimit)
            {
                take(NamedFunctions.look(at: symbols, undefinedOnly: false))
            } else {
                traces += DataTraces.ofStaticPrograms
            }
        }
        needs.formUnion(try DataTraces.look(for: traces, in: file))
    }

    private mutating func take(_ meanings: Set<NamedFunctions.Meaning>) {
        for meaning in meanings {
            switch meaning {
            case .stackProtector: hasStackProtector = true
            case .need(let need): needs.insert(need)
            }
        }
    }
}
