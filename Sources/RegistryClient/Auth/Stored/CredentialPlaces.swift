import Glibc

/// Where logins are kept.
struct CredentialPlaces {
    enum Place: Hashable, Sendable {
        /// `isNamed`: someone said that it is this file, so that it has to be right.
        case file(String, isNamed: Bool)
        /// The variable that holds the text of a file, as continuous integration sets it.
        case variable(String)
    }

    /// In the order in which they are asked.
    let all: [Place]
    /// The file that a login is written to; nil when there is no home directory.
    let target: String?
    /// Whether ``target`` is Docker's file, which has names of its own.
    let isTargetDocker: Bool

    /// - Parameter authFile: of the command line; it goes before `REGISTRY_AUTH_FILE`, and either is the only place.
    init(environment: [String: String], authFile: String?) {
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let file = authFile ?? variable("REGISTRY_AUTH_FILE") {
            all = [.file(file, isNamed: true)]
            target = file
            isTargetDocker = file.split(separator: "/").last == "config.json"
            return
        }
        var places: [Place] = []
        if variable("DOCKER_AUTH_CONFIG") != nil { places.append(.variable("DOCKER_AUTH_CONFIG")) }
        let home = variable("HOME")
        let docker = (variable("DOCKER_CONFIG") ?? home.map { $0 + "/.docker" }).map { $0 + "/config.json" }
        if let docker { places.append(.file(docker, isNamed: variable("DOCKER_CONFIG") != nil)) }
        let runtime = variable("XDG_RUNTIME_DIR") ?? "/run/containers/\(geteuid())"
        let config = variable("XDG_CONFIG_HOME") ?? home.map { $0 + "/.config" }
        // Without XDG_RUNTIME_DIR Podman leaves out `containers`, which is in the path already.
        let podman = variable("XDG_RUNTIME_DIR") == nil ? runtime : runtime + "/containers"
        for directory in [podman, config.map { $0 + "/containers" }] {
            if let directory { places.append(.file(directory + "/auth.json", isNamed: false)) }
        }
        all = places
        target = docker
        isTargetDocker = true
    }
}
