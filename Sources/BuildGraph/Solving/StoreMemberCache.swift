package import ContentStore
package import Core
private import HostOS
package import Layers
private import Synchronization

/// Finds compressed members of layers in the blobs of the store.
package final class StoreMemberCache: MemberCache {
    private let store: Store
    private let open = Mutex<[Digest: FileDescriptor]>([:])

    package init(_ store: Store) { self.store = store }

    package func lookup(_ key: Digest) throws -> Layers.MemberLocation? {
        guard let found = try store.members([key]).first ?? nil else { return nil }
        let file: FileDescriptor
        if let known = open.withLock({ $0[found.blob] }) {
            file = known
        } else {
            // A blob that went away meanwhile is no error: the member is made anew.
            guard let opened = try? store.openBlob(found.blob) else { return nil }
            open.withLock { $0[found.blob] = opened }
            file = opened
        }
        return Layers.MemberLocation(file: file, offset: found.offset, length: Int(found.length))
    }
}
