package import Core
package import ImageAnalysis

/// The sizes of an image that others are compared with.
package struct ImageFigures: Sendable, Hashable {
    /// What they are of, in words: a baseline or another image.
    package var name: String
    /// Bytes of all layers as they travel.
    package var size: Int64
    /// Bytes of all contents in all layers; nil for an image whose layers were not read.
    package var unpacked: Int64?
    package var layers: Int

    package init(name: String, size: Int64, unpacked: Int64?, layers: Int) {
        self.name = name
        self.size = size
        self.unpacked = unpacked
        self.layers = layers
    }

    package init(_ image: AnalysedImage) {
        self.init(
            name: image.name, size: image.compressedSize, unpacked: image.contentBytes, layers: image.layers.count)
    }
}

/// A committed file of figures, one set for each platform.
package struct Baseline: Sendable, Equatable {
    private static let version = 1

    /// By platform.
    package private(set) var figures: [String: ImageFigures]

    package init() { figures = [:] }

    package subscript(platform: Platform) -> ImageFigures? {
        get { figures[platform.description] }
        set { figures[platform.description] = newValue }
    }

    /// - Parameter file: its name for people.
    /// - Throws: ``PolicyError/baseline(_:reason:)``.
    package init(parsing bytes: [UInt8], file: String) throws(PolicyError) {
        let document: OrderedJSON
        do throws(OrderedJSON.SyntaxError) {
            document = try OrderedJSON(parsing: bytes)
        } catch {
            throw .baseline(file, reason: "line \(error.line): expected \(error.expected)")
        }
        guard document["version"] == .int(Self.version), case .object(let platforms)? = document["platforms"] else {
            throw .baseline(file, reason: "it is no baseline of version \(Self.version)")
        }
        figures = [:]
        for member in platforms {
            guard Platform(parsing: member.key) != nil, let size = Self.number(member.value["size"]),
                let unpacked = Self.number(member.value["unpacked"]), let layers = Self.number(member.value["layers"])
            else { throw .baseline(file, reason: "the figures of '\(member.key)' are incomplete") }
            figures[member.key] = ImageFigures(
                name: "the baseline", size: size, unpacked: unpacked, layers: Int(clamping: layers))
        }
    }

    private static func number(_ value: OrderedJSON?) -> Int64? {
        guard case .number(let text)? = value, let number = Int64(text), (0..<1 << 62).contains(number) else {
            return nil
        }
        return number
    }

    /// The file, platforms in the order of their names.
    package var bytes: [UInt8] {
        let members = figures.sorted { $0.key < $1.key }.map { platform, figures in
            OrderedJSON.Member(
                key: platform,
                value: [
                    "size": .int(figures.size), "unpacked": .int(figures.unpacked ?? 0), "layers": .int(figures.layers),
                ])
        }
        let document: OrderedJSON = ["version": .int(Self.version), "platforms": .object(members)]
        return document.bytes(indent: "  ")
    }
}
