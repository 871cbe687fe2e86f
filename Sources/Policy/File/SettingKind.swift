import Core

/// What a setting of a rule may be. The reader and the schema are made from it.
package enum SettingKind: Sendable {
    /// `80MB`, `1.5GiB`.
    case size
    /// `5%`, or a size.
    case growth
    /// A whole number.
    case count
    /// `5%`.
    case percent
    /// `90d`, `12w`.
    case days
    case flag
    case choice([String])
    case texts
    /// Patterns of paths.
    case paths
    /// `8080`, `53/udp`, `9000-9010/tcp`.
    case ports
    case platforms
    /// Keys of the writer's choice.
    case pairs
}

/// A setting that was read.
package enum SettingValue: Sendable {
    package struct Pair: Sendable, Hashable {
        package var key: String
        package var value: String
    }

    case bytes(Int64)
    case count(Int)
    case percent(Double)
    case flag(Bool)
    case choice(String)
    case texts([String])
    case paths([PathPattern])
    case ports([PortRange])
    case pairs([Pair])
}

/// One setting that a rule knows.
package struct SettingKey: Sendable {
    package var name: String
    package var kind: SettingKind
    /// A sentence or two for people.
    package var help: String

    package init(_ name: String, _ kind: SettingKind, _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }
}

/// Ports of one protocol.
package struct PortRange: Sendable, Hashable {
    package var ports: ClosedRange<UInt16>
    /// `tcp`, `udp` or `sctp`.
    package var transport: String

    /// `8080`, `8080/udp` or `9000-9010/tcp`.
    package init?(parsing text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let numbers = parts.first else { return nil }
        transport = parts.count == 2 ? parts[1].lowercased() : "tcp"
        guard ["tcp", "udp", "sctp"].contains(transport) else { return nil }
        let ends = numbers.split(separator: "-", omittingEmptySubsequences: false).map(Self.number)
        guard let first = ends.first, let last = ends.last, ends.count <= 2, let first, let last, first <= last else {
            return nil
        }
        ports = first...last
    }

    private static func number(_ text: Substring) -> UInt16? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return UInt16(text)
    }

    func contains(_ other: PortRange) -> Bool {
        transport == other.transport && ports.contains(other.ports.lowerBound) && ports.contains(other.ports.upperBound)
    }
}
