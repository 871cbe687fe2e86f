/// Which namespaces a child gets for itself.
package struct NamespaceSet: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    // The kernel's CLONE_NEW* values.
    package static let mount = NamespaceSet(rawValue: 0x0002_0000)
    package static let uts = NamespaceSet(rawValue: 0x0400_0000)
    package static let ipc = NamespaceSet(rawValue: 0x0800_0000)
    package static let user = NamespaceSet(rawValue: 0x1000_0000)
    package static let pid = NamespaceSet(rawValue: 0x2000_0000)
    package static let network = NamespaceSet(rawValue: 0x4000_0000)
}
