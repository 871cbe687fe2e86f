package import Core

/// When the releases of distributions get their last security fixes.
///
/// A row is here when its source says so; what the distribution itself says now counts more. The sources:
/// - `distro-info`: the package distro-info-data of Debian, version 0.58+deb12u7, taken on 2026-11-21. Of Debian the
///   column `eol-lts`, else `eol`; of Ubuntu `eol` (without Pro). A test compares where the package is installed.
/// - `endoflife.date`: the data of https://github.com/endoflife-date/endoflife.date, as of February 2026, taken on
///   2026-11-21: it names the distributions' own pages as its sources. Of RHEL `eol` (without ELS).
package enum ReleaseTable {
    /// One release.
    package struct Row: Equatable, Sendable {
        package var release: String
        /// `YEAR-MONTH-DAY`.
        package var end: String
    }

    package enum Source: String, CaseIterable, Sendable {
        case distroInfo = "distro-info"
        case endOfLife = "endoflife.date"
    }

    /// Of one distribution, by its `ID` in os-release; that of CentOS Stream is ours.
    package struct Distribution: Sendable {
        package var id: String
        package var source: Source
        package var rows: [Row]
    }

    /// Distributions without releases.
    package static let rolling: Set<String> = [
        "arch", "chainguard", "gentoo", "opensuse-tumbleweed", "void", "wolfi",
    ]

    /// - Returns: nil for a release that the table does not have.
    package static func end(of id: String, _ release: String) -> CivilDate? {
        let rows = distributions.first { $0.id == id }?.rows ?? []
        return rows.first { $0.release == release }.flatMap { day($0.end) }
    }

    /// A day of a table like this one.
    package static func day(_ text: String) -> CivilDate? {
        let parts = text.split(separator: "-").compactMap { Int64($0) }
        return parts.count == 3 ? CivilDate(year: parts[0], month: parts[1], day: parts[2]) : nil
    }

    private static func rows(_ pairs: KeyValuePairs<String, String>) -> [Row] {
        pairs.map { Row(release: $0.key, end: $0.value) }
    }

    package static let distributions = [
        Distribution(
            id: "debian", source: .distroInfo,
            rows: rows([
                "7": "2018-05-31", "8": "2020-06-30", "9": "2022-06-30", "10": "2024-06-30", "11": "2026-08-31",
                "12": "2028-06-30", "13": "2030-06-30",
            ])),
        Distribution(
            id: "ubuntu", source: .distroInfo,
            rows: rows([
                "14.04": "2019-04-25", "14.10": "2015-07-23", "15.04": "2016-02-04", "15.10": "2016-07-28",
                "16.04": "2021-04-30", "16.10": "2017-07-20", "17.04": "2018-01-13", "17.10": "2018-07-19",
                "18.04": "2023-05-31", "18.10": "2019-07-18", "19.04": "2020-01-23", "19.10": "2020-07-17",
                "20.04": "2025-05-29", "20.10": "2021-07-22", "21.04": "2022-01-20", "21.10": "2022-07-14",
                "22.04": "2027-06-01", "22.10": "2023-07-20", "23.04": "2024-01-25", "23.10": "2024-07-11",
                "24.04": "2029-05-31", "24.10": "2025-07-10", "25.04": "2026-01-15", "25.10": "2026-07-09",
                "26.04": "2031-05-29", "26.10": "2027-07-15",
            ])),
        Distribution(
            id: "alpine", source: .endOfLife,
            rows: rows([
                "3.8": "2020-05-01", "3.9": "2020-11-01", "3.10": "2021-05-01", "3.11": "2021-11-01",
                "3.12": "2022-05-01", "3.13": "2022-11-01", "3.14": "2023-05-01", "3.15": "2023-11-01",
                "3.16": "2024-05-23", "3.17": "2024-11-22", "3.18": "2025-05-09", "3.19": "2025-11-01",
                "3.20": "2026-04-01", "3.21": "2026-11-01", "3.22": "2027-05-01", "3.23": "2027-11-01",
            ])),
        Distribution(
            id: "fedora", source: .endOfLife,
            rows: rows([
                "38": "2024-05-21", "39": "2024-11-26", "40": "2025-05-13", "41": "2025-12-15", "42": "2026-05-13",
                "43": "2026-12-09",
            ])),
        Distribution(
            id: "centos", source: .endOfLife,
            rows: rows(["6": "2020-11-30", "7": "2024-06-30", "8": "2021-12-31"])),
        Distribution(
            id: "centos-stream", source: .endOfLife,
            rows: rows(["8": "2024-05-31", "9": "2027-05-31", "10": "2030-01-01"])),
        Distribution(
            id: "rhel", source: .endOfLife,
            rows: rows(["6": "2020-11-30", "7": "2024-06-30", "8": "2029-05-31", "9": "2032-05-31"])),
        Distribution(id: "rocky", source: .endOfLife, rows: rows(["8": "2029-05-31", "9": "2032-05-31"])),
        Distribution(
            id: "almalinux", source: .endOfLife,
            rows: rows(["8": "2029-03-01", "9": "2032-05-31", "10": "2035-05-31"])),
    ]
}
