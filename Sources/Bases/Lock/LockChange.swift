/// One difference between two locks.
package struct LockChange: Sendable, Hashable {
    package enum Kind: String, Sendable {
        case added, removed
        /// Another version.
        case changed
        /// The same version with other bytes.
        case rebuilt
        /// The same package in another level.
        case moved
    }

    package var kind: Kind
    package var name: String
    /// Debian's names of the architectures that it concerns.
    package var architectures: [String]
    /// The level that has it now, or had it before it was removed.
    package var level: String
    package var oldVersion: String?
    package var newVersion: String?
}

extension LockFile {
    private struct Place: Hashable {
        var level: String
        var package: LockedPackage
    }

    /// What changes from one lock to another, by name. Architectures in which the same happens share a change; one that
    /// only one of the locks has counts as all added, or all removed.
    package static func difference(_ old: LockFile, _ new: LockFile) -> [LockChange] {
        var changes: [LockChange] = []
        for architecture in Set(old.architectures.map(\.name) + new.architectures.map(\.name)).sorted() {
            let before = places(old[architecture])
            let after = places(new[architecture])
            for name in Set(before.keys).union(after.keys).sorted() {
                guard let change = change(name, before[name], after[name]) else { continue }
                if let index = changes.firstIndex(where: { same($0, change) }) {
                    changes[index].architectures.append(architecture)
                } else {
                    changes.append(change)
                    changes[changes.count - 1].architectures = [architecture]
                }
            }
        }
        return changes.sorted { ($0.name, $0.architectures[0]) < ($1.name, $1.architectures[0]) }
    }

    private static func same(_ left: LockChange, _ right: LockChange) -> Bool {
        var left = left
        left.architectures = right.architectures
        return left == right
    }

    private static func places(_ architecture: Architecture?) -> [String: Place] {
        var places: [String: Place] = [:]
        for level in architecture?.levels ?? [] {
            for package in level.packages { places[package.name] = Place(level: level.name, package: package) }
        }
        return places
    }

    private static func change(_ name: String, _ old: Place?, _ new: Place?) -> LockChange? {
        let kind: LockChange.Kind
        switch (old, new) {
        case (nil, nil): return nil
        case (nil, .some): kind = .added
        case (.some, nil): kind = .removed
        case (let old?, let new?):
            if old.package.version != new.package.version {
                kind = .changed
            } else if old.package.sha256 != new.package.sha256 {
                kind = .rebuilt
            } else if old.level != new.level {
                kind = .moved
            } else {
                return nil
            }
        }
        return LockChange(
            kind: kind, name: name, architectures: [], level: new?.level ?? old?.level ?? "",
            oldVersion: old?.package.version, newVersion: new?.package.version)
    }
}
