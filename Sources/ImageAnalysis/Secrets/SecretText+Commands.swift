extension SecretText {
    /// Where passwords stand that nothing but their place tells: behind options of programs, in headers of HTTP, in what
    /// is piped into a program that asks for a password, and in `ENV NAME VALUE`, as it was written in former times.
    static func arguments(_ bytes: UnsafeRawBufferPointer) -> [Range<Int>] {
        var places = SecretPlaces(bytes)
        places.commands(in: 0..<bytes.count)
        places.headers()
        places.instructions()
        return places.ranges
    }

    /// The words of a command, as an exec form has them, where an option and its value are words of their own.
    package static func redacted(words: [String]) -> [String] {
        var bytes: [UInt8] = []
        let places = words.map { word in
            defer { bytes.append(0) }
            let start = bytes.count
            bytes += word.utf8
            return start..<bytes.count
        }
        let ranges = bytes.withUnsafeBytes { buffer in
            var found = SecretPlaces(buffer)
            found.options(places.map { CommandWord(range: $0, inner: $0) }, words)
            return found.ranges
        }
        return zip(words, places).map { word, place in
            let own = ranges.filter { place.contains($0.lowerBound) }
            let shifted = own.map { $0.lowerBound - place.lowerBound..<$0.upperBound - place.lowerBound }
            return redacted(shifted.isEmpty ? word : hiding(shifted, in: word))
        }
    }
}

private struct SecretPlaces {
    /// How deep commands lie in quotes of others, as in `["sh", "-c", "sh -c '…'"]`.
    private static let depthLimit = 3

    let bytes: UnsafeRawBufferPointer
    private(set) var ranges: [Range<Int>] = []

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    // MARK: - Commands

    mutating func commands(in range: Range<Int>, depth: Int = 0) {
        var former: [CommandWord] = []
        for command in CommandWord.commands(bytes, in: range) {
            let texts = command.words.map { text($0.inner) }
            options(command.words, texts)
            if command.isPiped { piped(former, into: texts) }
            former = command.words
            guard depth < Self.depthLimit else { continue }
            for word in command.words
            where word.inner != word.range && bytes[word.inner].contains(where: { $0 <= 0x20 }) {
                commands(in: word.inner, depth: depth + 1)
            }
        }
    }

    mutating func options(_ words: [CommandWord], _ texts: [String]) {
        let isLogin = texts.contains("login")
        var program = ""
        var shorts: [SecretOption.Short] = []
        var sets = false
        for (index, word) in texts.enumerated() {
            let next = index + 1 < words.count ? words[index + 1].inner : nil
            let name = word.utf8.contains(UInt8(ascii: "/")) ? String(word.split(separator: "/").last ?? "") : word
            if let known = SecretOption.shorts(of: name, isLogin: isLogin) { (program, shorts) = (name, known) }
            if name == "openssl" || name == "htpasswd" { program = name }
            if name == "config" || name == "configure" { sets = true }
            if let basic = word.utf8.firstRange(of: "_auth=".utf8) {
                let start =
                    words[index].inner.lowerBound + word.utf8.distance(from: word.startIndex, to: basic.upperBound)
                hide(start..<words[index].inner.upperBound)
            }
            if word.hasPrefix("--") || SecretOption.isSecret(word) {
                long(words[index].inner, word, next, isLogin: shorts.contains { $0.value == .login })
            } else if word.hasPrefix("-") {
                short(words[index].inner, word, next, shorts)
            } else if sets, let next, SecretOption.isSetting(word) {
                hide(next)
            } else if program == "openssl", word.hasPrefix("pass:") {
                hide(words[index].inner.lowerBound + 5..<words[index].inner.upperBound)
            }
        }
        // htpasswd -cb FILE USER PASSWORD
        if program == "htpasswd", texts.contains(where: { $0.hasPrefix("-") && $0.contains("b") }),
            let last = words.last
        {
            hide(last.inner)
        }
    }

