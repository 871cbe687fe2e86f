import Binaries
import ContentStore
import Core
import Layers
import OCI
import Testing

@testable import ImageAnalysis

@Suite("advice on starting")
struct AdviceStartingTests {
    private static let loader = "/lib64/ld-linux-x86-64.so.2"

    private static func dynamic(_ needed: [String], go packages: [String]? = nil) -> BinaryFacts {
        var facts = BinaryFacts(
            kind: .executable, bits: 64, isLittleEndian: true, architecture: "amd64", isDynamic: true)
        facts.interpreter = loader
        facts.needed = needed
        if let packages {
            facts.go = GoBuild(version: "go1.22")
            facts.go?.packagesWithC = packages
        }
        return facts
    }

    private static func library(_ name: String, _ needed: [String] = []) -> BinaryFacts {
        var facts = BinaryFacts(
            kind: .sharedLibrary, bits: 64, isLittleEndian: true, architecture: "amd64", isDynamic: true)
        facts.soname = name
        facts.needed = needed
        return facts
    }

    /// An image of some program at /app/server, on a base with some libraries.
    private static func stack(
        _ program: BinaryFacts, libraries: [(String, [String])] = [], instruction: String = "COPY server /app/server"
    ) -> ImageStack {
        var stack = ImageStack()
        stack.config = ContainerConfig(user: "1000", entrypoint: ["/app/server"])
        stack.instructions = ["FROM": 3]
        stack.layer("ADD rootfs.tar /")
        stack.large("usr/share/x", size: 40_000_000)
        if !libraries.isEmpty {
            stack.add(.symlink("lib64", to: "usr/lib64"))
            stack.file("usr/lib64/ld-linux-x86-64.so.2", "ld", size: 100, mode: 0o755) {
                $0.binary = library("ld-linux-x86-64.so.2")
            }
        }
        for (name, needed) in libraries {
            stack.file("usr/lib/x86_64-linux-gnu/" + name, name, size: 100) { $0.binary = library(name, needed) }
        }
        stack.layer(instruction, line: 4)
        stack.file("app/server", "s", size: 10_000, mode: 0o755) { $0.binary = program }
        return stack
    }

    private static let dockerfile = """
        FROM golang AS sdk
        RUN cd /src && go build -o /server .
        FROM base:static
        COPY --from=sdk /server /app/server
        """

    @Test("a program that lacks its loader is put on the base that has it")
    func base() throws {
        let advice = try Self.stack(Self.dynamic(["libc.so.6"])).advice(dockerfile: Self.dockerfile)
        let piece = advice.first { $0.rule == "will-not-start" }
        #expect(piece?.before == "FROM base:static")
        #expect(piece?.after == "FROM base:base")
        #expect(piece?.place?.firstLine == 3)
        let runtime = try Self.stack(Self.dynamic(["libstdc++.so.6", "libc.so.6"])).advice(dockerfile: Self.dockerfile)
        #expect(runtime.first { $0.rule == "will-not-start" }?.after == "FROM base:cc")
    }

