extension BinaryFacts {
    mutating func readNeeds(_ file: ELFFile, _ dynamic: ELFDynamic?) throws {}
}
