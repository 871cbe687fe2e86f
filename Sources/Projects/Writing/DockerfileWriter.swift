/// The Dockerfile of a project.
enum DockerfileWriter {
    static func file(_ project: Project, choices: Choices, source: String?) -> WrittenFile {
        var lines = ["# Written by \(WrittenFile.mark): a new run updates this file until somebody changes it."]
        if let line = choices.line { lines.append(line) }
        lines += [
            "#", "#   sampan build -t \(project.name) .", "#",
            "# These two go into labels: --build-arg VERSION=1.2.3 --build-arg REVISION=$(git rev-parse HEAD)",
        ]
        lines += ["ARG VERSION=dev", "ARG REVISION=unknown", ""]
        if let build = project.build {
            lines += from(build.image) + ["FROM \(build.image) AS build"]
            // The global value, not one of the stage's own.
            lines += build.lines.map { $0 == "ARG VERSION=dev" ? "ARG VERSION" : $0 }
            lines.append("")
        }
        let isSeveral = project.programs.count > 1
        // Without --target the last stage is meant.
        for program in isSeveral ? Array(project.programs.dropFirst()) + [project.programs[0]] : project.programs {
            lines += final(project, program, isNamed: isSeveral, source: source) + [""]
        }
        return WrittenFile("Dockerfile", lines.joined(separator: "\n").replacing("\n\n\n", with: "\n\n"))
    }

    private static func final(_ project: Project, _ program: ProgramPlan, isNamed: Bool, source: String?) -> [String] {
        var lines = from(project.runtime.image)
        lines.append("FROM \(project.runtime.image)\(isNamed ? " AS \(stage(program.name))" : "")")
        lines += project.runtime.lines + program.copies
        if !project.variables.isEmpty, program == project.programs[0] {
            lines.append("ENV " + project.variables.map { "\($0.name)=\($0.value)" }.joined(separator: " "))
        }
        lines += ["ARG VERSION", "ARG REVISION"]
        var labels = [("title", program.name), ("version", "${VERSION}"), ("revision", "${REVISION}")]
        if let source { labels.append(("source", source)) }
        let written = labels.map { "org.opencontainers.image.\($0)=\"\($1)\"" }
        lines.append("LABEL " + written.joined(separator: " \\\n      "))
        lines.append("USER \(project.user)")
        let isService = program == project.programs[0]
        if let port = project.port, isService { lines.append("EXPOSE \(port)") }
        if let signal = project.stopSignal {
            lines += ["# As the first process it would not hear SIGTERM.", "STOPSIGNAL \(signal)"]
        }
        if let command = project.healthCommand, isService {
            lines += ["HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \\", "    CMD \(words(command))"]
        }
        lines.append("ENTRYPOINT \(words(program.entrypoint))")
        if !program.command.isEmpty { lines.append("CMD \(words(program.command))") }
        return lines
    }

    /// What stands before FROM. Digests of images are known to registries alone, and init asks none.
    private static func from(_ image: String) -> [String] {
        if image == "scratch" || image.hasPrefix("base:") || image.contains("@") { return [] }
        return [
            "# Without a digest the tag means another image from time to time. sampan lint --fix --pin writes today's, once the",
            "# line below is gone.",
            "# sampan ignore=SMP2031",
        ]
    }

    /// `build` is taken.
    private static func stage(_ name: String) -> String { name == "build" ? "build-program" : name }

    /// The JSON form.
    private static func words(_ words: [String]) -> String {
        "["
            + words.map { "\"" + $0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" }.joined(
                separator: ", ") + "]"
    }
}
