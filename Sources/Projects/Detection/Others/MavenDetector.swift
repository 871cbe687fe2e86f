/// A Java project that Maven builds.
struct MavenDetector {
    private let input: DetectionInput
    private let pom: PomReader

    init(_ input: DetectionInput) {
        self.input = input
        pom = PomReader(input.tree.text("pom.xml") ?? "")
    }

    func project() throws(ProjectError) -> Project {
        let tree = input.tree
        let artifact = pom.value("artifactId") ?? input.name
        let sources = tree.files(".java", ".kt").filter { !$0.contains("src/test/") }
        var project = Project(kind: .maven, name: artifact)
        let isFat = ["spring-boot-maven-plugin", "maven-shade-plugin", "maven-assembly-plugin", "quarkus-maven-plugin"]
            .first(where: pom.has)
        guard let main = mainClass(sources) ?? isFat.map({ ("", "\($0) knows it") }) else {
            throw .nothingToRun(
                .maven, looked: "no mainClass in pom.xml and no 'public static void main' in src/main/java",
                hint: "a library needs no image; run it in the module that has the program")
        }
        project.conclude("program", main.0.isEmpty ? "java -jar" : main.0, main.1)
        ServiceSigns(tree, in: sources + tree.files("application.properties", "application.yml", "application.yaml"))
            .apply(to: &project, input.choices)
        if project.port == nil, pom.has(artifact: "spring-boot-starter-web") {
            project.port = 8080
            project.conclude("port", "8080", "Spring Boot's own")
            if pom.has(artifact: "spring-boot-starter-actuator") { project.health = "/actuator/health" }
        }
        let java = version(&project)
        let image = "maven:3-eclipse-temurin-\(java)"
        project.conclude("builder", image, "Maven with JDK \(java)")
        let version = pom.value("version") ?? pom.value("parent/version") ?? "*"
        let given = (pom.value("build/finalName") ?? "\(artifact)-\(version)") + ".jar"
        let jar = Words.isPlain(given) ? given : "*.jar"
        project.build = StagePlan(
            image: image, lines: build(jar, isFat: isFat != nil && isFat != "maven-assembly-plugin", java))
        runtime(java, &project)
        let arguments =
            main.0.isEmpty || isFat == "spring-boot-maven-plugin"
            ? ["-jar", "/app/app.jar"] : ["-cp", "/app/app.jar:/app/lib/*", main.0]
        var copies: [String] = []
        if arguments[0] == "-cp" { copies.append("COPY --from=build /out/lib/ /app/lib/") }
        copies.append("COPY --from=build /out/app.jar /app/app.jar")
        project.programs = [
            ProgramPlan(
                name: project.name, copies: copies, entrypoint: ["java", "-XX:MaxRAMPercentage=75"] + arguments)
        ]
        project.ignored = ["**/target"]
        project.maxSize = "150MB"
        project.policy += ["linkage:", "  require: resolved"]
        return project
    }

    private func mainClass(_ sources: [String]) -> (String, String)? {
        if let name = pom.anywhere("mainClass") ?? pom.property("exec.mainClass") ?? pom.property("main.class"),
            Words.isPlain(name)
        {
            return (name, "mainClass in pom.xml")
        }
        let found = input.tree.firstLine(in: sources.filter { $0.hasSuffix(".java") }) {
            $0.contains("public static void main(") ? true : nil
        }
        guard let place = found?.place, let range = place.path.firstRange(of: "src/main/java/") else { return nil }
        return (place.path[range.upperBound...].dropLast(5).split(separator: "/").joined(separator: "."), "\(place)")
    }

    /// The long-term release that compiles what the pom asks for.
    private func version(_ project: inout Project) -> Int {
        let names = ["maven.compiler.release", "java.version", "maven.compiler.target", "maven.compiler.source"]
        let asked =
            names.compactMap { name in pom.property(name).map { (name, $0) } }.first
            ?? pom.compilerRelease.map { ("the compiler plugin's release", $0) }
        let own = Images.defaultJava
        guard let asked, let number = Version(asked.1).map({ $0.major == 1 ? $0.minor : $0.major }) else {
            project.conclude("java", String(own), "no version is asked for")
            return own
        }
        let chosen = Images.java.map(\.version.major).first { $0 >= number } ?? number
        project.conclude("java", String(chosen), "\(asked.0) is \(asked.1)")
        return chosen
    }

    private func build(_ jar: String, isFat: Bool, _ java: Int) -> [String] {
        let cache = "RUN --mount=type=cache,target=/root/.m2 \\"
        var lines = [
            "WORKDIR /src",
            "# Dependencies change less often than sources: they are fetched anew when the pom changes.",
            "COPY pom.xml ./", cache,
            "    mvn -B -q dependency:go-offline", "COPY src/ ./src/", cache, "    mvn -B -q package -DskipTests \\",
        ]
        if !isFat {
            lines.append(
                "    && mvn -B -q dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=/out/lib \\")
        }
        lines += ["    && install -d /out/lib \\", "    && cp target/\(jar) /out/app.jar"]
        if input.images == .assembled {
            lines += [
                "# A runtime of the modules that programs use: no compiler, no tools, no sources.",
                "RUN jlink --strip-java-debug-attributes --no-header-files --no-man-pages \\",
                "        --compress \(java < 21 ? "2" : "zip-6") --output /jre --add-modules java.se,\(Self.modules)",
            ]
        }
        return lines
    }

    /// Modules of the JDK beside those of Java itself: what programs name, and what is looked up by name at run time.
    private static let modules = [
        "charsets", "crypto.ec", "httpserver", "jfr", "localedata", "management", "management.agent", "naming.dns",
        "net", "security.auth", "security.jgss", "unsupported", "zipfs",
    ].map { "jdk." + $0 }.joined(separator: ",")

    private func runtime(_ java: Int, _ project: inout Project) {
        guard input.images == .assembled else {
            project.runtime = StagePlan(image: "eclipse-temurin:\(java)-jre", lines: ["WORKDIR /app"])
            project.conclude("base", project.runtime.image, "the runtime without the compiler")
            return
        }
        project.recipes.append(
            RecipePlan(
                name: "runtime.yaml", extends: "cc", packages: ["zlib1g"],
                why: "What Java runs on: the C and C++ runtime, and zlib, which many builds of Java don't bring."))
        project.runtime = StagePlan(
            image: "base:runtime.yaml",
            lines: ["ENV JAVA_HOME=/jre PATH=/jre/bin:${PATH}", "COPY --from=build /jre/ /jre/", "WORKDIR /app"])
        project.conclude("base", "base:runtime.yaml", "a runtime made by jlink needs the C and C++ runtime, and zlib")
    }
}
