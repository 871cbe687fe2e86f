/// What compilers wrote of themselves into the comment section, each once, in the order of the file.
struct CompilerComments {
    let texts: [String]

    private static let limit = 64 << 10

    init(_ file: ELFFile) throws {
        guard let section = file.section(".comment"), !section.fileRange.isEmpty else {
            texts = []
            return
        }
        var seen: Set<String> = []
        texts = try file.bytes(in: section.fileRange, limit: Self.limit).split(separator: 0)
            .map { String(decoding: $0.prefix(256), as: UTF8.self) }
            .filter { seen.insert($0).inserted }
    }

    func first(startingWith prefix: String) -> String? { texts.first { $0.hasPrefix(prefix) } }
}
