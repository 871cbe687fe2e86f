// https://go.dev/doc/install/source#environment (names)
// https://www.sco.com/developers/gabi/latest/ch4.eheader.html (numbers)

extension ELFFile {
    /// As OCI and Go name it; `machine-` and the number for what they have no name for.
    package var architecture: String {
        let wide = bits == 64
        switch (machine, wide, isLittleEndian) {
        case (62, true, true): return "amd64"
        case (62, false, true): return "amd64p32"
        case (3, false, true), (6, false, true): return "386"
        case (183, true, true): return "arm64"
        case (183, true, false): return "arm64be"
        case (40, false, true): return "arm"
        case (40, false, false): return "armbe"
        case (243, true, true): return "riscv64"
        case (243, false, true): return "riscv"
        case (21, true, true): return "ppc64le"
        case (21, true, false): return "ppc64"
        case (20, false, false): return "ppc"
        case (22, true, false): return "s390x"
        case (22, false, false): return "s390"
        case (8, true, true): return "mips64le"
        case (8, true, false): return "mips64"
        case (8, false, true): return "mipsle"
        case (8, false, false): return "mips"
        case (258, true, true): return "loong64"
        case (43, true, false): return "sparc64"
        case (2, false, false), (18, false, false): return "sparc"
        default: return "machine-\(machine)"
        }
    }
}
