import Core
import Glibc
import HostOS
import Inventory
import Testing

@testable import Policy

struct ReleaseTableTests {
    private static let place = "/usr/share/distro-info"

    /// A day that was to come when the table was made may have been moved since.
    @Test(
        "days of the past are those of distro-info, days to come are near them",
        .enabled(if: access(place, R_OK) == 0, "distro-info-data is not installed"), arguments: ["debian", "ubuntu"])
    func distroInfo(id: String) throws {
        let text = String(decoding: try WholeFile.read("\(Self.place)/\(id).csv", limit: 1 << 20), as: UTF8.self)
        let lines = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        let header = try #require(lines.first).map(String.init)
        let end = try #require(header.firstIndex(of: "eol"))
        let longTerm = header.firstIndex(of: "eol-lts")
        var ends: [String: String] = [:]
        for line in lines.dropFirst() {
            let version = line[0].split(separator: " ").first.map(String.init) ?? ""
            let last = longTerm.flatMap { line.indices.contains($0) && !line[$0].isEmpty ? line[$0] : nil }
            if let day = last ?? (line.indices.contains(end) ? line[end] : nil) { ends[version] = String(day) }
        }
        let made = CivilDate(year: 2026, month: 11, day: 21).daysSince1970
        let rows = try #require(ReleaseTable.distributions.first { $0.id == id }).rows
        for row in rows {
            // An older package does not have what is new.
            guard let known = ends[row.release] else { continue }
            let (ours, theirs) = (try Day.parse(row.end).daysSince1970, try Day.parse(known).daysSince1970)
            #expect(ours == theirs || ours > made && abs(ours - theirs) < 100, "\(id) \(row.release): \(known)")
        }
        #expect(rows.count { ends[$0.release] != nil } >= 7)
    }
}
