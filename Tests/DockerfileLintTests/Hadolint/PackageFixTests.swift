import Core
import DockerfileLint
import Testing

@Suite("Fixes of commands in RUN")
struct PackageFixTests {
    /// The text with all fixes of one rule made.
    static func fixed(_ text: String, _ code: String, unsafe: Bool = true) -> String {
        var settings = LintSettings()
        for rule in RuleSet.all where rule.info.code != code { settings.severities[rule.info.code] = .ignore }
        let run = FixRun(fixing: SourceFile(name: "Dockerfile", text: text), unsafe: unsafe, settings: settings)
        return String(decoding: run.after.bytes, as: UTF8.self)
    }

    @Test(
        "a fix changes what it must and nothing else",
        arguments: [
            ("DL3004", "RUN sudo apt-get update\n", "RUN apt-get update\n"),
            ("DL3004", "RUN a && \\\n  sudo  make && sudo b\n", "RUN a && \\\n  make && b\n"),
            ("DL3004", "RUN sudo -u x make\n", "RUN sudo -u x make\n"),
            ("DL3004", "RUN sudo A=b make\n", "RUN sudo A=b make\n"),
            ("DL3004", "RUN [\"sudo\", \"make\"]\n", "RUN [\"sudo\", \"make\"]\n"),
            ("DL3009", "RUN apt-get update\n", "RUN apt-get update && rm -rf /var/lib/apt/lists/*\n"),
            (
                "DL3009", "RUN apt-get update \\\n    && apt-get install x # now\n",
                "RUN apt-get update \\\n    && apt-get install x && rm -rf /var/lib/apt/lists/* # now\n"
            ),
            (
                "DL3009", "RUN apt-get update; apt-get install x;\n",
                "RUN apt-get update; apt-get install x && rm -rf /var/lib/apt/lists/*;\n"
            ),
            (
                "DL3009", "RUN <<EOF\r\napt-get update\r\napt-get install x\r\nEOF\r\n",
                "RUN <<EOF\r\napt-get update\r\napt-get install x && rm -rf /var/lib/apt/lists/*\r\nEOF\r\n"
            ),
            ("DL3009", "RUN apt-get update\nRUN apt-get install x\n", "RUN apt-get update\nRUN apt-get install x\n"),
            ("DL3009", "RUN if a; then apt-get update; fi\n", "RUN if a; then apt-get update; fi\n"),
            ("DL3009", "RUN apt-get update && cat <<E >f\nE\n", "RUN apt-get update && cat <<E >f\nE\n"),
            ("DL3009", "RUN [\"apt-get\", \"update\"]\n", "RUN [\"apt-get\", \"update\"]\n"),
            ("DL3014", "RUN apt-get install x\n", "RUN apt-get install -y x\n"),
            ("DL3014", "RUN apt-get   install \\\r\n  x\r\n", "RUN apt-get   install -y \\\r\n  x\r\n"),
            ("DL3014", "RUN [\"apt-get\", \"install\" , \"x\"]\n", "RUN [\"apt-get\", \"install\", \"-y\" , \"x\"]\n"),
            (
                "DL3014", "RUN apt-get install x; apt-get install y\n",
                "RUN apt-get install -y x; apt-get install -y y\n"
            ),
            ("DL3014", "RUN x=$(apt-get install \"y\")\n", "RUN x=$(apt-get install -y \"y\")\n"),
            ("DL3014", "RUN <<EOF\n  apt-get install x\nEOF\n", "RUN <<EOF\n  apt-get install -y x\nEOF\n"),
            ("DL3014", "ONBUILD RUN apt-get install x\n", "ONBUILD RUN apt-get install -y x\n"),
            ("DL3014", "RUN x=`echo \\`apt-get install y\\``\n", "RUN x=`echo \\`apt-get install -y y\\``\n"),
            ("DL3015", "RUN apt-get -y install x\n", "RUN apt-get -y install --no-install-recommends x\n"),
            ("DL3019", "RUN apk --update add x\n", "RUN apk --update add --no-cache x\n"),
            ("DL3027", "RUN apt update && apt search x\n", "RUN apt-get update && apt-cache search x\n"),
            ("DL3027", "RUN apt list\n", "RUN apt list\n"),
            (
                "DL3027", "RUN [\"apt\", \"install\", \"-y\", \"x\"]\n",
                "RUN [\"apt-get\", \"install\", \"-y\", \"x\"]\n"
            ),
            ("DL3042", "RUN python3 -m pip install x\n", "RUN python3 -m pip install --no-cache-dir x\n"),
            ("DL3046", "RUN useradd -u 1000000 x\n", "RUN useradd --no-log-init -u 1000000 x\n"),
            ("DL3047", "RUN wget x\n", "RUN wget --progress=dot:giga x\n"),
            ("DL3047", "RUN busybox wget x\n", "RUN busybox wget x\n"),
            ("DL3059", "RUN a\nRUN b \\\n  c\nRUN d\n", "RUN a \\\n    && b \\\n  c \\\n    && d\n"),
            ("DL3059", "RUN cd a\nRUN b\n", "RUN cd a\nRUN b\n"),
            ("DL3059", "RUN a\n# why\nRUN b\n", "RUN a\n# why\nRUN b\n"),
            ("DL3059", "RUN a # x\nRUN b\n", "RUN a # x\nRUN b\n"),
            ("DL3059", "RUN a;\nRUN b\n", "RUN a;\nRUN b\n"),
            (
                "DL3059", "RUN --network=none a\r\nRUN --network=none b\r\n",
                "RUN --network=none a \\\r\n    && b\r\n"
            ),
            ("DL3060", "RUN yarn install\n", "RUN yarn install && yarn cache clean\n"),
            ("DL4005", "RUN ln -sf /bin/bash /bin/sh\n", "SHELL [\"/bin/bash\", \"-c\"]\n"),
            ("DL4005", "RUN a && ln -sf /bin/bash /bin/sh\n", "RUN a && ln -sf /bin/bash /bin/sh\n"),
            (
                "DL4006", "RUN a | b\nRUN c | d\n",
                "SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN a | b\nRUN c | d\n"
            ),
            (
                "DL4006", "RUN a\r\nRUN c | d\r\n",
                "RUN a\r\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\r\nRUN c | d\r\n"
            ),
        ] as [(String, String, String)])
    func fixes(code: String, before: String, after: String) {
        let head = before.contains("\r\n") ? "FROM debian:12\r\n" : "FROM debian:12\n"
        let fixed = Self.fixed(head + before, code)
        #expect(fixed == head + after)
        #expect(Self.fixed(fixed, code) == fixed)
    }

