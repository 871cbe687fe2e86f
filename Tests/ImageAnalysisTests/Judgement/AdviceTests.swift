import Binaries
import ContentStore
import Core
import Inventory
import Layers
import OCI
import Testing

@testable import ImageAnalysis

@Suite("advice")
struct AdviceTests {
    /// The advice of one rule for an image of layers that were made by RUN or COPY at lines 2, 3, …
    private static func advice(_ rule: String, _ build: (inout ImageStack) -> Void) throws -> Advice? {
        var stack = ImageStack()
        stack.config.user = "1000"
        build(&stack)
        let all = try stack.explanation().advice
        let found = all.filter { $0.rule == rule }
        #expect(found.count <= 1)
        return found.first
    }

    @Test("what a later RUN deletes is deleted in the RUN that makes it")
    func deleted() throws {
        let advice = try Self.advice("delete-in-same-layer") {
            $0.layer("RUN /bin/sh -c make # buildkit", line: 2)
            $0.file("src/a", size: 50_000)
            $0.file("src/b", "b", size: 10_000)
            $0.layer("RUN /bin/sh -c rm -rf /src # buildkit", line: 3)
            $0.whiteout("src")
        }
        #expect(advice?.bytes == 60_000)
        #expect(advice?.place?.firstLine == 2)
        #expect(advice?.before == "RUN make")
        #expect(advice?.after == "RUN make && rm -rf /src")
        #expect(
            advice?.title == "60.0 kB that a later layer deletes travel all the same: delete them where they are made, "
                + "and no more in line 3")
    }

    @Test("lists that a later RUN needs are removed behind that, in one RUN with it")
    func listsNeededLater() throws {
        let advice = try Self.advice("package-lists") {
            $0.layer("RUN /bin/sh -c apt-get update", line: 2)
            $0.file("var/lib/apt/lists/deb_Packages", size: 50_000)
            $0.layer("RUN /bin/sh -c apt-get install -y curl", line: 3)
            $0.file("usr/bin/curl", size: 50_000)
        }
        #expect(advice?.before == "RUN apt-get update\nRUN apt-get install -y curl")
        #expect(advice?.after == "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*")
    }

    @Test("a cache that is cleaned already is not cleaned twice")
    func cleanedAlready() throws {
        let advice = try Self.advice("package-cache") {
            $0.layer("RUN /bin/sh -c apt-get install -y curl && apt-get clean", line: 2)
            $0.file("var/cache/apt/pkgcache.bin", size: 50_000)
        }
        #expect(advice?.after?.contains("clean && apt-get clean") != true)
    }

    @Test("of many paths the command that deletes them is moved")
    func deletedMany() throws {
        let advice = try Self.advice("delete-in-same-layer") {
            $0.layer("RUN /bin/sh -c make", line: 2)
            for name in 0..<9 { $0.file("tmp/\(name)", "\(name)", size: 9000) }
            $0.layer("RUN /bin/sh -c rm /tmp/*", line: 3)
            for name in 0..<9 { $0.whiteout("tmp/\(name)") }
        }
        #expect(advice?.after == "RUN make && rm /tmp/*")
    }

    @Test("what is copied, used and deleted is lent to RUN")
    func lent() throws {
        let advice = try Self.advice("bind-instead-of-copy") {
            $0.layer("COPY pkg.deb /tmp/pkg.deb # buildkit", line: 2)
            $0.file("tmp/pkg.deb", size: 50_000)
            $0.layer("RUN /bin/sh -c dpkg -i /tmp/pkg.deb && rm /tmp/pkg.deb", line: 3)
            $0.whiteout("tmp/pkg.deb")
        }
        #expect(
            advice?.after
                == "RUN --mount=type=bind,source=pkg.deb,target=/tmp/pkg.deb dpkg -i /tmp/pkg.deb")
        #expect(
            advice?.before == "COPY pkg.deb /tmp/pkg.deb\nRUN dpkg -i /tmp/pkg.deb && rm /tmp/pkg.deb")
    }

    @Test("an owner is set while copying")
    func owner() throws {
        let advice = try Self.advice("set-owner-while-copying") {
            $0.layer("COPY app /app # buildkit", line: 2)
            $0.file("app", size: 50_000)
            $0.layer("RUN /bin/sh -c chown -R web:web /app && chmod 755 /app", line: 3)
            $0.file("app", size: 50_000, mode: 0o755, uid: 1000)
        }
        #expect(advice?.place?.firstLine == 2)
        #expect(advice?.before == "COPY app /app")
        #expect(advice?.after == "COPY --chown=web:web --chmod=755 app /app")
    }

    @Test("what RUN makes gets its owner in the same RUN")
    func ownerOfRun() throws {
        let advice = try Self.advice("set-owner-in-same-layer") {
            $0.layer("RUN /bin/sh -c make", line: 2)
            $0.file("app", size: 50_000)
            $0.layer("RUN /bin/sh -c chown 1 /app", line: 3)
            $0.file("app", size: 50_000, uid: 1)
        }
        #expect(advice?.after == "RUN make && chown 1 /app")
    }

    @Test("package lists are removed where they are fetched, and nothing is installed that nobody asked for")
    func lists() throws {
        let build: (inout ImageStack) -> Void = {
            $0.layer("RUN /bin/sh -c apt-get update && apt-get install -y curl # buildkit", line: 2)
            $0.file("var/lib/apt/lists/deb_Packages", size: 50_000)
        }
        #expect(
            try Self.advice("package-lists", build)?.after
                == "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*")
        let recommends = try Self.advice("no-install-recommends", build)
        #expect(recommends?.after == "RUN apt-get update && apt-get install --no-install-recommends -y curl")
    }

    @Test(
        "caches are not kept, in the way of each package manager",
        arguments: [
            ("pip install -r r.txt", "root/.cache/pip/x", "RUN pip install --no-cache-dir -r r.txt"),
            ("apk add curl", "var/cache/apk/x", "RUN apk add --no-cache curl"),
            ("npm ci", "root/.npm/_cacache/x", "RUN npm ci && npm cache clean --force"),
            ("dnf install -y x", "var/cache/dnf/x", "RUN dnf install -y x && dnf clean all"),
            (
                "go build -o /app", "root/.cache/go-build/x",
                "RUN --mount=type=cache,target=/root/.cache/go-build --mount=type=cache,target=/go/pkg/mod "
                    + "go build -o /app"
            ),
            ("./install", "root/.cache/tool/x", "RUN ./install && rm -rf /root/.cache"),
        ])
    func caches(_ command: String, _ path: String, _ after: String) throws {
        let advice = try Self.advice("package-cache") {
            $0.layer("RUN /bin/sh -c " + command, line: 2)
            $0.file(path, size: 50_000)
        }
        #expect(advice?.after == after)
    }

    @Test("symbols are left out by Go's linker, and stripped from other programs")
    func symbols() throws {
        let go = try Self.advice("strip-symbols") {
            $0.layer("RUN /bin/sh -c cd /src && go build -o /app .", line: 2)
            $0.file("app", size: 50_000, mode: 0o755) {
                $0.binary = ImageStack.binary(symbols: 20_000)
                $0.binary?.go = GoBuild(version: "go1.22")
            }
        }
        #expect(go?.after == #"RUN cd /src && go build -trimpath -ldflags="-s -w" -o /app ."#)
        #expect(go?.bytes == 20_000)
        let c = try Self.advice("strip-symbols") {
            $0.layer("RUN /bin/sh -c make install", line: 2)
            $0.file("usr/bin/my app", size: 50_000, mode: 0o755) {
                $0.binary = ImageStack.binary(symbols: 5000, debug: 20_000)
            }
        }
        #expect(c?.after == "RUN make install && strip --strip-unneeded '/usr/bin/my app'")
        #expect(c?.bytes == 25_000)
    }

    @Test("symbols of libraries of one layer are one piece, with the largest first")
    func symbolsOfMany() throws {
        let advice = try Self.advice("strip-symbols") {
            $0.layer("RUN /bin/sh -c make install", line: 2)
            for (name, bytes) in [("a", Int64(5000)), ("b", 9000), ("c", 7000)] {
                $0.file("usr/lib/lib\(name).so", name, size: 20_000) { facts in
                    facts.binary = ImageStack.binary(.sharedLibrary, symbols: bytes)
                }
            }
        }
        #expect(advice?.bytes == 21_000)
        #expect(
            advice?.title
                == "3 programs and libraries have 21.0 kB of symbols and debug information that no run needs, "
                + "/usr/lib/libb.so the most")
        #expect(
            advice?.after
                == "RUN make install && strip --strip-unneeded /usr/lib/libb.so /usr/lib/libc.so /usr/lib/liba.so")
    }

    @Test("libraries of sanitizers are build tools")
    func sanitizers() {
        func has(_ name: String, _ ecosystem: Component.Ecosystem = .deb) -> Bool {
            BuildTools.has(Component(ecosystem, name: name, version: "1"))
        }
        for name in ["libasan8", "libtsan2", "liblsan0", "libubsan1", "libhwasan0", "libcc1-0", "gcc-12"] {
            #expect(has(name))
        }
        for name in ["libatomic1", "libgomp1", "libstdc++6", "gcc-12-base", "libasan"] { #expect(!has(name)) }
        #expect(has("libasan", .rpm))
    }

    @Test("version control is kept out of the context")
    func ignore() throws {
        let advice = try Self.advice("dockerignore") {
            $0.layer("COPY . /app", line: 2)
            $0.file("app/.git/objects/a", size: 50_000)
        }
        #expect(advice?.risk == 1)
        #expect(advice?.after == "# .dockerignore\n**/.git")
        let cloned = try Self.advice("dockerignore") {
            $0.layer("RUN /bin/sh -c git clone x /app", line: 2)
            $0.file("app/.git/objects/a", size: 50_000)
        }
        #expect(cloned?.after == "RUN git clone x /app && rm -rf /app/.git")
    }

    @Test("a toolchain in the final stage asks for one more stage")
    func stages() throws {
        let advice = try Self.advice("multi-stage") {
            $0.config.entrypoint = ["/app"]
            $0.layer("COPY go /usr/local/go", line: 2)
            $0.file("usr/local/go/bin/go", size: 2_000_000)
            $0.layer("RUN /bin/sh -c go build", line: 3)
            $0.file("app", "app", size: 50_000, mode: 0o755) { $0.binary = ImageStack.binary() }
        }
        #expect(advice?.bytes == 2_000_000)
        #expect(advice?.place?.firstLine == 2)
        #expect(
            advice?.after == """
                # Behind the stage that is there now, whose FROM gets "AS build":
                FROM base:static
                COPY --from=build /app /app
                # and in the same way what else it reads while it runs
                USER 1000:0
                ENTRYPOINT ["/app"]
                """)
    }

    @Test("whoever runs as root is told, under all its names", arguments: [nil, "", "0", "root", "0:0", "root:5"])
    func root(_ user: String?) throws {
        let advice = try Self.advice("non-root") {
            $0.config.user = user
            $0.layer("COPY a /", line: 2)
            $0.file("a", size: 10)
        }
        #expect(advice?.after == "USER 65532:65532")
        let other = try Self.advice("non-root") {
            $0.config.user = "10"
            $0.layer()
        }
        #expect(other == nil)
    }

    @Test("what the base brings is not held against the Dockerfile")
    func base() throws {
        var stack = ImageStack()
        stack.config.user = "1"
        stack.layer("RUN /bin/sh -c apt-get install x")
        stack.file("var/lib/apt/lists/x", size: 50_000)
        stack.file("gone", "g", size: 50_000)
        stack.layer("RUN /bin/sh -c apt-get upgrade", line: 2)
        stack.whiteout("gone")
        #expect(try stack.explanation().advice.map(\.rule) == ["no-install-recommends", "deleted-from-base"].suffix(1))
    }

    @Test("secrets come first, and much is worth more than little")
    func order() throws {
        var stack = ImageStack()
        stack.config.user = "1"
        stack.layer("COPY . /app", line: 2)
        stack.file("app/key", size: 10) {
            $0.secrets = [SecretFinding(rule: "private-key", title: "a private key", line: 1)]
        }
        stack.file("app/.git/a", "1", size: 50_000)
        stack.layer("RUN /bin/sh -c ./x", line: 3)
        stack.file("root/.cache/x", "2", size: 70_000)
        stack.file("a", "3", size: 5_000_000)
        stack.file("b", "3", size: 5_000_000)
        #expect(
            try stack.explanation().advice.map(\.rule) == ["secret", "duplicates", "dockerignore", "package-cache"])
    }

    @Test(
        "a link takes the place of a copy with the same rights, and of no other", arguments: [0o644, 0o755] as [UInt32])
    func links(mode: UInt32) throws {
        let advice = try Self.advice("duplicates") {
            $0.layer("RUN /bin/sh -c make", line: 2)
            $0.file("a", "same", size: 50_000)
            $0.hardlink("b", to: "a")
            $0.layer("RUN /bin/sh -c change", line: 3)
            $0.file("a", "same", size: 50_000, mode: mode)
        }
        #expect(advice?.title == "50.0 kB are there under another path too, the largest /a, which is /b")
        #expect(advice?.after == (mode == 0o644 ? "RUN change && ln -sf /b /a" : nil))
    }

    @Test("figures are short and names are safe in a shell")
    func texts() {
        #expect(
            [0, 999, 1000, 1234, 99_949, 99_950, 123_456, 999_999, 1_000_000, 5_550_000_000].map(AdviceText.bytes) == [
                "0 B", "999 B", "1.0 kB", "1.2 kB", "99.9 kB", "100 kB", "123 kB", "1000 kB", "1.0 MB", "5.6 GB",
            ])
        #expect(AdviceText.quoted("a/b-c_d.e") == "/a/b-c_d.e")
        #expect(AdviceText.quoted(BytePath(cleaning: "a/it's $x")) == "'/a/it'\\''s $x'")
        #expect(AdviceText.topmost(["a/b", "a", "c/d", "a/b/c"]) == ["a", "c/d"])
        #expect(AdviceText.common(["a/b/c", "a/b/d/e", "a/f"]) == "a")
        #expect(AdviceText.common(["a/b", "c"]) == nil)
    }
}
