import Core
import DockerfileSyntax
import Projects

extension KeptDockerfile {
    /// Reads what a Dockerfile says of the image of its last stage, from the stages below it, too. What has faults says
    /// nothing.
    init(reading bytes: [UInt8], isOfOurs: Bool) {
        self.init(isOfOurs: isOfOurs)
        let text = String(decoding: bytes, as: UTF8.self)
        guard let file = try? Dockerfile.parse(SourceFile(name: "Dockerfile", text: text)).get(),
            let last = file.stages.last
        else { return }
        for stage in file.stages where stage.from.image.text.hasPrefix("base:") {
            recipes.insert(String(stage.from.image.text.dropFirst(5)))
        }
        // From the last stage down to the image that is none of the file's.
        var chain = [last]
        while let top = chain.last {
            let name = top.from.image.text
            guard let below = file.stage(named: name), below.index < top.index else {
                base = name.contains("$") ? nil : name
                break
            }
            chain.append(below)
        }
        ports = []
        for stage in chain.reversed() {
            for statement in stage.statements { take(statement.command) }
        }
    }

    private mutating func take(_ command: Command) {
        switch command {
        case .user(let word): user = word.text.contains("$") ? nil : word.text
        case .expose(let words):
            for word in words {
                let port = word.text.contains("/") ? word.text.lowercased() : word.text + "/tcp"
                if word.text.contains("$") || word.text.contains("-") { ports = nil } else { ports?.append(port) }
            }
        case .label(let pairs): labels.formUnion(pairs.map(\.name.text))
        case .healthcheck(let check):
            if case .none = check.test { hasHealthcheck = false } else { hasHealthcheck = true }
        default: break
        }
    }
}
