package import Core

/// Looks for secrets in a file: private keys, tokens of clouds and forges by their forms, and passwords in the files that
/// programs keep them in.
///
/// A finding has the form of a secret and is none of the placeholders that documentation writes. Keys in test data are
/// passed over: libraries ship them, and everybody has them. Time is linear in the bytes.
package enum SecretScanner {
    /// Bytes of the largest file that is looked at.
    package static let sizeLimit: Int64 = 4 << 20
    /// Findings of one file; what comes behind says nothing new.
    package static let findingLimit = 20

    /// Whether a file is worth a scan: neither too large nor binary.
    /// - Parameter head: the file's first bytes; more than a few thousand are not needed.
    package static func wants(size: Int64, head: UnsafeRawBufferPointer) -> Bool {
        // The shortest line that gives something away.
        guard size >= 12, size <= sizeLimit else { return false }
        return !head.prefix(4096).contains(0)
    }

    /// The findings in the order of their lines.
    /// - Parameter bytes: the whole file.
    package static func scan(_ bytes: UnsafeRawBufferPointer, path: BytePath) -> [SecretFinding] {
        guard bytes.count >= 12, Int64(bytes.count) <= sizeLimit else { return [] }
        var found = Found()
        let place = FilePlace(path)
        scanTokens(bytes, isTestData: place.isTestData, into: &found)
        if let form = place.credentials, !place.isTestData { form.scan(bytes, into: &found) }
        return found.findings(in: bytes)
    }

    /// The same of a text that is no file, such as an instruction of a history; findings have no lines.
    package static func scan(text: String) -> [SecretFinding] {
        var text = text
        return text.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            guard bytes.count >= 12, Int64(bytes.count) <= sizeLimit else { return [] }
            var found = Found()
            scanTokens(bytes, isTestData: false, into: &found)
            return found.findings(in: bytes).map { SecretFinding(rule: $0.rule, title: $0.title, line: nil) }
        }
    }

    /// What a variable of an environment gives away, by its name or its value.
    /// - Parameter variable: `NAME=VALUE`.
    package static func scan(variable: String) -> [SecretFinding] {
        let known = scan(text: variable)
        guard known.isEmpty, let equals = variable.firstIndex(of: "="),
            CredentialFile.namesSecret(Array(variable[..<equals].utf8)),
            Placeholder.isSecret(Array(variable[variable.index(after: equals)...].utf8))
        else { return known }
        return [SecretFinding(rule: "environment-secret", title: "a password or token in the environment", line: nil)]
    }

    /// Looks at every other pair of bytes: a prefix of three bytes or more has one of these, wherever it starts.
    private static func scanTokens(_ bytes: UnsafeRawBufferPointer, isTestData: Bool, into found: inout Found) {
        let groups = TokenRule.groups
        groups.isNear.withUnsafeBufferPointer { isNear in
            var index = 0
            // Where the last finding ended: the next starts there or behind.
            var free = 0
            while index + 1 < bytes.count {
                let pair = Int(bytes[index]) << 8 | Int(bytes[index + 1])
                guard isNear[pair >> 6] >> UInt64(truncatingIfNeeded: pair & 63) & 1 != 0 else {
                    index += 2
                    continue
                }
                for start in max(free, index - 1)...index {
                    guard !found.isFull else { return }
                    guard start >= free else { continue }
                    let group = groups.table[Int(bytes[start]) << 8 | Int(bytes[start + 1])]
                    guard group != 0,
                        let end = match(
                            groups.rules[Int(group)], bytes, at: start, isTestData: isTestData, into: &found)
                    else { continue }
                    free = end
                }
                index = max(index + 2, free)
            }
        }
    }

    /// - Returns: where a finding ends.
    private static func match(
        _ rules: [TokenRule], _ bytes: UnsafeRawBufferPointer, at index: Int, isTestData: Bool, into found: inout Found
    ) -> Int? {
        for rule in rules {
            guard let end = rule.match(bytes, at: index) else { continue }
            if !(isTestData && rule.isCommonInTests) { found.add(rule.id, rule.title, at: index) }
            return end
        }
        return nil
    }
}

/// Findings on their way, with their places as offsets.
struct Found {
    private var items: [(rule: String, title: String, offset: Int)] = []

    var isFull: Bool { items.count >= SecretScanner.findingLimit }

    mutating func add(_ rule: String, _ title: String, at offset: Int) {
        guard !isFull else { return }
        items.append((rule, title, offset))
    }

    /// One for each line: what a file's form tells and what a token's form tells are the same thing there.
    func findings(in bytes: UnsafeRawBufferPointer) -> [SecretFinding] {
        var findings: [SecretFinding] = []
        var line = 1
        var position = 0
        for item in items.enumerated().sorted(by: { ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset) }) {
            let offset = min(item.element.offset, bytes.count)
            while position < offset {
                if bytes[position] == 0x0a { line += 1 }
                position += 1
            }
            guard findings.last?.line != line else { continue }
            findings.append(SecretFinding(rule: item.element.rule, title: item.element.title, line: line))
        }
        return findings
    }
}
