// https://docs.docker.com/reference/dockerfile/#run---mount
import Core

extension MountSpec {
    /// The mount with its variables replaced, checked as BuildKit does; options with no effect on the mount's type are
    /// refused. `expand` replaces the variables of one value.
    package func resolve(
        expand: (Word) throws(DockerfileError) -> String
    ) throws(DockerfileError) -> Mount {
        var mount = Mount(range: range)
        var readOnly: Bool?
        var used: [(option: Mount.Option, key: Word)] = []
        for field in fields {
            guard let option = Mount.Option(name: field.key.text) else {
                throw error(.unknownMountOption(option: field.key.text, known: Mount.Option.names), field.key.range)
            }
            used.append((option, field.key))
            guard let word = field.value else {
                switch option {
                case .readonly: readOnly = true
                case .readwrite: readOnly = false
                case .required: mount.required = true
                default: throw error(.mountOptionNeedsValue(field.key.text), field.key.range)
                }
                continue
            }
            let value = try expand(word)
            switch option {
            case .type:
                guard let kind = Mount.Kind(rawValue: value.lowercased()) else {
                    throw error(.unknownMountType(value), word.range)
                }
                mount.kind = kind
            case .from: mount.from = value.isEmpty ? nil : value
            case .source: mount.source = value.isEmpty ? nil : value
            case .target: mount.target = value.isEmpty ? nil : value
            case .readonly: readOnly = try boolean(value, field)
            case .readwrite: readOnly = try !boolean(value, field)
            case .required: mount.required = try boolean(value, field)
            case .id: mount.id = value.isEmpty ? nil : value
            case .env: mount.env = value.isEmpty ? nil : value
            case .sharing:
                guard let sharing = Mount.Sharing(rawValue: value.lowercased()) else {
                    throw invalid(value, field, Mount.Sharing.allCases.map(\.rawValue).joined(separator: ", "))
                }
                mount.sharing = sharing
            case .mode: mount.mode = try number(value, field, radix: 8, "an octal number such as 0755")
            case .uid: mount.uid = try number(value, field, radix: 10, "a number")
            case .gid: mount.gid = try number(value, field, radix: 10, "a number")
            case .size:
                guard let size = ByteSize.parse(value) else {
                    throw invalid(value, field, "a size such as 64m or 1g")
                }
                mount.size = size
            }
        }
        for (option, key) in used where !option.kinds.contains(mount.kind) {
            throw error(.mountOptionNotForType(option: key.text, type: mount.kind.rawValue), key.range)
        }
        mount.readOnly = readOnly ?? (mount.kind != .cache && mount.kind != .tmpfs)
        try check(mount)
        return mount
    }

    private func check(_ mount: Mount) throws(DockerfileError) {
        switch mount.kind {
        case .bind, .cache, .tmpfs:
            if mount.target == nil { throw error(.mountWithoutTarget(type: mount.kind.rawValue), word.range) }
        case .secret:
            if mount.source == nil, mount.target == nil, mount.id == nil { throw error(.secretWithoutName, word.range) }
            if mount.source != nil, mount.id != nil { throw error(.secretSourceAndID, word.range) }
        case .ssh: break
        }
    }

    private func error(_ kind: DockerfileError.Kind, _ range: SourceRange) -> DockerfileError {
        DockerfileError(kind, at: SourceSpan(source, range))
    }

    private func invalid(_ value: String, _ field: Field, _ expected: String) -> DockerfileError {
        error(
            .invalidMountValue(option: field.key.text, value: value, expected: expected),
            field.value?.range ?? field.key.range)
    }

    /// https://pkg.go.dev/strconv#ParseBool
    private func boolean(_ value: String, _ field: Field) throws(DockerfileError) -> Bool {
        switch value {
        case "1", "t", "T", "true", "TRUE", "True": return true
        case "0", "f", "F", "false", "FALSE", "False": return false
        default: throw invalid(value, field, "true or false")
        }
    }

    private func number(
        _ value: String, _ field: Field, radix: Int, _ expected: String
    ) throws(DockerfileError) -> UInt32 {
        guard let first = value.utf8.first, (0x30...0x39).contains(first), let number = UInt32(value, radix: radix)
        else { throw invalid(value, field, expected) }
        return number
    }
}

extension Mount {
    /// The name under which a secret or an agent is given on the command line.
    package var requestedID: String {
        if let name = id ?? source { return name }
        if kind == .secret, let target { return Self.lastComponent(target) }
        return "default"
    }

    /// Where a secret's file appears: the target, else its name under /run/secrets unless only a variable is wanted.
    package var secretPath: String? {
        if let target { return target }
        return env == nil ? "/run/secrets/" + Self.lastComponent(requestedID) : nil
    }

    private static func lastComponent(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