    @Test("one library that is missing is copied from where it is built")
    func library() throws {
        let advice = try Self.stack(Self.dynamic(["libz.so.1", "libc.so.6"]), libraries: [("libc.so.6", [])])
            .advice(dockerfile: Self.dockerfile)
        let piece = advice.first { $0.rule == "will-not-start" }
        #expect(
            piece?.after == """
                COPY --from=sdk /usr/lib/x86_64-linux-gnu/libz.so.1 /usr/lib/x86_64-linux-gnu/
                # and in the same way what 'ldd /usr/lib/x86_64-linux-gnu/libz.so.1' names there and this base has not
                """)
    }

    @Test("libraries that the smaller base lacks come along, with all that they need")
    func closure() throws {
        var stack = Self.stack(
            Self.dynamic(["libcurl.so.4", "libc.so.6"]),
            libraries: [
                ("libc.so.6", []), ("libcurl.so.4", ["libc.so.6", "libnghttp2.so.14"]),
                ("libnghttp2.so.14", ["libc.so.6"]),
            ],
            instruction: "RUN /bin/sh -c make")
        stack.file("app/x", "y", size: 10)
        let after = try stack.advice(dockerfile: Self.dockerfile).first { $0.rule == "smaller-base" }?.after
        let directory = "/usr/lib/x86_64-linux-gnu"
        #expect(
            after == """
                FROM base:static AS build
                # What follows it stays; behind that comes
                FROM base:cc
                COPY --from=build /app/server /app/server
                COPY --from=build \(directory)/libcurl.so.4 \(directory)/libcurl.so.4
                COPY --from=build \(directory)/libnghttp2.so.14 \(directory)/libnghttp2.so.14
                # and in the same way what else it reads while it runs
                USER 1000:0
                ENTRYPOINT ["/app/server"]
                """)
    }

    @Test("Go that calls C for nothing but the resolver and users is built without")
    func withoutC() throws {
        let program = Self.dynamic(["libc.so.6"], go: ["net", "os/user"])
        let piece = try Self.stack(program).advice(dockerfile: Self.dockerfile).first { $0.rule == "static-go" }
        #expect(piece?.risk == 2)
        #expect(piece?.place?.firstLine == 2)
        #expect(piece?.before == "RUN cd /src && go build -o /server .")
        #expect(piece?.after == "RUN cd /src && CGO_ENABLED=0 go build -o /server .")
        #expect(
            piece?.title == "/app/server loads libc for nothing: net and os/user alone call C, and do without as well. "
                + "Without cgo it is static, and starts on any base")
        let unknown = try Self.stack(program).advice().first { $0.rule == "static-go" }
        #expect(unknown?.after == "RUN CGO_ENABLED=0 go build …")
    }

    @Test(
        "Go that calls C of its own, or that hides it, is left as it is",
        arguments: [["net", "github.com/mattn/go-sqlite3"], ["main"], nil])
    func withC(_ packages: [String]?) throws {
        var program = Self.dynamic(["libc.so.6"], go: [])
        program.go?.packagesWithC = packages
        #expect(try Self.stack(program).advice().allSatisfy { $0.rule != "static-go" })
    }

    private static func gap(
        _ need: BinaryFacts.Need, env: [String] = [], dockerfile: String? = nil,
        _ edit: (inout ImageStack) -> Void = { _ in }
    ) throws -> Advice? {
        var program = ImageStack.binary()
        program.needs = [need]
        var stack = stack(program)
        stack.config.env = env
        edit(&stack)
        return try stack.advice(dockerfile: dockerfile).first { $0.rule == "runtime-gap" }
    }

    @Test("a directory that is missing or not writable is made, and is no path to copy")
    func temporary() throws {
        let missing = try Self.gap(.temporaryFiles)
        #expect(
            missing?.after == """
                # in the stage 'build':
                RUN install -d -m 1777 /empty/tmp
                # in the last one:
                COPY --from=build /empty/ /
                """)
        let closed = try Self.gap(.temporaryFiles, env: ["TMPDIR=/work/my tmp"], dockerfile: Self.dockerfile) {
            $0.add(.directory("work/my tmp", mode: 0o755))
        }
        #expect(closed?.title.contains("writable for 1000") == true)
        #expect(
            closed?.after
                == "# in the stage 'sdk':\nRUN install -d -m 1777 '/empty/work/my tmp'\n# in the last one:\nCOPY --from=sdk /empty/ /"
        )
        let shell = try Self.gap(.temporaryFiles) { $0.file("bin/sh", "sh", mode: 0o755) }
        #expect(shell?.after == "RUN install -d -m 1777 /tmp")
    }

    @Test("certificates and time zones are copied from where they are to where the image wants them")
    func copies() throws {
        #expect(
            try Self.gap(.certificates, env: ["SSL_CERT_FILE=/etc/my ca.pem"])?.after
                == #"COPY --from=build ["/etc/ssl/certs/ca-certificates.crt", "/etc/my ca.pem"]"#)
        #expect(
            try Self.gap(.timeZones, env: ["TZDIR=/zones"], dockerfile: Self.dockerfile)?.after
                == "COPY --from=sdk /usr/share/zoneinfo /zones")
    }
}
