// https://docs.docker.com/reference/dockerfile/#overview

/// The instructions of the language.
package enum Keyword: String, Sendable, CaseIterable {
    case add = "ADD"
    case arg = "ARG"
    case cmd = "CMD"
    case copy = "COPY"
    case entrypoint = "ENTRYPOINT"
    case env = "ENV"
    case expose = "EXPOSE"
    case from = "FROM"
    case healthcheck = "HEALTHCHECK"
    case label = "LABEL"
    case maintainer = "MAINTAINER"
    case onbuild = "ONBUILD"
    case run = "RUN"
    case shell = "SHELL"
    case stopsignal = "STOPSIGNAL"
    case user = "USER"
    case volume = "VOLUME"
    case workdir = "WORKDIR"

    /// Reads a keyword in any case.
    package init?(anyCase text: String) {
        guard text.utf8.count <= 11 else { return nil }
        self.init(rawValue: text.uppercased())
    }

    /// How the arguments are split.
    enum Grammar {
        /// The JSON form, or everything as one word.
        case jsonOrText
        /// The JSON form, or words.
        case jsonOrWords
        /// Words between blanks.
        case words
        /// Everything as one word.
        case text
        /// `name=value ...` or `name value`.
        case pairs
        /// `name[=value] ...` with quotes.
        case assignments
        /// A type, then ``jsonOrText``.
        case health
        /// Another instruction.
        case instruction
    }

    var grammar: Grammar {
        switch self {
        case .add, .copy, .volume: .jsonOrWords
        case .cmd, .entrypoint, .run, .shell: .jsonOrText
        case .expose, .from: .words
        case .maintainer, .stopsignal, .user, .workdir: .text
        case .env, .label: .pairs
        case .arg: .assignments
        case .healthcheck: .health
        case .onbuild: .instruction
        }
    }

    var takesHeredocs: Bool { self == .run || self == .copy || self == .add }
}