    @Test("in images with busybox the pipe's shell is ash")
    func alpine() {
        #expect(
            Self.fixed("FROM alpine:3.20 AS a\nFROM a\nRUN b | c\n", "DL4006")
                == "FROM alpine:3.20 AS a\nFROM a\nSHELL [\"/bin/ash\", \"-o\", \"pipefail\", \"-c\"]\nRUN b | c\n")
    }

    @Test("wget of busybox gets the option that it knows; where it isn't known which wget runs, the fix isn't safe")
    func wget() {
        #expect(Self.fixed("FROM alpine\nRUN wget x\n", "DL3047", unsafe: false) == "FROM alpine\nRUN wget -q x\n")
        #expect(Self.fixed("FROM x\nRUN wget y\n", "DL3047", unsafe: false) == "FROM x\nRUN wget y\n")
        #expect(
            Self.fixed("FROM debian\nRUN wget y\n", "DL3047", unsafe: false)
                == "FROM debian\nRUN wget --progress=dot:giga y\n")
    }

    @Test(
        "what may change the result is only done when asked for",
        arguments: ["DL3004", "DL3015", "DL3059", "DL4005", "DL4006"])
    func unsafe(code: String) throws {
        let bad = try #require(RuleSet.rule(code)?.info.bad.dockerfile)
        #expect(Self.fixed(bad, code, unsafe: false) == bad)
        #expect(Self.fixed(bad, code) != bad)
    }

    private static let fixing: [String] = RuleSet.all.compactMap { rule in
        rule.info.fixing != .none && rule.info.origin == .hadolint ? rule.info.code : nil
    }

    @Test("the fix of a bad example silences its rule", arguments: fixing)
    func examples(code: String) throws {
        let bad = try #require(RuleSet.rule(code)?.info.bad.dockerfile)
        let file = LintFile(parsing: SourceFile(name: "Dockerfile", text: Self.fixed(bad, code)))
        #expect(!Linter.lint(file).contains { $0.code == code })
    }
}
