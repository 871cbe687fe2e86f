import BuildGraph
import Core

/// Readers of option values; each error names the option and shows the form.
package enum BuildOptions {
    static func usage(_ option: String, _ text: String, _ form: String) -> Diagnostic {
        Diagnostic(
            code: "usage.\(option)", "--\(option) '\(text)' is not understood", hint: "the form is \(form)",
            exitCode: 64)
    }

    /// `NAME=VALUE` pairs; NAME alone is looked up in the environment where that is meant.
    static func pairs(_ option: String, _ list: [String], environment: [String: String]? = nil) throws -> [String:
        String]
    {
        var out: [String: String] = [:]
        for text in list {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard !parts[0].isEmpty else { throw usage(option, text, "NAME=VALUE") }
            if parts.count == 2 {
                out[parts[0]] = parts[1]
            } else if let environment {
                if let value = environment[parts[0]] { out[parts[0]] = value }
            } else {
                throw usage(option, text, "NAME=VALUE")
            }
        }
        return out
    }

    /// The fields of `a=1,b=2`; a value may be in double quotes, as CSV has it.
    static func fields(_ option: String, _ text: String, known: [String], form: String) throws -> [String: String] {
        var out: [String: String] = [:]
        for field in splitCSV(text) {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else { throw usage(option, text, form) }
            let name = parts[0].lowercased()
            guard known.contains(name) else {
                throw Diagnostic(
                    code: "usage.\(option)", "--\(option) has no field '\(parts[0])'",
                    hint: Suggestion.hint(for: name, in: known) ?? "the form is \(form)", exitCode: 64)
            }
            out[name] = parts[1]
        }
        return out
    }

    private static func splitCSV(_ text: String) -> [String] {
        var out: [String] = []
        var field = ""
        var quoted = false
        for character in text {
            switch character {
            case "\"": quoted.toggle()
            case "," where !quoted:
                out.append(field)
                field = ""
            default: field.append(character)
            }
        }
        return out + [field]
    }

    static func secrets(_ list: [String], environment: [String: String]) throws -> [String: BuildRequest.Secret] {
        let form = "id=NAME[,src=FILE|,env=VARIABLE]"
        var out: [String: BuildRequest.Secret] = [:]
        for text in list {
            let fields = try fields("secret", text, known: ["id", "src", "source", "env", "type"], form: form)
            let type = fields["type"] ?? (fields["env"] != nil ? "env" : "file")
            guard ["file", "env"].contains(type), let id = fields["id"] ?? fields["src"], !id.isEmpty else {
                throw usage("secret", text, form)
            }
            if type == "env" || (fields["src"] == nil && fields["source"] == nil && environment[id] != nil) {
                let name = fields["env"] ?? fields["src"] ?? id
                guard let value = environment[name] else {
                    throw Diagnostic(
                        code: "secret.environment", "the secret '\(id)' wants the variable \(name), which is not set")
                }
                out[id] = .init(Array(value.utf8))
            } else {
                out[id] = .init(try SecretFile.read(fields["src"] ?? fields["source"] ?? id, id: id))
            }
        }
        return out
    }

    /// Agent sockets by id; `default` alone means the agent of the environment.
    static func agents(_ list: [String], environment: [String: String]) throws -> [String: String] {
        var out: [String: String] = [:]
        for text in list {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard let id = parts.first else { throw usage("ssh", text, "default or ID=SOCKET") }
            guard let socket = parts.count > 1 ? parts[1] : environment["SSH_AUTH_SOCK"] else {
                throw Diagnostic(
                    code: "ssh.agent", "--ssh \(id) needs a running agent, and SSH_AUTH_SOCK is not set",
                    hint: "start one with: eval $(ssh-agent) && ssh-add")
            }
            try SecretFile.requireSocket(socket, id: id)
            out[id] = socket
        }
        return out
    }

    static func hosts(_ list: [String]) throws -> [ExecutionSettings.Host] {
        try list.map { text in
            guard let mark = text.firstIndex(where: { $0 == ":" || $0 == "=" }), mark != text.startIndex else {
                throw usage("add-host", text, "NAME:ADDRESS")
            }
            var address = String(text[text.index(after: mark)...])
            if address.hasPrefix("["), address.hasSuffix("]") { address = String(address.dropFirst().dropLast()) }
            guard isAddress(address) else { throw usage("add-host", text, "NAME:ADDRESS") }
            return ExecutionSettings.Host(name: String(text[..<mark]), address: address)
        }
    }

    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count == 4, parts.allSatisfy({ UInt8($0) != nil }) { return true }
        return text.contains(":")
            && text.utf8.allSatisfy { byte in
                byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".") || (byte >= 0x30 && byte <= 0x39)
                    || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66)
            }
    }

    /// Bytes as `64m`, `1g`, `512k` or a plain number.
    static func size(_ option: String, _ text: String) throws -> Int64 {
        let lower = text.lowercased()
        let digits = lower.prefix { $0.isNumber || $0 == "." }
        let units: [String: Int64] = [
            "": 1, "b": 1, "k": 1 << 10, "kb": 1 << 10, "kib": 1 << 10, "m": 1 << 20, "mb": 1 << 20, "mib": 1 << 20,
            "g": 1 << 30,
            "gb": 1 << 30, "gib": 1 << 30, "t": 1 << 40, "tb": 1 << 40, "tib": 1 << 40,
        ]
        guard let number = Double(digits), let unit = units[String(lower.dropFirst(digits.count))],
            number * Double(unit) < 9e18, number >= 0
        else { throw usage(option, text, "a number and k, m, g or t, such as 64m") }
        return Int64(number * Double(unit))
    }

    static func ulimits(_ list: [String]) throws -> [ExecutionSettings.Ulimit] {
        let form = "NAME=SOFT[:HARD], such as nofile=1024:4096"
        let known = [
            "as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss",
            "rtprio",
            "rttime", "sigpending", "stack",
        ]
        return try list.map { text in
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, known.contains(parts[0]) else { throw usage("ulimit", text, form) }
            let limits = parts[1].split(separator: ":", omittingEmptySubsequences: false).map { word -> UInt64? in
                word == "-1" || word == "unlimited" ? .max : UInt64(word)
            }
            guard (1...2).contains(limits.count), let soft = limits[0], let hard = limits[limits.count - 1],
                soft <= hard
            else {
                throw usage("ulimit", text, form)
            }
            return ExecutionSettings.Ulimit(name: parts[0], soft: soft, hard: hard)
        }
    }
}
