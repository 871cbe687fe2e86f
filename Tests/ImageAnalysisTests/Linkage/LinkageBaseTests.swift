import Binaries
import Core
import Layers
import OCI
import Testing

@testable import ImageAnalysis

@Suite("on which bases a program starts")
struct LinkageBaseTests {
    /// The bases on which an image's program starts, and what is missing first on the others.
    private func starts(_ draft: ImageDraft) -> [String: ProgramVerdict.Missing?] {
        Dictionary(uniqueKeysWithValues: Linkage(draft.image).bases().map { ($0.base, $0.start.missing.first) })
    }

    private static let loader = "/lib64/ld-linux-x86-64.so.2"

    private func draft(_ edit: (inout ImageDraft) -> Void) -> ImageDraft {
        var draft = ImageDraft()
        draft.glibc()
        draft.config.entrypoint = ["/srv/app"]
        edit(&draft)
        return draft
    }

    @Test("bases come in one order")
    func order() {
        let bases = Linkage(draft { $0.binary("srv/app", ImageDraft.facts(.executable)) }.image).bases()
        #expect(bases.map(\.base) == ["scratch", "static", "base", "cc", "alpine"])
        #expect(bases.allSatisfy { $0.start == .isStatic })
    }

    @Test("a C program starts where there is glibc of its version, a C++ program where its runtime is too")
    func glibc() {
        let c = draft {
            $0.program("srv/app", needs: "libc.so.6") {
                $0.versionNeeds = [.init(library: "libc.so.6", versions: ["GLIBC_2.34"])]
            }
        }
        let noLoader = ProgramVerdict.Missing.interpreter(Self.loader)
        #expect(starts(c) == ["scratch": noLoader, "static": noLoader, "base": nil, "cc": nil, "alpine": noLoader])
        let new = draft {
            $0.program("srv/app", needs: "libc.so.6") {
                $0.versionNeeds = [.init(library: "libc.so.6", versions: ["GLIBC_2.38"])]
            }
        }
        let libc: BytePath = "usr/lib/x86_64-linux-gnu/libc.so.6"
        #expect(starts(new)["cc"] == .version("GLIBC_2.38", library: libc, neededBy: "srv/app"))
        let cPlusPlus = draft {
            $0.program("srv/app", needs: "libstdc++.so.6", "libgcc_s.so.1", "libc.so.6") {
                $0.versionNeeds = [.init(library: "libstdc++.so.6", versions: ["GLIBCXX_3.4.30", "CXXABI_1.3.13"])]
            }
        }
        #expect(starts(cPlusPlus)["base"] == .library("libstdc++.so.6", neededBy: "srv/app"))
        #expect(starts(cPlusPlus)["cc"] == .some(nil))
    }

    @Test("a program of musl starts on Alpine alone")
    func musl() {
        let draft = draft {
            $0.program("srv/app", needs: "libc.musl-x86_64.so.1") { $0.interpreter = "/lib/ld-musl-x86_64.so.1" }
        }
        #expect(starts(draft).filter { $0.value == nil }.map(\.key) == ["alpine"])
    }

    @Test("libraries outside of the system's directories go along, those inside stay behind")
    func own() {
        let draft = draft {
            $0.program("srv/app", needs: "libown.so", "libc.so.6") { $0.runpath = ["$ORIGIN/lib"] }
            $0.library("srv/lib/libown.so", needs: "libsys.so")
            $0.library("usr/lib/libsys.so")
        }
        #expect(starts(draft)["base"] == .library("libsys.so", neededBy: "srv/lib/libown.so"))
    }

    @Test("a program in a system's directory goes along, under the name it really has")
    func programOfSystem() {
        let draft = draft {
            $0.config.entrypoint = ["app"]
            $0.binary("usr/sbin/app-1.2", ImageDraft.facts(.executable))
            $0.link("usr/bin/app", "../sbin/app-1.2")
        }
        #expect(starts(draft).values.allSatisfy { $0 == nil })
    }

    @Test("a script starts where its interpreter is: a shell on Alpine, Python nowhere")
    func scripts() {
        let shell = draft {
            $0.script("srv/app", "/bin/sh")
            $0.binary("bin/sh", ImageDraft.facts(.executable))
        }
        let missing = ProgramVerdict.Missing.scriptInterpreter("/bin/sh", script: "srv/app")
        #expect(
            starts(shell) == ["scratch": missing, "static": missing, "base": missing, "cc": missing, "alpine": nil])
        let python = draft {
            $0.config.entrypoint = ["python3", "/srv/main.py"]
            $0.text("srv/main.py", "")
            $0.binary("usr/bin/python3", ImageDraft.facts(.executable))
        }
        #expect(starts(python).values.allSatisfy { $0 == .program("python3") })
    }

    @Test("the shell form wants a shell, and then the program")
    func shellForm() {
        let draft = draft {
            $0.config.entrypoint = ["/bin/sh", "-c", "/srv/app"]
            $0.binary("bin/sh", ImageDraft.facts(.executable))
            $0.program("srv/app", needs: "libc.so.6")
        }
        #expect(starts(draft)["base"] == .shell("/bin/sh"))
        #expect(starts(draft)["alpine"] == .interpreter(Self.loader))
    }

    @Test("each base says what a program will lack on it")
    func gaps() {
        let draft = draft {
            var facts = ImageDraft.facts(.executable)
            facts.needs = Set(BinaryFacts.Need.allCases)
            $0.binary("srv/app", facts)
            $0.config.user = "nonroot"
            $0.text("etc/passwd", "nonroot:x:65532:65532::/:/bin/sh\n")
        }
        let gaps = Dictionary(
            uniqueKeysWithValues: Linkage(draft.image).bases().map { ($0.base, $0.gaps.map(\.missing)) })
        #expect(
            gaps == [
                "scratch": [
                    "/etc/ssl/certs/ca-certificates.crt", "/etc/nsswitch.conf", "/bin/sh", "/tmp",
                    "/usr/share/zoneinfo",
                    "/etc/passwd",
                ],
                "static": ["/bin/sh"], "base": ["/bin/sh"], "cc": ["/bin/sh"],
                "alpine": ["/usr/share/zoneinfo", "an entry for 65532 in /etc/passwd"],
            ])
    }

    @Test("on other architectures the bases are those that exist for them")
    func architectures() {
        func bases(_ architecture: String) -> [String] {
            var draft = ImageDraft()
            draft.platform = Platform(os: "linux", architecture: architecture)
            draft.config.entrypoint = ["/app"]
            draft.binary("app", ImageDraft.facts(.executable, architecture))
            return Linkage(draft.image).bases().map(\.base)
        }
        #expect(bases("arm64") == ["scratch", "static", "base", "cc", "alpine"])
        #expect(bases("riscv64") == ["scratch", "alpine"])
        #expect(bases("mips64le") == ["scratch"])
    }

    @Test("the tables resolve in themselves", arguments: ["amd64", "arm64"])
    func tables(_ architecture: String) throws {
        for base in BaseTable.allCases {
            let layer = try #require(base.layer(architecture))
            let names = Set(layer.facts.compactMap { $0?.binary?.soname })
            for facts in layer.facts {
                for name in facts?.binary?.needed ?? [] { #expect(names.contains(name), "\(base) lacks \(name)") }
            }
        }
    }
}
