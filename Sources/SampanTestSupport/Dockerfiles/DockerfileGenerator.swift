/// Writes Dockerfiles that are all different and all parse: every instruction in every form, in the spellings that
/// people use, with what rules look for.
package struct DockerfileGenerator {
    private var random: SeededGenerator
    /// The end of every line.
    private let end: String
    private let usesLowerCase: Bool
    /// Of the stages so far, in the spelling of their FROM.
    private var stages: [String] = []
    private var text = ""

    package init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        end = random.next() % 8 == 0 ? "\r\n" : "\n"
        usesLowerCase = random.next() % 10 == 0
    }

    package mutating func dockerfile(stages limit: Int = 4) -> String {
        if chance(8) { line("# syntax=docker/dockerfile:1") }
        if chance(4) {
            line(pick(["# What this is", "# hadolint ignore=DL3006", "#no blank", "# base of the service"]))
        }
        if chance(3) { line("\(keyword("ARG")) VERSION=\(pick(["1.2", "12", "3.22"]))") }
        for index in 0..<(1 + below(limit)) { stage(index) }
        if chance(6) {
            while text.hasSuffix("\n") || text.hasSuffix("\r") { text.removeLast() }
        }
        return text
    }

    // MARK: Choices

    private mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

    /// True once in so many times.
    private mutating func chance(_ times: Int) -> Bool { below(times) == 0 }

    private mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }

    private mutating func some(_ choices: [String], upTo limit: Int) -> [String] {
        (0..<(1 + below(limit))).map { _ in pick(choices) }
    }

    private mutating func keyword(_ name: String) -> String {
        if chance(40) { return name.prefix(1) + name.dropFirst().lowercased() }
        return usesLowerCase ? name.lowercased() : name
    }

    private mutating func line(_ content: String) { text += content + end }

    /// Breaks some blanks of a line, with comments and blank lines between.
    private mutating func broken(_ content: String) -> String {
        guard chance(2) else { return content }
        var out = ""
        for part in content.split(separator: " ", omittingEmptySubsequences: false) {
            if out.isEmpty {
                out = String(part)
            } else if chance(5), !out.hasSuffix("\\") {
                out += " \\" + pick(["", "", " "]) + end
                if chance(6) { out += "# between" + end }
                if chance(25) { out += end }
                out += pick(["    ", "  ", "\t", ""]) + part
            } else {
                out += " " + part
            }
        }
        return out
    }

    // MARK: Stages

    private mutating func stage(_ index: Int) {
        let images = [
            "debian", "debian:12", "debian:bookworm-slim", "ubuntu:22.04", "alpine:3.22", "alpine", "golang:1.25",
            "golang:1.25-alpine", "node:22", "python:3.12-slim", "rust:1.85", "gcc:14", "scratch", "fedora:42",
            "registry.example.com:5000/team/base:1", "debian:$VERSION", "debian:${VERSION:-12}", "opensuse/leap:15",
            "debian@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "ruby:3.4",
            "openjdk:latest",
        ]
        let base = !stages.isEmpty && chance(4) ? pick(stages) : pick(images)
        var from = keyword("FROM") + " "
        if chance(8) {
            from += pick(["--platform=linux/amd64 ", "--platform=$BUILDPLATFORM ", "--platform=$TARGETPLATFORM "])
        }
        from += base
        if chance(2) {
            let name = pick(["build", "Builder", "base", "deps", "final", "test"]) + String(index)
            from += " " + pick(["AS", "AS", "as", "As"]) + " " + name
            stages.append(name)
        }
        line(from)
        for _ in 0..<(1 + below(9)) {
            if chance(7) { text += end }
            if chance(8) { line(pick(["# a step", "#", "  # indented"])) }
            instruction()
        }
    }

    private mutating func instruction() {
        switch below(22) {
        case 0...6: run()
        case 7, 8: copy()
        case 9: line(keyword("ADD") + " " + pick(addArguments))
        case 10:
            line(keyword("WORKDIR") + " " + pick(["/srv", "app", "\"/quoted dir\"", "/srv/$NAME", "./x", "/a/../b"]))
        case 11, 12: environment()
        case 13: command("CMD")
        case 14: command("ENTRYPOINT")
        case 15: health()
        case 16:
            line(keyword("EXPOSE") + " " + pick(["80", "8080/tcp", "53/UDP 53/tcp", "$PORT", "80:8080", "8000-8010"]))
        case 17: line(keyword("USER") + " " + pick(["root", "app", "1000:1000", "0", "$NAME", "nobody:nogroup"]))
        case 18: line(keyword("VOLUME") + " " + pick(["/data", "[\"/data\", \"/logs\"]", "/a /b"]))
        case 19:
            line(
                pick([
                    keyword("MAINTAINER") + " Ada <ada@example.com>", keyword("MAINTAINER") + " \"Ada\" \\o/ $x",
                    keyword("STOPSIGNAL") + " SIGQUIT",
                    keyword("SHELL") + " [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]",
                    keyword("SHELL") + " [\"/bin/bash\", \"-c\"]",
                ]))
        case 20: trigger()
        default: label()
        }
    }

    private let addArguments = [
        "app.conf /etc/", "app.tar.gz /opt/", "https://example.com/tool.bin /opt/tool", "a b /dest", "--chown=1:1 x /x",
        "[\"a b\", \"/dest/\"]", "src /src", "--chmod=755 run.sh /run.sh", "*.tar.xz /",
        "https://github.com/example/repo.git#v1 /src",
    ]

    private mutating func copy() {
        var out = keyword("COPY") + " "
        if chance(3) { out += "--chown=" + pick(["app", "1000:1000", "$NAME"]) + " " }
        if chance(6) { out += "--link " }
        if !stages.isEmpty, chance(2) {
            out +=
                "--from=\(pick(stages)) " + pick(["/app /app", "/out/ /", "/src/target/release/app /usr/bin/", "/ /"])
        } else {
            out += pick([
                ". .", ". /app", "go.mod go.sum /src", "go.mod go.sum ./", "[\"a b.txt\", \"/dest dir/\"]",
                "x rel/path",
                "package.json package-lock.json /app", "src/ /src/", "*.py /app/",
            ])
        }
        if !stages.isEmpty || !out.contains("["), chance(3) { out = broken(out) }
        if chance(12) {
            line(keyword("COPY") + " <<EOF /etc/motd")
            line("hello $NAME \\")
            line("  RUN not an instruction")
            line("EOF")
            return
        }
        line(out)
    }

    private mutating func environment() {
        line(
            broken(
                pick([
                    keyword("ENV") + " NAME=value", keyword("ENV") + " NAME value with words",
                    keyword("ENV") + " A=1 B=\"two words\" C='x y' D=$A", keyword("ENV") + " PATH /opt/bin:$PATH",
                    keyword("ENV") + " TZ=Europe/Vienna", keyword("ARG") + " NAME", keyword("ARG") + " A=1 B=2",
                    keyword("ENV") + " EMPTY=", keyword("ENV") + " ESC=a\\ b", keyword("ENV") + " API_TOKEN=abc",
                    keyword("ENV") + " NAME ab=cd", keyword("ENV") + " NAME \"a\"b",
                ])))
    }

    private mutating func label() {
        line(
            broken(
                pick([
                    keyword("LABEL") + " version=1.0 note=\"a b\"", keyword("LABEL") + " Some.Key=x",
                    keyword("LABEL") + " single value here", keyword("LABEL") + " org.opencontainers.image.title=app",
                ])))
    }

    private mutating func command(_ name: String) {
        line(
            keyword(name) + " "
                + pick([
                    "[\"/app\", \"--port\", \"80\"]", "/app --port 80", "exec /app $ARGS", "[]", "/app && /other",
                    "app",
                    "[\"sh\", \"-c\", \"echo $HOME\"]", "/app 'two words' \"three more words\"", "[ /app ]", "['/app']",
                    "  /app   spaced", "/app > /log", "NAME=1 /app", "cd /srv && ./run", "/app *.txt", "echo ~",
                    "a\\ b",
                    "/app \"\" -x", "/app # comment",
                ]))
    }

    private mutating func health() {
        line(
            broken(
                keyword("HEALTHCHECK") + " "
                    + pick([
                        "NONE", "CMD curl -f http://localhost/ || exit 1", "--interval=5s CMD [\"/ready\"]",
                        "--timeout=3s --retries=2 CMD /ready --quick",
                    ])))
    }

    private mutating func trigger() {
        line(
            keyword("ONBUILD") + " "
                + pick([
                    "RUN apt-get install curl", "COPY . /app", "RUN cd /app && pip install -r r.txt", "ENV A b",
                    "WORKDIR src", "CMD run it", "ADD x /x", "USER root",
                ]))
    }

    // MARK: RUN

    private mutating func run() {
        switch below(12) {
        case 0: return heredoc()
        case 1:
            line(
                keyword("RUN") + " "
                    + pick([
                        "[\"apt-get\", \"install\", \"curl\"]", "[\"/bin/sh\", \"-c\", \"apt install x\"]",
                        "[\"apk\",\"add\",\"x\"]",
                        "[\"pip\", \"install\", \"a\"]",
                    ]))
        default:
            var parts: [String] = []
            for (index, part) in some(commands, upTo: 4).enumerated() {
                if index > 0 { parts.append(pick(["&&", "&&", "&&", ";", "||", "|"])) }
                parts.append(chance(12) ? "(\(part))" : part)
            }
            var out = keyword("RUN") + " "
            if chance(8) { out += "--mount=type=cache,target=\(pick(["/var/cache/apt", "/root/.cache"])) " }
            if chance(10) { out += "set -eux; " }
            let script = parts.joined(separator: " ")
            // Inside quotes a broken line is another text.
            line(script.contains("'") || script.contains("\"") ? out + script : broken(out + script))
        }
    }

    private mutating func heredoc() {
        let mark = pick(["<<EOF", "<<-EOF", "<<'EOF'"])
        line(keyword("RUN") + " " + pick([mark, mark + " sh", "cat \(mark) > /x", mark + " bash -ex"]))
        for command in some(commands, upTo: 4) { line(pick(["", "  ", "\t"]) + command) }
        if chance(5) { line("#!not a shebang") }
        line("EOF")
    }

    private let commands = [
        "apt-get update", "apt-get install curl", "apt-get install -y curl git=1:2", "apt install -y vim",
        "apt-get -y install --no-install-recommends ca-certificates", "apt-get upgrade -y", "apk add bash",
        "apk add --no-cache 'curl=8'", "apk --update add git", "pip install flask",
        "pip3 install --no-cache-dir -r r.txt",
        "npm install -g express", "npm ci", "yarn install --frozen-lockfile", "yum install httpd", "yum -y update",
        "dnf install -y gcc", "dnf -y module install nodejs", "zypper install vim", "zypper -n in git",
        "gem install rails",
        "cd /tmp", "cd /src && make", "export A=1", "make -j4", "useradd -u 1000123 app", "useradd -m app",
        "wget https://example.com/x.tgz", "wget -q -O- https://example.com/x | tar xz",
        "curl -fsSL https://example.com/i.sh | sh",
        "go build -o /app .", "CGO_ENABLED=0 go build -trimpath -o /app ./cmd/x", "go install example.com/x@latest",
        "go build -ldflags=\"-X main.v=1\" -o /out/app .", "cargo build --release", "gcc -o /app main.c",
        "sudo make install",
        "rm -rf /var/lib/apt/lists/*", "chmod +x /run.sh", "chown -R app:app /srv", "ln -sf /bin/bash /bin/sh",
        "echo \"a  b\" > /etc/x", "echo $HOME ${X:-y}", "test -f /x || exit 1", "for i in a b; do echo $i; done",
        "if [ -f /x ]; then apt-get install -y x; fi", "printf 'a\\tb' >> /x", "sh -c 'apt-get install y'", "true",
        "DEBIAN_FRONTEND=noninteractive apt-get install -y tzdata", "apt-get install -y $PACKAGES", "! grep x /y",
        "python3 -m pip install a b", "apt-get clean", "yum clean all", "service nginx start", "ps aux | grep x",
    ]
}
