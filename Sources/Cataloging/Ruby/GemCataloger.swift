// https://guides.rubygems.org/specification-reference/
internal import Core
internal import Inventory

/// Reads the specifications of installed gems: programs in Ruby, of which RubyGems writes always the same lines.
enum GemCataloger {
    static func run(_ survey: inout Survey<some CatalogTree>) throws {
        for path in survey.paths(.gemSpecification) {
            guard let content = try survey.content(path) else { continue }
            guard let component = read(content) else {
                survey.note(path, "names no gem with its version")
                continue
            }
            // `…/specifications/rake-13.0.6.gemspec` describes what is in `…/gems/rake-13.0.6`.
            var home = path.parent
            if home.name.elementsEqual("default".utf8) { home = home.parent }
            let stem = path.name.dropLast(".gemspec".utf8.count)
            let directory = home.parent.appending("gems" as BytePath).appending(stem)
            let files = stem.isEmpty ? [] : survey.files(below: directory)
            survey.add(InstalledPackage(component, evidence: path, files: (files + [path]).sorted()))
        }
    }

    static func read(_ content: [UInt8]) -> Component? {
        var name: String?
        var version: String?
        var licenses: [String] = []
        for line in Lines(content) {
            let line = line.trimmed
            if let value = line.value(after: "# stub:") {
                // `rake 13.0.6 ruby lib`
                let words = value.split(separator: " ")
                if words.count >= 2 { (name, version) = (String(words[0]), String(words[1])) }
                continue
            }
            // `s.name = "rake".freeze`
            guard let dot = line.firstIndex(of: UInt8(ascii: ".")), let equals = line.firstIndex(of: UInt8(ascii: "=")),
                dot < equals, line[..<dot].allSatisfy({ (0x61...0x7a).contains($0 | 0x20) || $0 == UInt8(ascii: "_") })
            else { continue }
            let values = quoted(line[(equals + 1)...])
            switch line[(dot + 1)..<equals].trimmed.text {
            case "name": name = name ?? values.first
            case "version": version = version ?? values.first
            case "license", "licenses": licenses = values
            default: break
            }
        }
        guard let name, let version, !name.isEmpty, !version.isEmpty else { return nil }
        return Component(.gem, name: name, version: version, licenses: licenses)
    }

    /// What stands in quotes on a line.
    private static func quoted(_ line: ArraySlice<UInt8>) -> [String] {
        var found: [String] = []
        var rest = line
        while found.count < 20,
            let open = rest.firstIndex(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }),
            let close = rest[(open + 1)...].firstIndex(of: rest[open])
        {
            found.append(rest[(open + 1)..<close].text)
            rest = rest[(close + 1)...]
        }
        return found
    }
}
