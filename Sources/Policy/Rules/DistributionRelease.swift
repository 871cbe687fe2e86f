import Core
import ImageAnalysis
import Inventory
import Layers

/// The release of a distribution that an image has.
struct DistributionRelease {
    /// Such as `debian 12`.
    let name: String
    /// The last day of security fixes.
    let end: End

    enum End: Equatable {
        case day(CivilDate)
        /// Such a distribution has no releases: who updates it has all fixes.
        case rolling
        /// The table does not have it.
        case unknown
    }

    /// - Returns: nil when nothing in the image says that it is of a distribution.
    static func of(_ image: AnalysedImage) throws -> DistributionRelease? {
        // What there is of a distribution even when nobody says which it is.
        let signs: [BytePath] = [
            "etc/os-release", "usr/lib/os-release", "var/lib/dpkg/status", "lib/apk/db/installed", "var/lib/rpm",
            "usr/lib/sysimage/rpm",
        ]
        for path: BytePath in ["etc/os-release", "usr/lib/os-release"] {
            guard let node = try? image.tree.lookup(path), let bytes = image.facts(of: node)?.captured else { continue }
            let values = values(bytes)
            guard let id = values["ID"] else { continue }
            guard let version = values["VERSION_ID"], !version.isEmpty else {
                let name = [id, values["VERSION_CODENAME"]].compactMap { $0 }.joined(separator: " ")
                return DistributionRelease(name: name, end: ReleaseTable.rolling.contains(id) ? .rolling : .unknown)
            }
            return DistributionRelease(name: "\(id) \(version)", end: end(of: id, version, values["NAME"] ?? ""))
        }
        guard signs.contains(where: { (try? image.tree.lookup($0)) != nil }) else { return nil }
        return DistributionRelease(name: "the distribution", end: .unknown)
    }

    /// `NAME=VALUE` lines, values perhaps in quotes. https://www.freedesktop.org/software/systemd/man/os-release.html
    static func values(_ bytes: [UInt8]) -> [String: String] {
        var out: [String: String] = [:]
        for line in bytes.prefix(64 << 10).split(separator: 0x0a) {
            let parts = line.split(separator: UInt8(ascii: "="), maxSplits: 1)
            guard parts.count == 2 else { continue }
            let value = parts[1].filter { $0 != 0x22 && $0 != 0x27 && $0 != 0x0d }
            out[String(decoding: parts[0], as: UTF8.self)] = String(decoding: value, as: UTF8.self)
        }
        return out
    }

    private static func end(of id: String, _ version: String, _ name: String) -> End {
        if ReleaseTable.rolling.contains(id) { return .rolling }
        // Both kinds of CentOS call themselves the same.
        let key = id == "centos" && name.contains("Stream") ? "centos-stream" : id
        return ReleaseTable.end(of: key, release(id, version)).map(End.day) ?? .unknown
    }

    /// What of a version the support is of: of Alpine two numbers, of Ubuntu all, of others the first.
    private static func release(_ id: String, _ version: String) -> String {
        let parts = version.split(separator: ".")
        return parts.prefix(["alpine", "ubuntu"].contains(id) ? 2 : 1).joined(separator: ".")
    }
}