    private mutating func long(_ range: Range<Int>, _ word: String, _ next: Range<Int>?, isLogin: Bool) {
        if isLogin {
            for name in ["--user", "--proxy-user"] {
                if word == name, let next { hide(next, .login) }
                if word.hasPrefix(name + "=") {
                    hide(range.lowerBound + name.utf8.count + 1..<range.upperBound, .login)
                }
            }
        }
        // docker build --secret id=…
        guard let next, SecretOption.isSecret(word), !(word == "--secret" && bytes[next].contains(UInt8(ascii: "=")))
        else { return }
        hide(next)
    }

    private mutating func short(
        _ range: Range<Int>, _ word: String, _ next: Range<Int>?, _ shorts: [SecretOption.Short]
    ) {
        let letters = Array(word.utf8.dropFirst())
        for short in shorts {
            // curl takes several in one word, such as -fsSLu.
            let isJoined = short.value == .login && letters.allSatisfy { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a }
            if short.isNext, let next, letters == [short.option] || isJoined && letters.last == short.option {
                hide(next, short.value)
            } else if short.isAttached, letters.count > 1, letters[0] == short.option {
                hide(range.lowerBound + 2..<range.upperBound, short.value)
            }
        }
    }

    /// `echo PASSWORD | docker login --password-stdin`, `echo root:PASSWORD | chpasswd`.
    private mutating func piped(_ former: [CommandWord], into texts: [String]) {
        let names = texts.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
        let takesLogins = names.contains("chpasswd")
        guard
            takesLogins || names.contains("passwd") || names.contains("sudo") && names.contains("-S")
                || names.contains(where: { $0 == "--with-token" || $0.hasPrefix("--") && $0.hasSuffix("-stdin") }),
            let echo = former.lastIndex(where: { ["echo", "printf"].contains(text($0.inner)) })
        else { return }
        for word in former[(echo + 1)...] where !bytes[word.inner].contains(UInt8(ascii: "%")) {
            hide(word.inner, takesLogins ? .login : .secret)
        }
    }

    // MARK: - Headers and instructions

    /// `Authorization: Basic …` anywhere, other headers and members of JSON that are called secrets in quotes.
    mutating func headers() {
        // No name starts before it: so no byte is looked at twice.
        var free = 0
        var index = 0
        while let colon = bytes[index...].firstIndex(of: UInt8(ascii: ":")) {
            index = colon + 1
            var nameEnd = colon
            // `"name": "value"`
            let isMember = nameEnd > free && isQuote(bytes[nameEnd - 1])
            while nameEnd > free, isQuote(bytes[nameEnd - 1]) || bytes[nameEnd - 1] == UInt8(ascii: "\\") {
                nameEnd -= 1
            }
            var start = nameEnd
            while start > free, TokenRule.isWord(bytes[start - 1]) { start -= 1 }
            free = index
            let name = text(start..<nameEnd).lowercased()
            let isAuthorization = name == "authorization" || name == "proxy-authorization"
            let quote = start > 0 && isQuote(bytes[start - 1]) ? bytes[start - 1] : nil
            let isSecret =
                isAuthorization || quote != nil && (SecretOption.isSetting(name) || name == "auth" && isMember)
            guard isSecret else { continue }
            let value = value(from: index, in: isMember ? nil : quote, hasScheme: isAuthorization)
            hide(value)
            (free, index) = (max(free, value.upperBound), max(index, value.upperBound))
        }
    }

