// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
/// A shell script taken apart into its simple commands.
///
/// The reader takes POSIX shell and what bash adds to it. It is made for text that somebody else will run: it never
/// runs or expands anything, and takes time and memory linear in the text.
package struct ShellScript: Sendable {
    package let text: [UInt8]
    /// Every simple command, in the order of the text; those inside substitutions, loops and functions too.
    package internal(set) var commands: [ShellCommand] = []
    /// What commands stand in; the first is the script itself.
    package internal(set) var scopes: [ShellScope] = []
    /// Where each `|` that ties two commands stands.
    package internal(set) var pipes: [Int] = []
    /// Set when the text could not be read to its end: ``commands`` has what came before.
    package internal(set) var error: ShellError?

    /// The commands are those that a shell would take the script for, but perhaps for a stray end.
    package var isReadable: Bool {
        switch error?.kind {
        case nil, .stray: true
        default: false
        }
    }

    /// A range as it stands in the text.
    package func source(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }

    /// The scopes around a command, from its own to the script's.
    package func scopes(around command: ShellCommand) -> [ShellScope] {
        var out: [ShellScope] = []
        var next: Int? = command.scope
        while let index = next {
            out.append(scopes[index])
            next = scopes[index].parent
        }
        return out
    }
}

/// Why a script could not be read.
package struct ShellError: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// A quote, substitution or compound command without its end.
        case unterminated(String)
        case unexpected(String)
        /// The script ends in something that can't follow its commands, such as a `)` or `done` of its own.
        case stray(String)
        /// More than 200 substitutions or compound commands inside each other.
        case tooDeep
    }

    package var kind: Kind
    /// Byte of the script.
    package var offset: Int
}

/// A compound command, a substitution, or the script itself.
package struct ShellScope: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case script, subshell, group, commandSubstitution, processSubstitution
        case condition, branch, loop, caseItem
        case function(String)
    }

    package var kind: Kind
    /// Index of the scope around it.
    package var parent: Int?
    package var range: Range<Int>
}

/// A simple command: a program, or a builtin, with its arguments.
package struct ShellCommand: Hashable, Sendable {
    /// How a command is tied to its neighbour in the same scope.
    package enum Connector: Hashable, Sendable {
        /// The first or last one.
        case edge
        /// `&&`
        case and
        /// `||`
        case or
        /// `;` or the end of a line.
        case sequence
        /// `&`
        case background
        /// `|` or `|&`
        case pipe
    }

    package struct Redirection: Hashable, Sendable {
        /// Such as `>`, `>>`, `<`, `2>`, `&>`, `<<`.
        package var sign: String
        package var target: ShellWord
        /// Sign and target.
        package var range: Range<Int>
    }

    /// `name=value` words before the program.
    package var assignments: [ShellWord] = []
    /// The program and its arguments; empty for assignments or redirections alone.
    package var words: [ShellWord] = []
    package var redirections: [Redirection] = []
    package var range: Range<Int> = 0..<0
    package var before = Connector.edge
    package var after = Connector.edge
    /// Commands of one pipeline have the same number.
    package var pipeline = 0
    /// Index in the script's scopes.
    package var scope = 0
    /// Preceded by `!`.
    package var isNegated = false

    /// The program's name as written, without quotes; empty if there is none.
    package var name: String { words.first?.text ?? "" }
    package var arguments: ArraySlice<ShellWord> { words.dropFirst() }
}
