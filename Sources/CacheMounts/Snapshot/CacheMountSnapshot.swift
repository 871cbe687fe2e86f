/// A cache mount as it was archived.
package struct CacheMountSnapshot: Sendable {
    package let index: CacheMountIndex
    /// Packs made now; they are in the store. Those of the index that are not among them are where they were.
    package let newPacks: [CacheMountIndex.Pack]
    /// Files that no archive can hold (devices, sockets, setuid programs) or that changed while they were read.
    package let leftOut: Int
    /// Files whose content had to be read.
    package let read: Int
}
