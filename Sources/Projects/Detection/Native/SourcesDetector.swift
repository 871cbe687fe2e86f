/// C and C++ sources that nothing but a compiler is needed for.
struct SourcesDetector {
    private let input: DetectionInput
    private let sources: [String]
    private var tree: ProjectTree { input.tree }

    private static let cSuffix = ".c"
    private static let plusPlusSuffixes = [".cc", ".cpp", ".cxx", ".C"]
    /// Directories whose sources are no part of the program.
    private static let side: Set<Substring> = [
        "test", "tests", "example", "examples", "bench", "benchmarks", "docs", "doc", "third_party", "vendor",
    ]

    init(_ input: DetectionInput) {
        self.input = input
        sources = Self.sources(input.tree).filter(Words.isPlain)
    }

    private static func isPlusPlus(_ path: String) -> Bool { plusPlusSuffixes.contains(where: path.hasSuffix) }

    private static func sources(_ tree: ProjectTree) -> [String] {
        tree.paths.filter { path in
            (path.hasSuffix(cSuffix) || isPlusPlus(path))
                && !path.split(separator: "/").dropLast().contains(where: side.contains)
        }
    }

    /// The first file with a program's beginning that stands in the project's own directory or in `src`.
    static func mainFile(_ tree: ProjectTree) -> String? {
        sources(tree).first { path in
            ["", "src/"].contains { path.hasPrefix($0) && !path.dropFirst($0.count).contains("/") }
                && (tree.text(path) == nil || hasMain(path, tree))
        }
    }

    private static func hasMain(_ path: String, _ tree: ProjectTree) -> Bool {
        tree.firstLine(in: [path], { isMain($0) ? true : nil }) != nil
    }

    /// `int main(void) {`, `auto main() -> int`, or `main(…)` under its type.
    static func isMain(_ line: Substring) -> Bool {
        let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
        guard let index = words.firstIndex(of: "main"), let found = line.firstRange(of: "main") else { return false }
        let before: Set<Substring> = ["int", "auto", "void", "signed", "extern", "C"]
        let rest = line[found.upperBound...].drop { $0 == " " }
        let isDeclaration = Words.trimmed(line).hasSuffix(");")
        return words[..<index].allSatisfy(before.contains) && rest.hasPrefix("(") && !isDeclaration
            && line.first != " " && line.first != "\t" && line.first != "/"
    }

    // MARK: - The project

    func project() throws(ProjectError) -> Project {
        let mains = sources.filter { Self.hasMain($0, tree) }
        let shipped = mains.filter { !["test", "bench"].contains(where: Words.name($0).lowercased().contains) }
        guard let first = (shipped.isEmpty ? mains : shipped).first else {
            throw .nothingToRun(
                .c, looked: "no C or C++ file has a function main()",
                hint: "a library needs no image; run it where the program is")
        }
        let programs = shipped.isEmpty ? [first] : shipped
        let parts = sources.filter { !mains.contains($0) }
        let names = programs.map { name(of: $0, isOnly: programs.count == 1) }
        var project = Project(kind: .c, name: names[0])
        for path in Self.sources(tree).filter({ !Words.isPlain($0) }).prefix(3) {
            project.remarks.append("\(path) is left out: no shell takes its name as it is")
        }
        for (path, name) in zip(programs, names) {
            project.conclude("program", "\(path) → /\(name)", "main() in \(path)")
        }
        let headers = tree.files(".h", ".hpp", ".hh")
        let needs = SystemHeaders(tree, in: programs + parts + headers)
        let isPlusPlus = (programs + parts).contains(where: Self.isPlusPlus)
        // What loads libraries at run time has no use for a static C library.
        let loader = tree.firstUse(of: Self.loading, in: programs + parts)
        let isStatic = needs.libraries.allSatisfy(Self.linkable.contains) && loader == nil
        let stages = NativeStages(
            input: input, libraries: NativeLibraries(words: needs.libraries.map { "-l" + $0 }), isPlusPlus: isPlusPlus,
            staticWhy: isStatic ? "nothing in it needs a shared library" : nil, tools: [],
            dynamicWhy: loader.map { "\($0.needle.dropLast()) in \($0.place)" })
        ServiceSigns(tree, in: programs + parts).apply(to: &project, input.choices)
        let builder = stages.builder(&project)
        var lines = NativeStages.install(builder.install) + ["WORKDIR /src", "COPY . .", "RUN install -d /out \\"]
        let commands = zip(programs, names).map { path, name in
            command([path] + parts, to: name, needs: needs, isStatic: isStatic, headers: headers)
        }
        lines += commands.joined(separator: [" \\"]).reduce(into: []) { lines, line in
            if line == " \\" { lines[lines.count - 1] += line } else { lines.append(line) }
        }
        project.build = StagePlan(image: builder.image, lines: lines)
        stages.runtime(sources: programs + parts, &project)
        DataFiles(tree, sources: programs + parts).apply(to: &project)
        project.programs = names.map { name in
            ProgramPlan(
                name: Words.safeName(name), copies: ["COPY --from=build /out/\(name) /\(name)"],
                entrypoint: ["/" + name])
        }
        project.ignored = ["**/*.o", "**/*.a", "**/a.out"]
        return project
    }

