/// What sources give away of a service: its port, its health and metrics endpoints.
struct ServiceSigns {
    var port: (value: Int, place: TextPlace)?
    var health: (value: String, place: TextPlace)?
    var metrics: TextPlace?
    /// Where the port is read from the variable PORT.
    var variable: TextPlace?

    /// Paths that services answer on when they are well, from the most to the least telling.
    static let healthPaths = [
        "/healthz", "/livez", "/health", "/health/live", "/healthcheck", "/health-check", "/_health",
        "/actuator/health",
        "/readyz", "/ready", "/ping", "/status", "/up",
    ]
    /// Words of a line whose number is a port.
    private static let portWords = ["listen", "port", "addr", "bind", "serve", "host"]

    init(_ tree: ProjectTree, in paths: [String]) {
        port = tree.firstLine(in: paths, Self.port)
        for path in Self.healthPaths {
            health = tree.firstLine(in: paths) { line in
                Self.isCode(line) && Words.quoted(line).contains { $0 == path || $0 == "GET " + path } ? path : nil
            }
            if health != nil { break }
        }
        metrics =
            tree.firstLine(in: paths) { line in
                Self.isCode(line) && Words.quoted(line).contains { $0 == "/metrics" || $0 == "GET /metrics" }
                    ? true : nil
            }?.place
        variable = tree.firstLine(in: paths, { Self.readsPort($0) ? true : nil })?.place
    }

    /// `os.Getenv("PORT")`, `process.env.PORT`, `os.environ.get('PORT')`, `getenv("PORT")`.
    private static func readsPort(_ line: Substring) -> Bool {
        guard isCode(line), line.contains("PORT") else { return false }
        return line.contains("env.PORT") || (line.lowercased().contains("env") && Words.quoted(line).contains("PORT"))
    }

    private static func isCode(_ line: Substring) -> Bool {
        let trimmed = line.drop { $0 == " " || $0 == "\t" }
        return !["//", "#", "*", "/*"].contains { trimmed.hasPrefix($0) }
    }

    /// `":8080"` anywhere, or a number of four or five digits in a line that speaks of ports.
    static func port(_ line: Substring) -> Int? {
        guard isCode(line) else { return nil }
        let small = line.lowercased()
        guard portWords.contains(where: { small.contains($0) }) else { return nil }
        let isOfPorts = speaksOfPorts(line)
        for word in Words.quoted(line) {
            if word.contains(":") || isOfPorts, let number = address(word) { return number }
        }
        // A bare number: app.run(port=5000), listen(3000), PORT || 3000, #define PORT 8080, htons(8080).
        var digits = ""
        var before: Character = " "
        var start: Character = " "
        for character in small + " " {
            if ("0"..."9").contains(character) {
                if digits.isEmpty { start = before }
                digits.append(character)
            } else {
                let isNumber =
                    !(start.isLetter || start == "_" || start == "." || start == "#") && character != "."
                    && !character.isLetter
                if isNumber, digits.count >= 4, digits.count <= 5, let port = valid(digits),
                    isOfPorts
                {
                    return port
                }
                digits = ""
            }
            before = character
        }
        return nil
    }

    /// Whether a line has the word, which `import` and `report` only end in.
    private static func speaksOfPorts(_ line: Substring) -> Bool {
        if ["listen", "Listen", "htons", "SocketAddress"].contains(where: { line.contains($0) })
            || line.contains("Port")
        {
            return true
        }
        for word in ["port", "PORT"] {
            var rest = line
            while let found = rest.firstRange(of: word) {
                let before = found.lowerBound == line.startIndex ? " " : line[line.index(before: found.lowerBound)]
                if !before.isLetter { return true }
                rest = rest[found.upperBound...]
            }
        }
        return false
    }

    /// `:8080`, `0.0.0.0:8080`, `localhost:8080`, `[::]:8080`, `8080`; of an address on loopback, too.
    private static func address(_ word: String) -> Int? {
        guard let colon = word.lastIndex(of: ":") else { return word.count >= 4 ? valid(word) : nil }
        let host = word[..<colon]
        let isHost = host.utf8.allSatisfy {
            ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2e || $0 == 0x3a || $0 == 0x5b || $0 == 0x5d || $0 == 0x2a
        }
        guard isHost || host == "localhost" else { return nil }
        return valid(word[word.index(after: colon)...])
    }

    private static func valid(_ digits: some StringProtocol) -> Int? {
        guard let first = digits.first, first != "0", let port = Int(digits), (80...65535).contains(port) else {
            return nil
        }
        // Years and sizes are no ports.
        return [1024, 1999, 2000, 2048, 4096, 8192, 65535, 32768, 16384, 10000].contains(port)
            || (2010...2035).contains(port) ? nil : port
    }

    /// Writes it down in a project.
    func apply(to project: inout Project, _ choices: Choices) {
        if let chosen = choices.port {
            project.port = chosen
            let other = port.map { $0.value == chosen ? "" : "; \($0.place) says \($0.value)" } ?? ""
            project.conclude("port", String(chosen), choices.why("--port") + other)
            if let variable, port?.value != chosen {
                project.variables.append(("PORT", String(chosen)))
                project.conclude("variable", "PORT=\(chosen)", "\(variable) reads it")
            }
        } else if let port {
            project.port = port.value
            project.conclude("port", String(port.value), "\(port.place)")
        }
        switch choices.health {
        case .path(let path)?:
            project.health = path
            project.conclude("health", "GET \(path)", choices.why("--health"))
        case .unasked?: project.conclude("health", "not asked", choices.why("--no-health"))
        case nil:
            guard let health, project.port != nil else { break }
            project.health = health.value
            project.conclude("health", "GET \(health.value)", "\(health.place)")
        }
        if let metrics, project.port != nil {
            project.metrics = "/metrics"
            project.conclude("metrics", "GET /metrics", "\(metrics)")
        }
    }
}
