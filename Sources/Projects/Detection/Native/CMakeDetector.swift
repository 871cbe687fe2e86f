// https://cmake.org/cmake/help/latest/manual/cmake-language.7.html

/// C and C++ with CMake.
struct CMakeDetector {
    private let input: DetectionInput
    /// Commands with their arguments, of all lists in the order of their paths.
    private let commands: [(name: String, arguments: [String])]

    init(_ input: DetectionInput) {
        self.input = input
        let lists = ["CMakeLists.txt"] + input.tree.paths.filter { $0.hasSuffix("/CMakeLists.txt") }
        commands = lists.flatMap { Self.commands(input.tree.text($0) ?? "") }
    }

    func project() throws(ProjectError) -> Project {
        let tree = input.tree
        let sources = tree.files(".c", ".cc", ".cpp", ".cxx", ".C", ".h", ".hpp")
        var variables: [String: String] = [:]
        for command in commands {
            if command.name == "project", let name = command.arguments.first {
                variables["PROJECT_NAME"] = variables["PROJECT_NAME"] ?? name
            }
            if command.name == "set", command.arguments.count > 1 {
                variables[command.arguments[0]] = command.arguments[1]
            }
        }
        func expand(_ word: String) -> String {
            guard word.hasPrefix("${"), word.hasSuffix("}") else { return word }
            return variables[String(word.dropFirst(2).dropLast())] ?? word
        }
        let all = commands.filter {
            $0.name == "add_executable" && !$0.arguments.contains("IMPORTED") && !$0.arguments.contains("ALIAS")
        }
        .compactMap { $0.arguments.first }.map(expand).filter(Words.isPlain)
        let shipped = all.filter {
            !$0.lowercased().contains("test") && !$0.lowercased().contains("bench")
                && !$0.lowercased().contains("example")
        }
        let programs = shipped.isEmpty ? all : shipped
        guard let main = programs.first else {
            throw .nothingToRun(
                .cmake, looked: "no add_executable in the CMakeLists.txt",
                hint: "a library needs no image; run it where the program is")
        }
        var project = Project(
            kind: .cmake, name: variables["PROJECT_NAME"].map { Words.isPlain($0) ? $0 : main } ?? main)
        for program in programs { project.conclude("program", "\(program) → /\(program)", "add_executable") }
        let words = commands.flatMap(\.arguments)
        let isPlusPlus = sources.contains { [".cc", ".cpp", ".cxx", ".C"].contains(where: $0.hasSuffix) }
        let found = commands.filter { $0.name == "find_package" }.compactMap(\.arguments.first)
        let links = commands.filter { $0.name == "target_link_libraries" }.flatMap { $0.arguments.dropFirst() }
            .filter { !["PRIVATE", "PUBLIC", "INTERFACE"].contains($0) && NativeLibraries.isName($0) }.map {
                $0.hasPrefix("-l") ? $0 : "-l" + $0
            }
        let stages = NativeStages(
            input: input, libraries: NativeLibraries(words: words + links, packages: found), isPlusPlus: isPlusPlus,
            staticWhy: words.contains("-static") ? "-static in the CMakeLists.txt" : nil,
            tools: ["cmake", "ninja-build"] + (found.contains("PkgConfig") ? ["pkg-config"] : []))
        ServiceSigns(tree, in: sources).apply(to: &project, input.choices)
        let builder = stages.builder(&project)
        var lines = NativeStages.install(builder.install) + ["WORKDIR /src", "COPY . ."]
        lines += [
            "RUN cmake -S . -B /build -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_RUNTIME_OUTPUT_DIRECTORY=/build/bin \\",
            "    && cmake --build /build --target \(programs.joined(separator: " ")) \\", "    && install -d /out \\",
        ]
        lines.append("    && install -s " + programs.map { "/build/bin/" + $0 }.joined(separator: " ") + " /out/")
        project.build = StagePlan(image: builder.image, lines: lines)
        stages.runtime(sources: sources, &project)
        DataFiles(tree, sources: sources).apply(to: &project)
        project.programs = programs.map { name in
            ProgramPlan(
                name: Words.safeName(name), copies: ["COPY --from=build /out/\(name) /\(name)"],
                entrypoint: ["/" + name])
        }
        project.ignored = ["/build", "/cmake-build-*", "**/*.o", "**/*.a"]
        return project
    }

    /// Reads calls: comments and quotes as CMake has them, nested parentheses flat.
    static func commands(_ text: String) -> [(name: String, arguments: [String])] {
        var out: [(String, [String])] = []
        var word = ""
        var arguments: [String] = []
        var name = ""
        var depth = 0
        var isQuoted = false
        var isComment = false
        func flush() {
            guard !word.isEmpty else { return }
            if depth > 0 { arguments.append(word) } else { name = word.lowercased() }
            word = ""
        }
        for character in text {
            if isComment {
                isComment = !character.isNewline
            } else if isQuoted {
                if character == "\"" { isQuoted = false } else { word.append(character) }
            } else if character == "\"" {
                isQuoted = true
            } else if character == "#" {
                flush()
                isComment = true
            } else if character == "(" {
                flush()
                depth += 1
            } else if character == ")" {
                flush()
                depth = max(0, depth - 1)
                if depth == 0 {
                    if !name.isEmpty { out.append((name, arguments)) }
                    name = ""
                    arguments = []
                }
            } else if character.isWhitespace || character == ";" {
                flush()
            } else {
                word.append(character)
            }
        }
        return out
    }
}
