import BuildGraph
import Core
import Layers
import Testing

@Suite("users by the image's own files")
struct UserResolverTests {
    private let users = UserResolver(
        StackTree([
            ListedLayer(
                LayerContents([
                    .file(
                        "etc/passwd",
                        bytes: Array(
                            """
                            root:x:0:0:root:/root:/bin/sh
                            broken line
                            joe:x:1234:1235:Joe:/home/joe:/bin/sh
                            short:x:7:8
                            7777:x:5:6::/x:
                            """.utf8)),
                    .file("etc/group", bytes: Array("team:x:777:joe,root\nstaff:x:50:ann\naudio:x:29:joe\n".utf8)),
                ]))
        ]), span: nil)

    @Test(
        "owners of --chown",
        arguments: [
            ("joe", 1234, 1235), ("joe:team", 1234, 777), ("joe:9", 1234, 9), ("55", 55, 55), ("55:66", 55, 66),
            ("55:", 55, 0), ("joe:", 1234, 1235), (":team", 0, 777), ("0:staff", 0, 50), ("short", 7, 8),
            ("4294967295", 4_294_967_295, 4_294_967_295),
        ] as [(String, UInt32, UInt32)])
    func owners(text: String, uid: UInt32, gid: UInt32) throws {
        #expect(try users.owner(text) == CopyOperation.Owner(uid: uid, gid: gid))
    }

    @Test(
        "users of programs",
        arguments: [
            ("", ResolvedUser(home: "/root")),
            ("joe", ResolvedUser(uid: 1234, gid: 1235, groups: [777, 29], home: "/home/joe")),
            ("1234", ResolvedUser(uid: 1234, gid: 1235, groups: [777, 29], home: "/home/joe")),
            ("joe:audio", ResolvedUser(uid: 1234, gid: 29, home: "/home/joe")),
            ("4321", ResolvedUser(uid: 4321)), ("4321:5", ResolvedUser(uid: 4321, gid: 5)),
            ("short", ResolvedUser(uid: 7, gid: 8)),
        ])
    func processes(text: String, user: ResolvedUser) throws { #expect(try users.process(text) == user) }

    @Test("unknown names and numbers that are none are refused", arguments: ["nobody", "0:nobody", "4294967296", "-1"])
    func unknown(text: String) {
        let error = #expect(throws: Diagnostic.self) { try users.owner(text) }
        #expect(error?.code.hasPrefix("user.unknown") == true)
    }
}
