package import Inventory

/// Packages in words.
package enum PackageText {
    /// Where packages of a kind come from: the tool's name where people know it by that, else the language.
    package static func ecosystem(_ ecosystem: Component.Ecosystem) -> String {
        switch ecosystem {
        case .deb: "deb"
        case .apk: "apk"
        case .rpm: "rpm"
        case .golang: "Go"
        case .cargo: "Rust"
        case .pypi: "Python"
        case .npm: "npm"
        case .gem: "Ruby"
        case .maven: "Java"
        case .generic: "other"
        }
    }

    /// The name as its users write it: with scope, group or path, and without the distribution that all its
    /// neighbours share. Not safe to show as it is.
    package static func name(_ ecosystem: Component.Ecosystem, _ namespace: String?, _ name: String) -> String {
        guard let namespace, !namespace.isEmpty else { return name }
        switch ecosystem {
        case .deb, .apk, .rpm: return name
        case .maven: return namespace + ":" + name
        default: return namespace + "/" + name
        }
    }

    package static func name(_ component: Component) -> String {
        name(component.ecosystem, component.namespace, component.name)
    }
}
