import Core
import DockerfileSyntax
import ShellSyntax

/// The variables that hadolint takes for known at an instruction: those of ENV in the stage, and in the stage that it
/// started from, and those of every ARG before. Triggers know only the variables of triggers, whatever stage they are in.
struct KnownVariables {
    private struct Stage {
        var name: String?
        var variables: Set<String>
    }

    private let file: LintFile
    private let ofTriggers: Bool
    /// The next statement to look at.
    private var next = 0
    private var arguments: Set<String> = []
    private var stages: [Stage] = [Stage(variables: [])]
    /// Of several stages with a name the first is what FROM means.
    private var byName: [String: Int] = [:]

    init(_ file: LintFile, ofTriggers: Bool) {
        self.file = file
        self.ofTriggers = ofTriggers
    }

    /// A word of the statement's script is written with a variable that is known there. Statements are to be asked for
    /// in their order.
    mutating func holds(_ word: ShellWord, in statement: LintStatement) -> Bool {
        guard !word.variables.isEmpty else { return false }
        while next < statement.index {
            pass(file.statements[next])
            next += 1
        }
        return word.variables.contains { variable in
            variable.isPlain && (arguments.contains(variable.name) || current.contains(variable.name))
        }
    }

    private var current: Set<String> { stages.last?.variables ?? [] }

    private mutating func pass(_ statement: LintStatement) {
        guard statement.isTrigger == ofTriggers else { return }
        switch statement.command {
        case .from(let from): open(from)
        case .env(let pairs):
            for pair in pairs { stages[stages.count - 1].variables.insert(pair.name.text.unquoted) }
        case .arg(let entries): if let first = entries.first { arguments.insert(first.name.text) }
        default: break
        }
    }

    private mutating func open(_ from: FromCommand) {
        let parent = byName[String(from.hadolintImage.name)]
        stages.append(Stage(name: from.name?.text, variables: parent.map { stages[$0].variables } ?? []))
        if let name = from.name?.text, byName[name] == nil { byName[name] = stages.count - 1 }
    }
}

extension ShellWord.Variable {
    /// `$name` or `${name}`.
    fileprivate var isPlain: Bool {
        !name.isEmpty && (range.count == name.utf8.count + 1 || range.count == name.utf8.count + 3)
    }
}

extension String {
    /// Without the quotes around it.
    fileprivate var unquoted: String {
        guard utf8.count >= 2, let quote = utf8.first, quote == utf8.last,
            quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
        else { return self }
        return String(dropFirst().dropLast())
    }
}
