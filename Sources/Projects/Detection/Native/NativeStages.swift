/// Stages of C and C++ programs, whatever builds them.
struct NativeStages {
    let input: DetectionInput
    let libraries: NativeLibraries
    let isPlusPlus: Bool
    /// What asks for static linking; nil for a dynamic program.
    let staticWhy: String?
    /// Packages that the builder needs beside compilers and make: `cmake`.
    let tools: [String]
    /// What a dynamic program is dynamic for, where that is known.
    var dynamicWhy: String?

    /// The image to build in, with a recipe where more is needed than compilers.
    func builder(_ project: inout Project) -> (image: String, install: [String]) {
        let packages = (tools + libraries.buildPackages).sorted()
        guard input.images == .assembled else {
            let image = "gcc:\(Images.line(Images.gcc, atLeast: nil).major)-\(Images.debian)"
            project.conclude("builder", image, "compilers and make")
            return (image, packages)
        }
        guard !packages.isEmpty else {
            project.conclude("builder", "base:gcc", "Debian's compilers and make are enough")
            return ("base:gcc", [])
        }
        project.recipes.append(
            RecipePlan(
                name: "build.yaml", extends: "gcc", packages: packages,
                why: "What the program is built with: Debian's compilers and make, and more."))
        project.conclude("builder", "base:build.yaml", "compilers and make, with \(packages.joined(separator: ", "))")
        return ("base:build.yaml", [])
    }

    /// Lines that install packages in an image of Docker Hub.
    static func install(_ packages: [String]) -> [String] {
        guard !packages.isEmpty else { return [] }
        return [
            "# Debian's archive keeps one version of a package at a time, so none is named.",
            "# hadolint ignore=DL3008",
            "RUN apt-get update && apt-get install -y --no-install-recommends \\",
            "        \(packages.joined(separator: " ")) \\", "    && rm -rf /var/lib/apt/lists/*",
        ]
    }

    func runtime(sources: [String], _ project: inout Project) {
        for name in libraries.unknown {
            project.remarks.append(
                "nothing is known of the library \(name): name its packages in the recipes, or in the Dockerfile")
        }
        let tree = input.tree
        if let staticWhy {
            project.conclude("linked", "statically", staticWhy)
            let zones = tree.firstUse(
                of: ["tzset(", "localtime(", "localtime_r(", "getpwnam(", "getpwuid(", "mkstemp(", "tmpfile("],
                in: sources)
            let isCalling = !libraries.names.filter { ["ssl", "curl", "crypto"].contains($0) }.isEmpty
            if let zones {
                project.conclude("needs", "the system's files", "\(zones.needle.dropLast()) in \(zones.place)")
            }
            if isCalling { project.conclude("needs", "certificates", "TLS is linked in") }
            let isBare = zones == nil && !isCalling
            project.runtime = StagePlan(image: isBare || input.images == .registry ? "scratch" : "base:static")
            if !isBare, input.images == .registry {
                project.runtime.lines.append(
                    "COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt")
            }
            project.conclude(
                "base", project.runtime.image,
                isBare ? "the program is all that is needed" : "the smallest that has what the program needs")
            project.policy += ["linkage:", "  require: static"]
            project.maxSize = "10MB"
            return
        }
        project.conclude(
            "linked", "against the C library",
            dynamicWhy ?? (isPlusPlus ? "C++ sources" : "nothing asks for -static"))
        project.policy += ["linkage:", "  require: resolved"]
        project.maxSize = "30MB"
        project.runtime = Runtime.dynamic(isPlusPlus: isPlusPlus, input.images)
        let packages = libraries.runPackages
        if packages.isEmpty {
            let has = isPlusPlus ? "glibc, OpenSSL and the C++ runtime" : "glibc and OpenSSL, certificates, time zones"
            project.conclude("base", project.runtime.image, input.images == .assembled ? has : "the smallest Debian")
        } else if input.images == .assembled {
            project.recipes.append(
                RecipePlan(
                    name: "runtime.yaml", extends: isPlusPlus ? "cc" : "base", packages: packages,
                    why: "What the program runs on: the libraries that it is linked with, and nothing else."))
            project.runtime = StagePlan(image: "base:runtime.yaml")
            project.conclude("base", "base:runtime.yaml", "the C library with \(packages.joined(separator: ", "))")
        } else {
            project.runtime.lines += Self.install(packages)
        }
    }
}
