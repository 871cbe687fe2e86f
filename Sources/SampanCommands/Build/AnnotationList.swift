import Core

/// What `--annotation` puts where: `[index,|manifest:]NAME=VALUE`, a platform in brackets narrowing it.
///
/// https://docs.docker.com/build/metadata/annotations/
struct AnnotationList: Equatable {
    /// A part of an image that can have annotations.
    enum Place: String, CaseIterable {
        case manifest, index
        case manifestDescriptor = "manifest-descriptor"
        case indexDescriptor = "index-descriptor"
    }

    private struct Item: Equatable {
        var place: Place
        var platform: Platform?
        var name: String
        var value: String
    }

    private var items: [Item] = []

    private static let form = "[manifest|index|manifest-descriptor[PLATFORM],…:]NAME=VALUE"

    init(_ list: [String]) throws {
        for text in list { items.append(contentsOf: try Self.parse(text)) }
    }

    private static func parse(_ text: String) throws -> [Item] {
        let error = BuildOptions.usage("annotation", text, form)
        guard let equals = text.firstIndex(of: "=") else { throw error }
        var name = String(text[..<equals])
        let value = String(text[text.index(after: equals)...])
        var places: [(Place, Platform?)] = [(.manifest, nil)]
        // A colon before the name ends a list of places, unless what is before it can only be part of a name.
        if let colon = name.firstIndex(of: ":"), !name[..<colon].contains(".") {
            let words = name[..<colon]
            name = String(name[name.index(after: colon)...])
            places = try words.split(separator: ",", omittingEmptySubsequences: false).map { word in
                guard let place = try place(String(word), of: text) else { throw error }
                return place
            }
        }
        guard !name.isEmpty else { throw error }
        return places.map { Item(place: $0, platform: $1, name: name, value: value) }
    }

    private static func place(_ word: String, of text: String) throws -> (Place, Platform?)? {
        let bracket = word.firstIndex(of: "[")
        guard let place = Place(rawValue: String(word[..<(bracket ?? word.endIndex)])) else { return nil }
        if place == .indexDescriptor {
            throw Diagnostic(
                code: "usage.annotation", "--annotation '\(text)': an index has no descriptor in the image itself",
                hint: "annotate the index: --annotation index:NAME=VALUE", exitCode: 64)
        }
        guard let bracket else { return (place, nil) }
        guard word.hasSuffix("]"), place != .index,
            let platform = Platform(parsing: String(word[word.index(after: bracket)...].dropLast()))
        else { return nil }
        return (place, platform)
    }

    /// The annotations of one part.
    func values(_ place: Place, _ platform: Platform? = nil) -> [String: String] {
        var out: [String: String] = [:]
        for item in items where item.place == place && (item.platform == nil || item.platform == platform) {
            out[item.name] = item.value
        }
        return out
    }

    /// Refuses annotations of an index where none is made.
    func check(platforms: Int) throws {
        guard platforms == 1, items.contains(where: { $0.place == .index || $0.place == .manifestDescriptor }) else {
            return
        }
        throw Diagnostic(
            code: "usage.annotation", "a build for one platform makes no index that could be annotated",
            hint: "annotate the manifest, or build for several platforms", exitCode: 64)
    }
}
