// Ends of security support as the distributions had announced them in 2025; what they say now counts, and is at:
// https://wiki.debian.org/LTS (with LTS), https://ubuntu.com/about/release-cycle (without Pro),
// https://alpinelinux.org/releases/, https://docs.fedoraproject.org/en-US/releases/eol/,
// https://access.redhat.com/support/policy/updates/errata (without ELS)
import Core
import ImageAnalysis
import Layers

/// The release of a distribution that an image has.
struct DistributionRelease {
    /// Such as `debian 12`.
    let name: String
    /// The last day of security fixes; nil when that is unknown.
    let end: CivilDate?

    /// - Returns: nil when the image has no `os-release`, or none that says enough.
    static func of(_ image: AnalysedImage) throws -> DistributionRelease? {
        for path: BytePath in ["etc/os-release", "usr/lib/os-release"] {
            guard let node = try? image.tree.lookup(path), let bytes = image.facts(of: node)?.captured else { continue }
            let values = values(bytes)
            guard let id = values["ID"], let version = values["VERSION_ID"] else { continue }
            let branch = release(id, version)
            return DistributionRelease(name: "\(id) \(version)", end: ends[id]?[branch].flatMap { try? Day.parse($0) })
        }
        return nil
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

    /// What of a version the support is of: of Alpine two numbers, of Ubuntu all, of others the first.
    private static func release(_ id: String, _ version: String) -> String {
        let parts = version.split(separator: ".")
        return parts.prefix(["alpine", "ubuntu"].contains(id) ? 2 : 1).joined(separator: ".")
    }

    private static let ends: [String: [String: String]] = [
        "debian": [
            "7": "2018-05-31", "8": "2020-06-30", "9": "2022-06-30", "10": "2024-06-30", "11": "2026-08-31",
            "12": "2028-06-30", "13": "2030-06-30",
        ],
        "ubuntu": [
            "14.04": "2019-04-25", "16.04": "2021-04-30", "18.04": "2023-05-31", "20.04": "2025-05-31",
            "20.10": "2021-07-22", "21.04": "2022-01-20", "21.10": "2022-07-14", "22.04": "2027-04-30",
            "22.10": "2023-07-20", "23.04": "2024-01-25", "23.10": "2024-07-11", "24.04": "2029-04-30",
            "24.10": "2025-07-10", "25.04": "2026-01-15",
        ],
        "alpine": [
            "3.8": "2020-05-01", "3.9": "2020-11-01", "3.10": "2021-05-01", "3.11": "2021-11-01", "3.12": "2022-05-01",
            "3.13": "2022-11-01", "3.14": "2023-05-01", "3.15": "2023-11-01", "3.16": "2024-05-23",
            "3.17": "2024-11-22", "3.18": "2025-05-09", "3.19": "2025-11-01", "3.20": "2026-04-01",
            "3.21": "2026-11-01", "3.22": "2027-05-01",
        ],
        "fedora": ["38": "2024-05-21", "39": "2024-11-26", "40": "2025-05-13"],
        "centos": ["6": "2020-11-30", "7": "2024-06-30", "8": "2024-05-31"],
        "rhel": ["6": "2020-11-30", "7": "2024-06-30", "8": "2029-05-31", "9": "2032-05-31"],
        "rocky": ["8": "2029-05-31", "9": "2032-05-31"],
        "almalinux": ["8": "2029-03-01", "9": "2032-05-31"],
    ]
}
