// https://docs.docker.com/reference/dockerfile/

/// What an instruction means. Words are unexpanded: variables are known only when the build runs.
package indirect enum Command: Sendable {
    case from(FromCommand)
    case run(RunCommand)
    case cmd(CommandLine)
    case entrypoint(CommandLine)
    case label([Pair])
    case env([Pair])
    case expose([Word])
    case add(AddCommand)
    case copy(CopyCommand)
    case user(Word)
    case workdir(Word)
    case volume([Word])
    case arg([ArgEntry])
    case onbuild(OnbuildCommand)
    case stopsignal(Word)
    case healthcheck(HealthcheckCommand)
    case shell([Word])
    case maintainer(Word)
}

package struct FromCommand: Sendable {
    package var image: Word
    package var platform: Word?
    /// The stage's name as written.
    package var name: Word?
}

/// The program of RUN, CMD and ENTRYPOINT.
package struct CommandLine: Sendable {
    package enum Form: Sendable {
        /// Text for the shell.
        case shell(Word)
        /// The program and its arguments. May be empty for CMD and ENTRYPOINT, which unsets them.
        case exec([Word])
    }

    package var form: Form
    package var heredocs: [Heredoc] = []
}

package struct RunCommand: Sendable {
    /// https://docs.docker.com/reference/dockerfile/#run---network
    package enum NetworkMode: String, Sendable, CaseIterable {
        case `default`, none, host
    }

    /// https://docs.docker.com/reference/dockerfile/#run---security
    package enum SecurityMode: String, Sendable, CaseIterable {
        case sandbox, insecure
    }

    package var line: CommandLine
    package var mounts: [MountSpec] = []
    package var network: NetworkMode = .default
    package var security: SecurityMode = .sandbox
}

/// Where COPY and ADD take a file from.
package enum CopySource: Sendable {
    case path(Word)
    indirect case heredoc(Heredoc)
}

/// What COPY and ADD have in common.
package struct Transfer: Sendable {
    package var sources: [CopySource]
    package var destination: Word
    package var chown: Word?
    package var chmod: Word?
    package var link = false
    /// Patterns of files that are left out.
    package var excludes: [Word] = []
}

package struct CopyCommand: Sendable {
    package var transfer: Transfer
    /// A stage, an index, an image or a named context; nil for the build context.
    package var from: Word?
    package var parents = false
}

package struct AddCommand: Sendable {
    package var transfer: Transfer
    package var checksum: Word?
    package var keepGitDir = false
    /// Nil leaves it to the kind of source: local archives are unpacked, downloads aren't.
    package var unpack: Bool?
}

/// One variable of an ARG.
package struct ArgEntry: Sendable {
    package var name: Word
    package var value: Word?
}

package struct OnbuildCommand: Sendable {
    /// The trigger as the image config keeps it.
    package var expression: String
    package var trigger: Statement
}

package struct HealthcheckCommand: Sendable {
    package enum Test: Sendable {
        /// Turns a check off that the base image has.
        case none
        case shell(Word)
        case exec([Word])
    }

    package var test: Test
    /// Nanoseconds; 0 leaves the runtime's default.
    package var interval: Int64 = 0
    package var timeout: Int64 = 0
    package var startPeriod: Int64 = 0
    package var startInterval: Int64 = 0
    /// 0 leaves the runtime's default.
    package var retries = 0
}
