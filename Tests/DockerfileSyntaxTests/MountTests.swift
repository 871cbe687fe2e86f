import Core
import DockerfileSyntax
import Testing

@Suite("mounts")
struct MountTests {
    static func resolve(_ value: String, _ variables: [String: String] = [:]) throws -> Mount {
        let result = parse("FROM a\nRUN --mount=\(value) x\n")
        let dockerfile = try result.get()
        guard case .run(let run) = dockerfile.stages[0].statements[0].command else { throw CancellationError() }
        let expander = Expander(escape: dockerfile.escape, source: dockerfile.source) { variables[$0] }
        return try run.mounts[0].resolve { word throws(DockerfileError) in try expander.expand(word) }
    }

    @Test("a bind mount is read-only and comes from the context")
    func bind() throws {
        let mount = try Self.resolve("target=/x")
        #expect(
            mount.kind == .bind && mount.readOnly && mount.target == "/x" && mount.from == nil && mount.source == nil)
        let full = try Self.resolve("type=bind,from=build,src=a/b,dst=/x,rw")
        #expect(full.from == "build" && full.source == "a/b" && !full.readOnly)
        #expect(try !Self.resolve("target=/x,readwrite=true").readOnly)
        #expect(try !Self.resolve("target=/x,ro=false").readOnly)
        #expect(try Self.resolve("destination=/x,readonly").readOnly)
    }

    @Test("a cache is writable and has an owner, a mode and a way to share")
    func cache() throws {
        let mount = try Self.resolve(
            "type=cache,id=go,target=/root/.cache,sharing=LOCKED,mode=0750,uid=1000,gid=50,from=base,source=/c")
        #expect(mount.kind == .cache && !mount.readOnly && mount.sharing == .locked && mount.id == "go")
        #expect(
            mount.mode == 0o750 && mount.uid == 1000 && mount.gid == 50 && mount.from == "base" && mount.source == "/c")
        #expect(try Self.resolve("type=cache,target=/x,ro").readOnly)
        #expect(try Self.resolve("type=cache,target=/x").sharing == nil)
    }

    @Test("tmpfs has a size")
    func tmpfs() throws {
        let mount = try Self.resolve("type=tmpfs,target=/tmp,size=64m")
        #expect(mount.size == 64 << 20 && !mount.readOnly)
    }

    @Test("a secret has a name and a place")
    func secret() throws {
        let file = try Self.resolve("type=secret,id=aws,target=/root/.aws,required,uid=1,mode=0440")
        #expect(file.requestedID == "aws" && file.secretPath == "/root/.aws" && file.required && file.mode == 0o440)
        #expect(try Self.resolve("type=secret,id=a/b").secretPath == "/run/secrets/b")
        #expect(try Self.resolve("required=true,type=secret,target=/etc/token").requestedID == "token")
        let variable = try Self.resolve("type=secret,id=t,env=TOKEN")
        #expect(variable.env == "TOKEN" && variable.secretPath == nil)
        #expect(try Self.resolve("type=secret,source=t,required=false").requestedID == "t")
    }

    @Test("an agent is the default one or a named one")
    func ssh() throws {
        #expect(try Self.resolve("type=ssh").requestedID == "default")
        #expect(try Self.resolve("type=ssh,id=gh,required=1,target=/a").requestedID == "gh")
    }

    @Test("values may hold variables, and quotes hold commas")
    func words() throws {
        let mount = try Self.resolve("type=$T,target=/${D}/x,\"id=a\"", ["T": "cache", "D": "v"])
        #expect(mount.kind == .cache && mount.target == "/v/x" && mount.id == "a")
        #expect(try Self.resolve("'type=cache,\"target=/a,b\"'").target == "/a,b")
        #expect(try Self.resolve("TYPE=Cache,Target=/x").kind == .cache)
    }

    @Test(
        "a faulty mount is an error at the option",
        arguments: [
            ("type=cach,target=/x", "error: unsupported mount type 'cach'", "cach", "did you mean 'cache'?"),
            ("type=cache,tarjet=/x", "error: unexpected mount option 'tarjet'", "tarjet", "did you mean 'target'?"),
            (
                "type=cache,target", "error: mount option 'target' must be a key=value pair", "target",
                "write target=VALUE"
            ),
            (
                "target=/x,size=1m", "error: mount option 'size' is not allowed for type=bind", "size",
                "remove it, or change the type"
            ),
            (
                "target=/x,uid=1", "error: mount option 'uid' is not allowed for type=bind", "uid",
                "remove it, or change the type"
            ),
            ("type=cache,target=/x,uid=a", "error: invalid value 'a' for mount option 'uid'", "a", "give a number"),
            (
                "type=cache,target=/x,mode=9", "error: invalid value '9' for mount option 'mode'", "9",
                "give an octal number such as 0755"
            ),
            (
                "type=cache,target=/x,sharing=all", "error: invalid value 'all' for mount option 'sharing'", "all",
                "give shared, private, locked"
            ),
            ("target=/x,ro=maybe", "error: invalid value 'maybe' for mount option 'ro'", "maybe", "give true or false"),
            (
                "type=tmpfs,target=/x,size=big", "error: invalid value 'big' for mount option 'size'", "big",
                "give a size such as 64m or 1g"
            ),
            ("type=cache", "error: a cache mount needs a target", "type=cache", "write target=/path"),
            (
                "type=secret", "error: invalid secret mount: one of source, target required", "type=secret",
                "write id=NAME"
            ),
            (
                "type=secret,id=a,src=b", "error: both source and id can't be set for a secret mount",
                "type=secret,id=a,src=b", "keep id"
            ),
            (
                "type=secret,id=a,from=b", "error: mount option 'from' is not allowed for type=secret", "from",
                "remove it, or change the type"
            ),
            (
                "from=$A,target=/x", "error: 'from' doesn't support variable expansion, define alias stage instead",
                "$A",
                "add `FROM $NAME AS alias` before this stage and use from=alias"
            ),
        ])
    func errors(value: String, message: String, marked: String, hint: String) throws {
        let result = parse("FROM a\nRUN --mount=\(value) x\n")
        try #require(result.errors.count == 1)
        let error = result.errors[0]
        #expect(error.diagnostic.description.hasPrefix(message + "\n"))
        #expect(error.diagnostic.hint == hint)
        #expect(error.span.map { $0.file.text($0.range) } == marked)
    }

    @Test(
        "what is no list of options is refused",
        arguments: ["", "=", "type=cache,,target=/x", "'a\"b'", "'\"a'", "'\"a\"b'"])
    func malformed(value: String) {
        #expect(parse("FROM a\nRUN --mount=\(value) x\n").errors.first?.kind == .malformedMount)
    }

    @Test("what hangs on a variable is checked when it is known")
    func late() throws {
        let error = #expect(throws: DockerfileError.self) {
            try Self.resolve("type=cache,target=/x,mode=$M", ["M": "x"])
        }
        #expect(error?.span.map { $0.file.text($0.range) } == "$M")
        #expect(error?.kind == .invalidMountValue(option: "mode", value: "x", expected: "an octal number such as 0755"))
    }
}
