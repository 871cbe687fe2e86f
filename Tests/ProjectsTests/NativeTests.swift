import Projects
import Testing

@testable import Projects

@Suite("C and C++ projects")
struct NativeTests {
    @Test(
        "programs that makefiles link",
        arguments: [
            ("app: a.o\n\tcc -o app a.o\n", ["app"]), ("app: a.o\n\t$(CC) $^ -o $@\n", ["app"]),
            ("N = app\n$(N): a.c\n\t${CC} -o ${N} a.c\n", ["app"]),
            ("app: app.o util.o\n", ["app"]), ("%: %.c\n\tcc -o $@ $<\n", []),
            ("TARGET := app\nall:\n\t./build.sh\n", ["app"]),
            ("a.o: a.c\n\tcc -c -o a.o a.c\n", []), ("lib.so: a.o\n\tcc -shared -o lib.so a.o\n", []),
            ("app: a.o; cc -o app a.o\n", ["app"]), ("a b: x.o\n\tcc -o $@ x.o\n", ["a"]),
            ("app: \\\n a.o\n\tcc \\\n\t-o app a.o\n", ["app"]),
            ("A = $(A)\napp: a.o\n\tcc -o $(A)app a.o\n", []), ("app:\n\tcc -o /usr/bin/app a.c\n", []), ("", []),
            ("$(", []), (":\n\t-o", []),
        ])
    func programs(_ text: String, _ programs: [String]) { #expect(Makefile(text).programs == programs) }

    private func make(_ makefile: String, _ source: String = "main.c", images: ImageSource = .assembled) throws
        -> Project
    {
        try Detector.detect(
            ProjectTree(["Makefile": makefile, source: "int main(void) { return 0; }\n"]), name: "x",
            choices: .images(images))
    }

    @Test("linking decides the base")
    func bases() throws {
        #expect(try make("app: main.c\n\tcc -o app main.c\n").runtime.image == "base:base")
        #expect(try make("app: main.cpp\n\tc++ -o app main.cpp\n", "main.cpp").runtime.image == "base:cc")
        #expect(try make("LDFLAGS = -static\napp: main.c\n\tcc $(LDFLAGS) -o app main.c\n").runtime.image == "scratch")
        #expect(
            try make("app: main.c\n\tcc -o app main.c\n", images: .registry).runtime.image == "debian:bookworm-slim")
    }

    @Test("libraries get recipes, or packages of apt for other builders")
    func libraries() throws {
        let makefile = "LDLIBS = -lcurl -lm -lssl\napp: main.c\n\tcc -o app main.c $(LDLIBS) -lfrobnicate\n"
        let project = try make(makefile)
        #expect(project.recipes.map(\.packages) == [["libcurl4-openssl-dev", "libssl-dev"], ["libcurl4"]])
        #expect(project.remarks.contains { $0.contains("frobnicate") })
        let other = try make(makefile, images: .registry)
        #expect(other.recipes.isEmpty)
        #expect(other.build?.lines.contains { $0.contains("libcurl4-openssl-dev libssl-dev") } == true)
    }

    @Test("what a makefile does not do of itself is asked for by name")
    func targets() throws {
        #expect(
            try make("clean:\n\trm -f app\napp: main.c\n\tcc -o app main.c\n").build?.lines.contains("RUN make app \\")
                == true)
        #expect(try make("all: app\napp: main.c\n\tcc -o app main.c\n").build?.lines.contains("RUN make \\") == true)
        #expect(
            try make("CC = clang\napp: main.c\n\tcc -o app main.c\n").build?.lines.contains("RUN make CC=gcc \\")
                == true)
    }

    @Test("calls of CMake, comments and quotes apart")
    func cmake() {
        let calls = CMakeDetector.commands("# no(x)\nAdd_Executable(a \"b c\" # d\n e)\nif(A AND (B))\nset(X 1)")
        #expect(calls.map(\.name) == ["add_executable", "if", "set"])
        #expect(calls.map(\.arguments) == [["a", "b c", "e"], ["A", "AND", "B"], ["X", "1"]])
        #expect(CMakeDetector.commands(")))(((").isEmpty)
    }
}
