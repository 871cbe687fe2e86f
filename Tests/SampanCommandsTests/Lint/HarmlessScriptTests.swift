import Core
import DockerfileLint
import HostOS
import SampanTestSupport
import Testing

@testable import SampanCommands

@Suite("scripts that shellcheck need not see")
struct HarmlessScriptTests {
    private static let harmless = [
        "apt-get update && apt-get install -y --no-install-recommends curl=7.88.1-10+deb12u12 && rm -rf /var/lib/apt/lists/*",
        "apk add --no-cache --virtual .build-deps gcc musl-dev; make -j4; apk del .build-deps",
        "pip install --no-cache-dir -r requirements.txt", "npm ci --omit=dev && npm cache clean --force",
        "go build -trimpath -o /out/app ./cmd/app", "mkdir -p /srv/app && chown -R 1000:1000 /srv/app",
        "set -eux; curl -fsSL https://example.com/a.tar.gz -o /tmp/a.tar.gz; tar -xzf /tmp/a.tar.gz -C /opt; rm /tmp/a.tar.gz",
        "useradd --system --uid 1000 app", "echo done-with-it", "git clone --depth=1 https://example.com/a.git /src",
        "CGO_ENABLED=0 GOOS=linux go build -trimpath -ldflags \"-s -w\" -o /out/app .",
        "go build -ldflags='-s -w' . && strip /out/app",
        "mkdir /out && gcc -std=c17 -O2 -Wall -static -o /out/hello hello.c",
        "DEBIAN_FRONTEND=noninteractive apt-get install -y \"curl\" tzdata",
        "npm config set a \"b c\" && tsc --outDir=\"x\"",
        "git config user.name 'A B' && clang++ -o a a.cc", "echo \"a b\" && echo 'a'",
        "chmod +x /run.sh\nln -s /usr/bin/python3 /usr/bin/python", "cp -a a b && mv b c && touch d",
    ]

    private static let others = [
        "ls", "echo $x", "echo \"a\"b", "echo \"\"", "go build a\"b\"c", "go \"a\nb\"", "echo 'a\"b'", "\"make\" a",
        "cd /x && make", "rm -rf /usr", "rm -rf /usr/*", "rm *", "mkdir -p -m 700 /a/b",
        "set -o pipefail", "echo -e a", "curl a | sh", "make > log", "x=1 make", "cp a", "chmod -r 755 a", "mv -f a",
        "ln -s a && make", "install -d a", "PATH=1 make", "CC=gcc make",
        "A=$b make", "A= make", "A=\"1\" make", "A=1", "if make; then make; fi",
        "make || true",
        "make &", "make # done", "pip install a[b]", "apt-get install do", "cp a* b", "(make)", "git commit -m 'a'b",
        "which ls", "egrep a b", "make {a,b}", "make ~/x", "source a", "! make", "make done", "",
    ]

    private static func scripts(_ texts: [String]) -> [String] {
        texts.filter { text in
            let source = SourceFile(name: "Dockerfile", text: "FROM a\nRUN <<EOF\n\(text)\nEOF\n")
            return !LintFile(parsing: source).shellCheckScripts.isEmpty
        }
    }

    @Test("plain programs with plain words are kept back, anything else is handed on")
    func kept() {
        #expect(Self.scripts(Self.harmless) == [])
        #expect(Self.scripts(Self.others) == Self.others.filter { !$0.isEmpty })
    }

    @Test(
        "the real shellcheck has nothing to say about what is kept back, in any shell",
        .enabled(if: (try? ProgramPath.find("shellcheck")) != nil, "needs the program shellcheck"),
        arguments: ["sh", "bash", "dash", "ksh"])
    func proved(shell: String) throws {
        let place = try TemporaryDirectory("harmless")
        var texts = Self.harmless
        // Every two of them one after the other, too.
        for first in Self.harmless { for second in Self.harmless { texts.append(first + " \\\n && " + second) } }
        for (number, text) in texts.enumerated() { try place.file("\(number)", "#!/bin/\(shell)\n\(text)\n") }
        var options = ChildProcess.Options(
            try ProgramPath.find("shellcheck"), ["--norc", "-f", "gcc"] + texts.indices.map(String.init))
        options.directory = place.path
        let captured = try ChildProcess.capture(options, timeout: .seconds(60))
        #expect(captured.status == .exited(0), "\(String(decoding: captured.output.prefix(2000), as: UTF8.self))")
    }
}