    /// `hello` of `src/hello.c`; a lone `main.c` is called as the directory is.
    private func name(of path: String, isOnly: Bool) -> String {
        let file = Words.name(path)
        let stem = file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
        return isOnly && stem == "main" ? Words.safeName(input.name) : stem
    }

    private static let loading = [
        "dlopen(", "getaddrinfo(", "gethostbyname(", "getpwnam(", "getpwuid(", "getgrnam(", "getgrgid(", "iconv_open(",
    ]
    /// Libraries whose archives bring all they need.
    private static let linkable: Set<String> = ["m", "pthread", "rt", "z", "bz2", "lzma", "zstd", "yaml"]

    /// The lines that compile a program. C in a C++ program is compiled as C.
    private func command(
        _ files: [String], to name: String, needs: SystemHeaders, isStatic: Bool, headers: [String]
    ) -> [String] {
        let options = ["-O2"] + needs.includes.map { "-I" + $0 } + includes(headers, files)
        let link =
            (isStatic ? ["-static"] : []) + ["-s", "-o", "/out/" + name]
        let libraries = needs.libraries.map { $0 == "pthread" ? "-pthread" : "-l" + $0 }
        let plain = files.filter { !Self.isPlusPlus($0) }
        let mixed = files.filter(Self.isPlusPlus)
        if mixed.isEmpty { return Self.wrapped(["gcc"] + options + link + plain + libraries) }
        guard !plain.isEmpty else { return Self.wrapped(["g++"] + options + link + mixed + libraries) }
        let objects = plain.enumerated().map { "/tmp/\(name)-\($0.offset).o" }
        var out: [String] = []
        for (path, object) in zip(plain, objects) {
            let lines = Self.wrapped(["gcc"] + options + ["-c", "-o", object, path])
            out += lines.dropLast() + lines.suffix(1).map { $0 + " \\" }
        }
        return out + Self.wrapped(["g++"] + options + link + mixed + objects + libraries)
    }

    /// Directories of headers that a source beside them would not find by itself.
    private func includes(_ headers: [String], _ files: [String]) -> [String] {
        let own = Set(files.map(Words.directory))
        var out: [String] = []
        for directory in headers.map(Words.directory) {
            let isAlone = own == [directory]
            if !isAlone, Words.isPlain(directory), !out.contains(directory), out.count < 20 { out.append(directory) }
        }
        return out.map { "-I" + $0 }
    }

    /// A command as lines behind `RUN … \`, none much longer than 100 characters.
    private static func wrapped(_ words: [String]) -> [String] {
        var lines: [String] = []
        var line = "    &&"
        for word in words {
            if line.utf8.count + word.utf8.count > 100 {
                lines.append(line + " \\")
                line = "       "
            }
            line += " " + word
        }
        return lines + [line]
    }
}

/// What sources include of the system, and the libraries that stand behind it.
struct SystemHeaders {
    /// Names as `-l` has them, in order.
    private(set) var libraries: [String] = []
    /// Directories of headers that compilers don't look into.
    private(set) var includes: [String] = []

    private static let known: [String: [String]] = [
        "math.h": ["m"], "cmath": ["m"], "complex.h": ["m"], "pthread.h": ["pthread"], "threads.h": ["pthread"],
        "thread": ["pthread"], "mqueue.h": ["rt"], "curl/curl.h": ["curl"], "zlib.h": ["z"], "sqlite3.h": ["sqlite3"],
        "png.h": ["png"], "jpeglib.h": ["jpeg"], "libxml/parser.h": ["xml2"], "libxml/tree.h": ["xml2"],
        "lzma.h": ["lzma"], "bzlib.h": ["bz2"], "zstd.h": ["zstd"], "uuid/uuid.h": ["uuid"], "yaml.h": ["yaml"],
        "event2/event.h": ["event"], "uv.h": ["uv"], "pcre2.h": ["pcre2-8"], "ncurses.h": ["ncurses"],
        "curses.h": ["ncurses"], "readline/readline.h": ["readline"], "libpq-fe.h": ["pq"],
        "microhttpd.h": ["microhttpd"], "jansson.h": ["jansson"], "cjson/cJSON.h": ["cjson"], "expat.h": ["expat"],
        "ev.h": ["ev"], "gmp.h": ["gmp"], "sodium.h": ["sodium"], "archive.h": ["archive"], "seccomp.h": ["seccomp"],
        "sys/capability.h": ["cap"], "hiredis/hiredis.h": ["hiredis"], "zmq.h": ["zmq"],
    ]
    private static let directories = ["xml2": "/usr/include/libxml2", "pq": "/usr/include/postgresql"]

    init(_ tree: ProjectTree, in paths: [String]) {
        for path in paths {
            for line in (tree.text(path) ?? "").split(separator: "\n") where line.utf8.count < 500 {
                guard let name = Self.included(line) else { continue }
                let found = name.hasPrefix("openssl/") ? ["ssl", "crypto"] : Self.known[name] ?? []
                for library in found where !libraries.contains(library) {
                    libraries.append(library)
                    if let directory = Self.directories[library] { includes.append(directory) }
                }
            }
        }
    }

    /// `zlib.h` of `#include <zlib.h>`.
    private static func included(_ line: Substring) -> String? {
        let text = line.filter { $0 != " " && $0 != "\t" }
        guard text.hasPrefix("#include<"), let end = text.firstIndex(of: ">") else { return nil }
        return String(text[..<end].dropFirst(9))
    }
}
