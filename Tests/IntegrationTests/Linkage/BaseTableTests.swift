import Binaries
import Core
import Layers
import OCI
import Testing

@testable import ImageAnalysis

@Suite("tables of bases", .enabled(if: DebianBases.isReachable, DebianBases.reason))
struct BaseTableTests {
    /// What a base offers to loaders: for each library its needs and its versions.
    private func libraries(_ layers: [LayerFacts]) -> [String: [String]] {
        var out: [String: [String]] = [:]
        for layer in layers {
            for (entry, facts) in zip(layer.contents.entries, layer.facts) {
                // Plugins of libraries lie deeper, and no program is linked with them.
                guard let binary = facts?.binary, let name = binary.soname, entry.path.components.count <= 4 else {
                    continue
                }
                out[name] = binary.needed + binary.versionDefinitions.filter { $0 != name }
            }
        }
        return out
    }

    @Test(
        "the libraries of the bases that are assembled now are those of the table", arguments: ["static", "base", "cc"])
    func current(_ name: String) async throws {
        let lab = try LinkageLab.get()
        let real = try await lab.image(name, nil, ContainerConfig())
        let table = try #require(BaseTable(rawValue: name)?.layer(Platform.host.architecture))
        #expect(libraries(real.layers.map(\.facts)) == libraries([table]))
        // Whatever else the table has is in the base.
        for entry in table.contents.entries {
            let node = try #require(try real.tree.lookup(entry.path), "\(entry.path)")
            guard entry.isDirectory else { continue }
            #expect(node.entry.isDirectory && node.entry.mode == entry.mode, "\(entry.path)")
        }
    }
}
