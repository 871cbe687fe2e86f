package import Core

/// `EXPOSE` ports: `8080`, `53/udp`, `8000-8010/tcp`.
package enum PortSpec {
    /// The ports of one word as `number/protocol`. A host part before a colon is checked by form and dropped.
    package static func expand(_ text: String, at span: SourceSpan?) throws -> [String] {
        func fail(_ reason: String) -> Diagnostic {
            Diagnostic(
                code: "expose.port", "'\(text)' is not a port: \(reason)", at: span,
                hint: "write a number from 1 to 65535 or a range, with /tcp, /udp or /sctp")
        }
        let last = text.split(separator: ":", omittingEmptySubsequences: false).last.map(String.init) ?? text
        let parts = last.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let name = parts.count > 1 && !parts[1].isEmpty ? parts[1].lowercased() : "tcp"
        guard ["tcp", "udp", "sctp"].contains(name) else { throw fail("'\(name)' is not a protocol") }
        let range = parts[0].split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
        guard (1...2).contains(range.count), let first = range[0], let end = range[range.count - 1] else {
            throw fail(parts[0].isEmpty ? "there is no number" : "'\(parts[0])' is not a number or range")
        }
        guard first <= end else { throw fail("the range runs backwards") }
        return (first...end).map { "\($0)/\(name)" }
    }
}

/// Names of signals, for STOPSIGNAL.
package enum SignalName {
    package static let all = [
        "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL",
        "PROF",
        "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2",
        "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX",
    ]

    /// The numbers on Linux of the signals that stop programs.
    private static let numbers: [String: Int32] = [
        "HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "TRAP": 5, "ABRT": 6, "IOT": 6, "BUS": 7, "FPE": 8, "KILL": 9,
        "USR1": 10,
        "SEGV": 11, "USR2": 12, "PIPE": 13, "ALRM": 14, "TERM": 15, "STKFLT": 16, "CHLD": 17, "CLD": 17, "CONT": 18,
        "STOP": 19, "TSTP": 20, "TTIN": 21, "TTOU": 22, "URG": 23, "XCPU": 24, "XFSZ": 25, "VTALRM": 26, "PROF": 27,
        "WINCH": 28, "IO": 29, "POLL": 29, "PWR": 30, "SYS": 31, "RTMIN": 34, "RTMAX": 64,
    ]

    /// The number of a signal given as `SIGTERM`, `TERM`, `SIGRTMIN+3` or `15`; nil when there is none.
    package static func number(_ text: String) -> Int32? {
        if let number = Int32(text) { return (1...64).contains(number) ? number : nil }
        var name = text.uppercased()
        if name.hasPrefix("SIG") { name.removeFirst(3) }
        if let known = numbers[name] { return known }
        if name.hasPrefix("RTMIN+"), let offset = Int32(name.dropFirst(6)), (0...30).contains(offset) {
            return 34 + offset
        }
        if name.hasPrefix("RTMAX-"), let offset = Int32(name.dropFirst(6)), (0...30).contains(offset) {
            return 64 - offset
        }
        return nil
    }

    package static func isKnown(_ text: String) -> Bool { number(text) != nil }
}
