import OCI
import Slimming
import Testing

@testable import SampanCommands

@Suite("how a slim image is started")
struct SlimUserTests {
    private func names(_ option: String?, _ user: String?) -> [String?] {
        SlimUser.choices(option, ContainerConfig(user: user)).map(\.name)
    }

    @Test("root's place is offered to a user without rights", arguments: [nil, "", "root", "0", "0:0", "root:staff"])
    func root(user: String?) {
        #expect(names(nil, user) == ["65532:65532", nil])
        #expect(names("keep", user) == [nil])
        #expect(names("7", user) == ["7"])
        #expect(SlimUser.choices(nil, ContainerConfig(user: user)).map(\.isTrial) == [true, false])
    }

    @Test("another user's place is kept", arguments: ["app", "1000:0", "rooter"])
    func others(user: String) {
        #expect(names(nil, user) == [nil])
        #expect(names("7", user) == ["7"])
    }

    @Test(
        "a shell that only starts a program is not needed",
        arguments: [
            ("./server -a 'b c'", ["./server", "-a", "b c"]), ("exec ./server", ["./server"]), ("a | b", nil),
            ("cd /x && y", nil), ("X=1 y", nil), ("y $HOME", nil), ("y >z", nil), ("echo hello", nil), ("y &", nil),
        ] as [(String, [String]?)])
    func shell(script: String, words: [String]?) {
        let shell = ["/bin/sh", "-c", script]
        #expect(SlimStart.direct(ContainerConfig(cmd: shell))?.cmd == words)
        #expect(SlimStart.direct(ContainerConfig(entrypoint: shell, cmd: ["x"]))?.entrypoint == words)
        #expect(SlimStart.direct(ContainerConfig(entrypoint: ["/a"], cmd: shell))?.cmd == nil)
    }
}
