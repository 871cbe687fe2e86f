internal import ContentStore
internal import Core
internal import HostOS

/// The Dockerfile that an image was built from, line by line.
struct DockerfileLines: Sendable {
    /// Without their ends.
    private let lines: [String]
    /// As places name it.
    private let file: String?

    /// Bytes of the largest that is read.
    private static let limit = 4 << 20

    /// The one that the store remembers, when it is still there and the same.
    static func read(for image: AnalysedImage) -> DockerfileLines? {
        let places = image.layers.lazy.compactMap(\.cause.place)
        guard let digest = image.dockerfile, let file = image.instructions["FROM"]?.file ?? places.first?.file,
            // A pipe or terminal that it was read from gives nothing twice, and would be waited for.
            let info = try? FileInfo.of(file, followLinks: true), info.kind == .file,
            let bytes = try? WholeFile.read(file, limit: limit), SHA256.digest(of: bytes) == digest
        else { return nil }
        return DockerfileLines(String(decoding: bytes, as: UTF8.self), file: file)
    }

    /// - Parameter file: its name in places; nil fits any.
    init(_ text: String, file: String? = nil) {
        self.file = file
        lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
    }

    /// What stands at a place; nil when that is none of this file.
    func text(_ place: LayerCause.Place?) -> String? {
        guard let place, file == nil || place.file == file, place.firstLine >= 1, place.firstLine <= place.lastLine,
            place.lastLine <= lines.count
        else { return nil }
        return lines[(place.firstLine - 1)..<place.lastLine].joined(separator: "\n")
    }

    /// Whether a name stands anywhere: what the Dockerfile does not name its base set.
    func mentions(_ name: String) -> Bool {
        lines.contains { line in
            line.utf8.ranges(of: name.utf8).contains { range in
                let before =
                    range.lowerBound == line.startIndex ? nil : line.utf8[line.utf8.index(before: range.lowerBound)]
                let after = range.upperBound == line.endIndex ? nil : line.utf8[range.upperBound]
                return !Self.isOfName(before) && !Self.isOfName(after)
            }
        }
    }

    private static func isOfName(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
            || (0x61...0x7a).contains(byte)
    }

    /// The names of the stages.
    var stages: [String] { lines.compactMap { Self.stageName($0) } }

    /// Of `FROM image AS name` the name.
    static func stageName(_ from: String) -> String? {
        let words = from.split { $0 == " " || $0 == "\t" }
        guard words.count >= 4, words[0].uppercased() == "FROM", words[words.count - 2].uppercased() == "AS" else {
            return nil
        }
        return words.last.map(String.init)
    }

    /// The only RUN that builds with Go; nil when there are none or several.
    var goBuild: LayerCause.Place? {
        var found: LayerCause.Place?
        for index in lines.indices where lines[index].contains("go build") || lines[index].contains("go install") {
            var (first, last) = (index, index)
            while first > 0, isContinued(first - 1) { first -= 1 }
            while last + 1 < lines.count, isContinued(last) { last += 1 }
            let word = lines[first].split { $0 == " " || $0 == "\t" }.first?.uppercased()
            guard word == "RUN", found == nil || found?.firstLine == first + 1 else { return nil }
            found = LayerCause.Place(file: file ?? "", firstLine: first + 1, lastLine: last + 1, stage: "")
        }
        return found
    }

    /// Whether the next line belongs to an instruction, too. A comment between continued lines is no end.
    private func isContinued(_ index: Int) -> Bool {
        var index = index
        while index > 0, lines[index].drop(while: \.isWhitespace).hasPrefix("#") { index -= 1 }
        guard let last = lines[index].last(where: { !$0.isWhitespace }) else { return false }
        return last == "\\" && !lines[index].drop(while: \.isWhitespace).hasPrefix("#")
    }
}
