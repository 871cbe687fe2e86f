/// C and C++ with a makefile.
struct MakeDetector {
    private let input: DetectionInput
    private let makefile: Makefile

    init(_ input: DetectionInput) {
        self.input = input
        makefile = Makefile(input.tree.text(input.marker) ?? "")
    }

    func project() throws(ProjectError) -> Project {
        let tree = input.tree
        let sources = tree.files(".c", ".cc", ".cpp", ".cxx", ".C", ".h", ".hpp")
        let isPlusPlus = sources.contains { [".cc", ".cpp", ".cxx", ".C"].contains(where: $0.hasSuffix) }
        guard !sources.isEmpty else {
            throw .nothingToRun(
                .make, looked: "\(input.marker) is there, but no C or C++ source",
                hint: "--kind says what it is, when it is something else")
        }
        let all = makefile.programs
        let shipped = all.filter { !$0.lowercased().contains("test") && !$0.lowercased().contains("bench") }
        let programs = shipped.isEmpty ? all : shipped
        guard let main = programs.first else {
            throw .nothingToRun(
                .make,
                looked:
                    "no rule of \(input.marker) links a program: none has '-o NAME', no variable is called TARGET or PROGRAM",
                hint: "give the program's name to a variable: PROGRAM = NAME; --kind c compiles the sources without it")
        }
        var project = Project(kind: .make, name: Words.name(main))
        for program in programs {
            project.conclude("program", "\(program) → /\(Words.name(program))", "linked in \(input.marker)")
        }
        let words = makefile.words
        let stages = NativeStages(
            input: input, libraries: NativeLibraries(words: words), isPlusPlus: isPlusPlus,
            staticWhy: words.contains("-static") ? "-static in \(input.marker)" : nil,
            tools: words.contains("pkg-config") ? ["pkg-config"] : [])
        ServiceSigns(tree, in: sources).apply(to: &project, input.choices)
        let builder = stages.builder(&project)
        var lines = NativeStages.install(builder.install) + ["WORKDIR /src", "COPY . ."]
        lines += ["RUN make\(targets(programs))\(compiler) \\", "    && install -d /out \\"]
        let installs = programs.map { "    && install -s \($0) /out/\(Words.name($0))" }
        lines.append(installs.joined(separator: " \\\n"))
        project.build = StagePlan(
            image: builder.image, lines: lines.flatMap { $0.split(separator: "\n").map(String.init) })
        stages.runtime(sources: sources, &project)
        DataFiles(tree, sources: sources).apply(to: &project)
        project.programs = programs.map { program in
            let name = Words.name(program)
            return ProgramPlan(
                name: Words.safeName(name), copies: ["COPY --from=build /out/\(name) /\(name)"],
                entrypoint: ["/" + name])
        }
        // Old objects of the host's compiler would be taken for new ones.
        project.ignored = ["**/*.o", "**/*.a"] + programs.map { "/" + $0 }
        return project
    }

    /// The programs by name when the first rule does not make all of them.
    private func targets(_ programs: [String]) -> String {
        let first = makefile.rules.first { rule in
            rule.targets.first.map { !$0.hasPrefix(".") && !$0.contains("%") } ?? false
        }
        guard let first, let name = first.targets.first else { return "" }
        if programs.count == 1, name == programs[0] || ["all", "build", "default"].contains(name) { return "" }
        if programs.allSatisfy({ first.needs.contains($0) }) { return "" }
        let named = programs.filter { makefile.rule($0) != nil }
        return named.count == programs.count ? " " + named.joined(separator: " ") : ""
    }

    /// The builder has GCC, whatever the makefile prefers.
    private var compiler: String {
        var out = ""
        if let compiler = makefile.variables["CC"], compiler.contains("clang") { out += " CC=gcc" }
        if let compiler = makefile.variables["CXX"], compiler.contains("clang") { out += " CXX=g++" }
        return out
    }
}
