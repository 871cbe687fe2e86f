import Cataloging
import Core
import ImageAnalysis
import Inventory
import Reports

/// The packages, largest first.
struct PackagesView {
    let packages: [PackageShare]
    let page: Page

    var lines: [String] {
        guard !packages.isEmpty else { return [page.heading("Packages", "none found")] }
        var grid = Grid(
            [.right, .right, .left, .flexible, .flexible, .path],
            header: ["SIZE", "FILES", "KIND", "NAME", "VERSION", "KNOWN BY"])
        let sorted = packages.sorted { left, right in
            let (one, other) = (left.package, right.package)
            return (right.bytes, one.component.ecosystem.rawValue, one.component.name, one.evidence)
                < (left.bytes, other.component.ecosystem.rawValue, other.component.name, other.evidence)
        }
        for share in sorted {
            let component = share.package.component
            grid.add([
                Grid.Cell(Human.bytes(share.bytes)), Grid.Cell(String(share.files)),
                Grid.Cell(PackageText.ecosystem(component.ecosystem), .dim),
                Grid.Cell(SafeText.text(PackageText.name(component))),
                Grid.Cell(SafeText.text(component.version)), Grid.Cell(SafeText.path(share.package.evidence), .dim),
            ])
        }
        return grid.lines(page)
    }
}
