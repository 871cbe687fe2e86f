// https://docs.docker.com/reference/dockerfile/
package import Core

/// A parsed Dockerfile: every instruction as written, and the stages that they make.
package struct Dockerfile: Sendable {
    package let source: SourceFile
    package internal(set) var directives: [Directive] = []
    /// The escape character, `\` or a backtick.
    package internal(set) var escape = UInt8(ascii: "\\")
    /// Every comment of the file, also those inside instructions.
    package internal(set) var comments: [Comment] = []
    /// Every instruction in order, also those with errors.
    package internal(set) var instructions: [Instruction] = []
    /// What each of ``instructions`` means; nil where errors leave no meaning.
    package internal(set) var commands: [Command?] = []
    /// ARG instructions before the first FROM.
    package internal(set) var metaArgs: [Statement] = []
    package internal(set) var stages: [Stage] = []

    init(source: SourceFile) { self.source = source }

    /// The stage with a name (in any case; of several the last) or with an index written in digits.
    package func stage(named name: String) -> Stage? {
        let wanted = name.lowercased()
        if let stage = stages.last(where: { $0.name == wanted }) { return stage }
        guard !name.isEmpty, name.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let index = Int(name),
            stages.indices.contains(index)
        else { return nil }
        return stages[index]
    }

    package func directive(_ name: Directive.Name) -> Directive? { directives.first { $0.name == name } }
}

/// A FROM and what follows it, up to the next one.
package struct Stage: Sendable {
    /// From 0.
    package var index: Int
    /// In lower case; nil without `AS`.
    package var name: String?
    package var from: FromCommand
    package var instruction: Instruction
    package var statements: [Statement] = []
}

/// An instruction together with what it means.
package struct Statement: Sendable {
    package var instruction: Instruction
    package var command: Command
}

/// What parsing gives: as much of the tree as there is, and all errors.
package struct ParseResult: Sendable {
    package let dockerfile: Dockerfile
    /// In the order of the file.
    package let errors: [DockerfileError]

    package var diagnostics: [Diagnostic] { errors.map(\.diagnostic) }

    /// The errors that make the text no Dockerfile, as opposed to one that asks for something impossible.
    package var syntaxErrors: [DockerfileError] { errors.filter(\.kind.isSyntax) }

    /// The tree, if there is no error.
    package func get() throws(DiagnosticList) -> Dockerfile {
        guard errors.isEmpty else { throw DiagnosticList(diagnostics) }
        return dockerfile
    }
}
