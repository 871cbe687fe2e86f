import ContentStore
import Core
import Policy
import SampanTestSupport
import Testing

@testable import SampanCommands

struct DockerfileFactsTests {
    private func facts(_ text: String) throws -> DockerfileFacts? {
        let place = try TemporaryDirectory("check")
        try place.file("Dockerfile", text)
        return try DockerfileFacts.read(
            place.path("Dockerfile"), given: true, digest: nil, platform: Platform(os: "linux", architecture: "amd64"))
    }

    @Test("bases are those of the stages that the last one needs")
    func bases() throws {
        let facts = try facts(
            """
            ARG TAG=1.22
            FROM golang:$TAG AS build
            FROM node:20 AS unused
            FROM debian:12 AS run
            COPY --from=build /app /app
            COPY --from=alpine:3 /etc/x /etc/x
            FROM run
            USER 1000
            EXPOSE 8080

            """)
        #expect(facts?.bases.map(\.name) == ["golang:1.22", "debian:12", "alpine:3"])
        #expect(facts?.bases.map(\.isFinal) == [false, true, false])
        #expect(facts?.bases.map(\.place?.firstLine) == [2, 4, 6])
        #expect(facts?.instructions["USER"]?.firstLine == 8)
        #expect(facts?.last?.firstLine == 7)
    }

    @Test("an image of an earlier stage is known by that stage; one whose stage is gone by nothing")
    func target() throws {
        let place = try TemporaryDirectory("check")
        let text = "FROM debian:12 AS one\nUSER 1\nFROM node:20\nUSER 0\n"
        let path = try place.file("Dockerfile", text)
        let platform = Platform(os: "linux", architecture: "amd64")
        func facts(_ target: String?, given: Bool = false) throws -> DockerfileFacts? {
            try DockerfileFacts.read(
                path, given: given, digest: SHA256.digest(of: text), platform: platform, target: target)
        }
        for target in ["one", "0"] {
            #expect(try facts(target)?.bases.map(\.name) == ["debian:12"])
            #expect(try facts(target)?.instructions["USER"]?.firstLine == 2)
        }
        #expect(try facts(nil)?.bases.map(\.name) == ["node:20"])
        #expect(try facts("two") == nil)
        #expect(try facts("two", given: true)?.bases.map(\.name) == ["node:20"])
        // Of another project, or changed since.
        try place.file("Dockerfile", text + "# more\n")
        let other = try facts(nil)
        #expect(other == nil)
        let named = try facts(nil, given: true)
        #expect(named != nil)
    }

    @Test("nothing is known of a Dockerfile that is gone; one that was named must be there")
    func missing() throws {
        let platform = Platform(os: "linux", architecture: "amd64")
        #expect(try DockerfileFacts.read("/nowhere/Dockerfile", given: false, digest: nil, platform: platform) == nil)
        #expect(try DockerfileFacts.read(nil, given: false, digest: nil, platform: platform) == nil)
        func named() throws {
            _ = try DockerfileFacts.read("/nowhere/Dockerfile", given: true, digest: nil, platform: platform)
        }
        #expect(throws: Diagnostic.self) { try named() }
    }
}
