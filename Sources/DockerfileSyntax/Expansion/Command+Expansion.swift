// https://docs.docker.com/reference/dockerfile/#environment-replacement

/// How variables in an instruction's arguments are replaced.
package enum ArgumentExpansion: Sendable {
    /// The builder leaves them to the shell, or to nobody.
    case none
    /// Each word gives one word.
    case each
    /// Each word gives any number of words.
    case split
}

extension Keyword {
    /// The rule for the arguments. Flags have their own: see ``Command/expandedWords``.
    package var expansion: ArgumentExpansion {
        switch self {
        case .add, .arg, .copy, .env, .from, .label, .stopsignal, .user, .volume, .workdir: .each
        case .expose: .split
        case .cmd, .entrypoint, .healthcheck, .maintainer, .onbuild, .run, .shell: .none
        }
    }
}

extension Command {
    /// Every word of the command whose variables the builder replaces, in the order of the file; of here-documents none.
    package var expandedWords: [Word] {
        switch self {
        case .from(let from): [from.platform, from.image].compactMap { $0 }
        case .run(let run): run.mounts.flatMap { $0.fields.compactMap(\.value) }
        case .label(let pairs), .env(let pairs): pairs.flatMap { [$0.name, $0.value] }
        case .expose(let words), .volume(let words): words
        case .add(let add): add.transfer.expandedWords + [add.checksum].compactMap { $0 }
        case .copy(let copy): copy.transfer.expandedWords
        case .user(let word), .workdir(let word), .stopsignal(let word): [word]
        case .arg(let entries): entries.flatMap { [$0.name] + [$0.value].compactMap { $0 } }
        case .cmd, .entrypoint, .onbuild, .healthcheck, .shell, .maintainer: []
        }
    }
}

extension Transfer {
    fileprivate var expandedWords: [Word] {
        let paths = sources.compactMap { source -> Word? in
            guard case .path(let word) = source else { return nil }
            return word
        }
        return [chown, chmod].compactMap { $0 } + excludes + paths + [destination]
    }
}
