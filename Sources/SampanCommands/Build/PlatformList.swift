import Core

/// The platforms of `--platform`, each once, in the order given.
enum PlatformList {
    /// - Parameter texts: as given; several may stand in one, separated by commas.
    /// - Returns: the machine's own when none is given.
    static func parse(_ texts: [String]) throws -> [Platform] {
        var out: [Platform] = []
        for text in texts {
            for word in text.split(separator: ",", omittingEmptySubsequences: false) {
                let word = word == "local" ? Substring(Platform.host.description) : word
                guard let platform = Platform(parsing: String(word)), platform.isKnown else {
                    throw BuildOptions.usage(
                        "platform", text, "os/architecture[/variant], such as linux/amd64,linux/arm64")
                }
                if !out.contains(platform) { out.append(platform) }
            }
        }
        return out.isEmpty ? [.host] : out
    }

    /// The only platform of `--platform`; the machine's own when none is given.
    static func one(_ text: String?) throws -> Platform {
        let list = try parse(text.map { [$0] } ?? [])
        guard list.count == 1 else {
            throw BuildOptions.usage("platform", text ?? "", "one os/architecture[/variant]")
        }
        return list[0]
    }
}
