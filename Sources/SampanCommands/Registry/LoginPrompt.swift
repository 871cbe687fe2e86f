import Core
import Glibc
import HTTPTransport
import RegistryClient

/// Asks a person, or standard input, for a user and password.
enum LoginPrompt {
    /// Bytes of a password; tokens take some thousand.
    private static let limit = 64 << 10

    /// - Throws: `Diagnostic` when there is nobody to ask, or nothing is said.
    static func ask(user: String?, passwordStdin: Bool) throws -> RegistryCredential {
        if passwordStdin, user == nil {
            throw Diagnostic(
                code: "login.user", "--password-stdin needs the user", hint: "add --username USER", exitCode: 64)
        }
        guard passwordStdin || isatty(0) == 1 else {
            throw Diagnostic(
                code: "login.terminal", "there is no terminal to ask for a password",
                hint: "pipe it: … | sampan login REGISTRY -u USER --password-stdin", exitCode: 64)
        }
        var name = user ?? ""
        if user == nil {
            Console.shared.message("Username: ", terminator: "")
            name = try line()
        }
        guard !name.isEmpty, !name.contains(":") else {
            throw Diagnostic(
                code: "login.user", name.isEmpty ? "no user was given" : "a user's name has no colon in it")
        }
        let password = passwordStdin ? try everything() : try hidden("Password: ")
        guard !password.isEmpty else { throw Diagnostic(code: "login.password", "no password was given") }
        return .basic(user: name, password: Secret(password))
    }

    /// What is piped in, without the line's end that `echo` puts there.
    private static func everything() throws -> String {
        var bytes = try read { _ in false }
        while let last = bytes.last, last == 0x0a || last == 0x0d { bytes.removeLast() }
        return try text(bytes)
    }

    private static func line() throws -> String {
        try text(try read { $0 == 0x0a }.filter { $0 != 0x0a && $0 != 0x0d })
    }

    /// Asks with the terminal's echo off, and puts the terminal back whatever comes, Ctrl-C included.
    private static func hidden(_ prompt: String) throws -> String {
        var before = termios()
        guard tcgetattr(0, &before) == 0 else {
            throw Diagnostic(code: "login.terminal", "the terminal can't be told to hide the password")
        }
        var quiet = before
        quiet.c_lflag &= ~tcflag_t(ECHO)
        quiet.c_lflag |= tcflag_t(ECHONL)
        let restored = before
        // An interruption ends the process at once when nothing runs that it could cancel.
        let watch = Interruption.shared.onInterrupt {
            var state = restored
            tcsetattr(0, TCSAFLUSH, &state)
            _exit(130)
        }
        defer {
            tcsetattr(0, TCSAFLUSH, &before)
            watch()
        }
        Console.shared.message(prompt, terminator: "")
        tcsetattr(0, TCSAFLUSH, &quiet)
        return try line()
    }

    /// Reads standard input to its end or to a byte that ends it.
    private static func read(until isEnd: (UInt8) -> Bool) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while bytes.count <= limit {
            let count = Glibc.read(0, &byte, 1)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return bytes }
            bytes.append(byte)
            if isEnd(byte) { return bytes }
        }
        throw Diagnostic(code: "login.password", "the password is longer than \(limit) bytes")
    }

    private static func text(_ bytes: [UInt8]) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Diagnostic(code: "login.password", "what was given is not valid UTF-8")
        }
        return text
    }
}
