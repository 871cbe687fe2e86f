import ContentStore
import Core
import OCI
import Testing

@testable import ImageAnalysis

@Suite("advice on what layers copy")
struct AdviceOriginTests {
    /// An image whose last layer gave everything in /app another owner.
    private static func owned(_ command: String = "chown -R 1000 /app") -> ImageStack {
        var stack = ImageStack()
        stack.config.user = "1000"
        stack.layer("COPY . /app # buildkit", line: 2)
        stack.file("app/.git/config", "g", size: 50_000)
        stack.file("app/.env", "e", size: 40) {
            $0.secrets = [SecretFinding(rule: "password", title: "a password", line: 1)]
        }
        stack.layer("RUN /bin/sh -c make # buildkit", line: 3)
        stack.file("app/server", "s", size: 60_000, mode: 0o755) { $0.binary = ImageStack.binary(symbols: 20_000) }
        stack.layer("RUN /bin/sh -c \(command) # buildkit", line: 4)
        stack.file("app/.git/config", "g", size: 50_000, uid: 1000)
        stack.file("app/.env", "e", size: 40, uid: 1000) {
            $0.secrets = [SecretFinding(rule: "password", title: "a password", line: 1)]
        }
        stack.file("app/server", "s", size: 60_000, mode: 0o755, uid: 1000) {
            $0.binary = ImageStack.binary(symbols: 20_000)
        }
        return stack
    }

    private static func pieces(_ stack: ImageStack, _ rule: String) throws -> [Advice] {
        try stack.advice().filter { $0.rule == rule }
    }

    @Test("version control is blamed on the COPY that brought it, not on the chown that copied it")
    func versionControl() throws {
        let pieces = try Self.pieces(Self.owned(), "dockerignore")
        #expect(pieces.map(\.place?.firstLine) == [2])
        #expect(pieces.map(\.after) == ["# .dockerignore\n**/.git"])
    }

    @Test("symbols are stripped where the program is made")
    func symbols() throws {
        let pieces = try Self.pieces(Self.owned(), "strip-symbols")
        #expect(pieces.map(\.place?.firstLine) == [3])
        #expect(pieces.map(\.after) == ["RUN make && strip --strip-unneeded /app/server"])
    }

    @Test("a secret that layers copy is told once, of the layer that brought it")
    func secrets() throws {
        let pieces = try Self.pieces(Self.owned(), "secret")
        #expect(pieces.map(\.place?.firstLine) == [2])
        #expect(
            pieces.first?.after
                == "# .dockerignore\n**/.env\n# and where a RUN needs it: --mount=type=secret,id=env,target=/app/.env")
    }

    @Test(
        "what RUN makes gets its owner in the same RUN, and what lower layers have is left alone",
        arguments: [
            ("chown -R 1000 /app", "RUN make && chown -R 1000 /app/server"),
            (
                "chown -R 1000 /app && chmod 755 /app/server",
                "RUN make && chown -R 1000 /app/server && chmod 755 /app/server"
            ),
            ("chown -R 1000 /app && chmod 600 /app/.env", "RUN make && chown -R 1000 /app/server"),
            ("useradd web && chown -R web /app", "RUN make && useradd web && chown -R web /app/server"),
            ("cd /app && chown -R 1000 .", "RUN make && cd /app && chown -R 1000 /app/server"),
            ("./own", nil),
        ] as [(String, String?)])
    func narrow(_ command: String, _ after: String?) throws {
        let pieces = try Self.pieces(Self.owned(command), "set-owner-in-same-layer")
        #expect(pieces.map(\.after) == [after])
        #expect(pieces.map(\.place?.firstLine) == [3])
    }

    @Test("a directory of the RUN's own is named instead of all that is in it")
    func directory() throws {
        var stack = ImageStack()
        stack.config.user = "1"
        stack.layer("COPY a /srv/a", line: 2)
        stack.file("srv/a", "a", size: 50_000)
        stack.layer("RUN /bin/sh -c make", line: 3)
        for name in 0..<20 { stack.file("srv/out/lib/\(name)", "\(name)", size: 9000) }
        stack.layer("RUN /bin/sh -c chown -R 1 /srv", line: 4)
        stack.file("srv/a", "a", size: 50_000, uid: 1)
        for name in 0..<20 { stack.file("srv/out/lib/\(name)", "\(name)", size: 9000, uid: 1) }
        #expect(try Self.pieces(stack, "set-owner-in-same-layer").map(\.after) == ["RUN make && chown -R 1 /srv/out"])
        #expect(try Self.pieces(stack, "set-owner-while-copying").map(\.after) == ["COPY --chown=1 a /srv/a"])
    }

    @Test("layers that change owner and mode one after the other are both told of the COPY")
    func chain() throws {
        var stack = ImageStack()
        stack.config.user = "1"
        stack.layer("COPY a /a", line: 2)
        stack.file("a", "a", size: 50_000)
        stack.layer("RUN /bin/sh -c chown 1 /a", line: 3)
        stack.file("a", "a", size: 50_000, uid: 1)
        stack.layer("RUN /bin/sh -c chmod 700 /a", line: 4)
        stack.file("a", "a", size: 50_000, mode: 0o700, uid: 1)
        let pieces = try Self.pieces(stack, "set-owner-while-copying")
        #expect(pieces.map(\.place?.firstLine) == [2, 2])
        #expect(pieces.map(\.after) == ["COPY --chown=1 a /a", "COPY --chown=1:0 --chmod=700 a /a"])
    }

    @Test("flags of COPY hold for all of its files: what changes one of them alone is none")
    func partial() throws {
        var stack = ImageStack()
        stack.config.user = "1"
        stack.layer("COPY . /app", line: 2)
        stack.file("app/run.sh", "a", size: 50_000)
        stack.file("app/data", "b", size: 50_000)
        stack.layer("RUN /bin/sh -c chmod +x /app/run.sh", line: 3)
        stack.file("app/run.sh", "a", size: 50_000, mode: 0o755)
        let pieces = try Self.pieces(stack, "set-owner-while-copying")
        #expect(pieces.count == 1)
        #expect(pieces.first?.after == nil)
    }

    @Test("what the base has is not blamed on the base")
    func base() throws {
        var stack = ImageStack()
        stack.config.user = "1"
        stack.layer("ADD rootfs.tar /")
        stack.file("app/.git/config", "g", size: 50_000)
        stack.layer("RUN /bin/sh -c chown -R 1 /app", line: 2)
        stack.file("app/.git/config", "g", size: 50_000, uid: 1)
        #expect(try Self.pieces(stack, "dockerignore").map(\.place?.firstLine) == [2])
    }

    @Test("where a content comes from is followed down through all copies")
    func origins() throws {
        let waste = Waste(
            items: [
                .init(kind: .metadataCopy, path: "a/b", bytes: 1, layer: 1, replacedBy: 3),
                .init(kind: .metadataCopy, path: "a/b", bytes: 1, layer: 3, replacedBy: 4),
                .init(kind: .rewritten, path: "a/c", bytes: 1, layer: 0, replacedBy: 4),
            ], diveEfficiency: 1, diveWastedBytes: 0)
        let origins = ContentOrigins(waste)
        #expect(origins.layer(of: "a/b", in: 4) == 1)
        #expect(origins.layer(of: "a/b", in: 2) == 2)
        #expect(origins.layer(of: "a/c", in: 4) == 4)
        #expect(origins.layer(ofDirectory: "a", in: 4) == 1)
        #expect(origins.layer(ofDirectory: "x", in: 4) == 4)
    }
}