    /// What stands behind a header's name up to the quote around it; where there is none, a word in quotes of its own or
    /// not. A name of how one authenticates is shown.
    private func value(from start: Int, in quote: UInt8?, hasScheme: Bool) -> Range<Int> {
        var start = skipBlanks(start)
        var quote = quote
        if quote == nil {
            while start < bytes.count, isQuote(bytes[start]) || bytes[start] == UInt8(ascii: "\\") {
                if isQuote(bytes[start]) { quote = bytes[start] }
                start += 1
            }
        }
        if hasScheme {
            let end = bytes[start...].firstIndex { !TokenRule.isWord($0) } ?? bytes.count
            let word = text(start..<end).lowercased()
            let schemes = ["basic", "bearer", "token", "digest", "apikey", "negotiate", "aws4-hmac-sha256"]
            if schemes.contains(word) { start = skipBlanks(end) }
        }
        let end = (start..<bytes.count).first { index in
            let byte = bytes[index]
            if byte == 0x0a { return true }
            if byte == UInt8(ascii: "\\"), index + 1 < bytes.count, isQuote(bytes[index + 1]) { return true }
            return quote.map { byte == $0 } ?? (byte <= 0x20 || isQuote(byte))
        }
        return start..<(end ?? bytes.count)
    }

    private func skipBlanks(_ start: Int) -> Int {
        bytes[start...].firstIndex { $0 != 0x20 && $0 != 0x09 } ?? bytes.count
    }

    /// `ENV NAME VALUE`, whose value goes to the end of its line.
    mutating func instructions() {
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0a) ?? bytes.count
            instruction(in: start..<end)
            start = end + 1
        }
    }

    private mutating func instruction(in line: Range<Int>) {
        var start = line.lowerBound
        func word() -> Range<Int> {
            let first = bytes[start..<line.upperBound].firstIndex { $0 > 0x20 } ?? line.upperBound
            start = bytes[first..<line.upperBound].firstIndex { $0 <= 0x20 } ?? line.upperBound
            return first..<start
        }
        var name = word()
        // `/bin/sh -c #(nop)  ENV NAME=VALUE` in histories.
        if bytes[name].elementsEqual("/bin/sh".utf8) {
            guard bytes[word()].elementsEqual("-c".utf8), bytes[word()].elementsEqual("#(nop)".utf8) else { return }
            name = word()
        }
        guard name.count <= 5, ["ENV", "LABEL"].contains(text(name).uppercased()) else { return }
        let key = word()
        guard !bytes[key].contains(UInt8(ascii: "=")), CredentialFile.namesSecret(Array(bytes[key])) else { return }
        let value = bytes[start..<line.upperBound].firstIndex { $0 > 0x20 } ?? line.upperBound
        hide(value..<line.upperBound)
    }

    // MARK: - Values

    private mutating func hide(_ range: Range<Int>, _ value: SecretOption.Value = .secret) {
        var range = range
        while range.count >= 2, let first = bytes[range].first, isQuote(first), bytes[range].last == first {
            range = range.lowerBound + 1..<range.upperBound - 1
        }
        if value == .login {
            guard let colon = bytes[range].firstIndex(of: UInt8(ascii: ":")),
                !bytes[range.lowerBound..<colon].contains(UInt8(ascii: "/"))
            else { return }
            range = colon + 1..<range.upperBound
        }
        if isSecret(bytes[range], isLogin: value == .login) { ranges.append(range) }
    }

    /// Neither an option, nor a reference to a variable or a file, nor what documentation writes; short ones count too,
    /// and of logins, which say themselves what they are, all.
    private func isSecret(_ value: Slice<UnsafeRawBufferPointer>, isLogin: Bool) -> Bool {
        if isHash(value) { return true }
        guard let first = value.first, !"-$%{<>[/`".utf8.contains(first), !value.dropFirst().starts(with: [0x3e]),
            value.contains(where: { $0 != UInt8(ascii: "*") })
        else { return false }
        return isLogin || value.count < 4 || Placeholder.isSecret(value.prefix(64).filter { $0 > 0x20 && $0 != 0x7f })
    }

    /// What `crypt` makes of a password: `$6$salt$…`.
    private func isHash(_ value: Slice<UnsafeRawBufferPointer>) -> Bool {
        value.count >= 20 && value.first == UInt8(ascii: "$")
            && value.dropFirst(2).prefix(2).contains(UInt8(ascii: "$"))
    }

    private func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }
}
