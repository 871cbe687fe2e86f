import ContentStore
import Core
import Testing

@Suite("Where the store lies")
struct LocationTests {
    @Test(
        "the environment and the user decide",
        arguments: [
            (["SAMPAN_HOME": "/srv/s", "XDG_DATA_HOME": "/x", "HOME": "/home/u"], false, "/srv/s"),
            (["SAMPAN_HOME": "/srv/s/", "HOME": "/root"], true, "/srv/s"),
            (["SAMPAN_HOME": "", "XDG_DATA_HOME": "/x/", "HOME": "/home/u"], false, "/x/sampan"),
            (["XDG_DATA_HOME": "relative", "HOME": "/home/u"], false, "/home/u/.local/share/sampan"),
            (["HOME": "/home/u/"], false, "/home/u/.local/share/sampan"),
            (["HOME": "/"], false, "/.local/share/sampan"),
            (["XDG_DATA_HOME": "/x", "HOME": "/home/u"], true, "/var/lib/sampan"),
            ([:], true, "/var/lib/sampan"),
        ] as [([String: String], Bool, String)])
    func resolves(environment: [String: String], isRoot: Bool, home: String) throws {
        #expect(try StoreLocation.resolve(environment: environment, isRoot: isRoot) == StoreLocation(home: home))
    }

    @Test("a relative SAMPAN_HOME is taken from the working directory")
    func relative() throws {
        let home = try StoreLocation.resolve(environment: ["SAMPAN_HOME": "here/store"]).home
        #expect(home.hasPrefix("/"))
        #expect(home.hasSuffix("/here/store"))
    }

    @Test("without any home there is an error that names the remedy", arguments: [[:], ["HOME": "relative"]])
    func noHome(environment: [String: String]) {
        #expect(throws: ContentStoreError.noHome) {
            try StoreLocation.resolve(environment: environment, isRoot: false)
        }
        #expect(
            ContentStoreError.noHome.diagnostic.description == """
                error: no place for the store is known
                hint: set SAMPAN_HOME to a directory, or HOME to the user's home

                """)
    }
}
