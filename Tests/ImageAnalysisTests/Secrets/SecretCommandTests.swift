import SampanTestSupport
import Testing

@testable import ImageAnalysis

@Suite("secrets of commands are told by where they stand")
struct SecretCommandTests {
    @Test(
        "what a program is told as a password is hidden, its option and the user are not",
        arguments: [
            // Options that say it themselves.
            ("RUN deploy --password abc --now", "RUN deploy --password *** --now"),
            ("RUN deploy --password=hunter2 --now", "RUN deploy --password=*** --now"),
            ("RUN deploy --password 'two words' x", "RUN deploy --password '***' x"),
            ("RUN x --token s3cr3t && y", "RUN x --token *** && y"),
            ("RUN x --api-key s3cr3t;y", "RUN x --api-key ***;y"),
            ("RUN x --authToken s3cr3t", "RUN x --authToken ***"),
            ("RUN gpg --batch --passphrase hunter2 -c f", "RUN gpg --batch --passphrase *** -c f"),
            ("RUN keytool -import -storepass hunter2 -alias a", "RUN keytool -import -storepass *** -alias a"),
            ("RUN wget --user=me --http-password=hunter2 u", "RUN wget --user=me --http-password=*** u"),
            // Options that mean it for a program.
            ("RUN docker login -u me -p abc x.test", "RUN docker login -u me -p *** x.test"),
            ("RUN docker login -u me -phunter2 x.test", "RUN docker login -u me -p*** x.test"),
            ("RUN /usr/bin/podman login -p \"hunter2\" x", "RUN /usr/bin/podman login -p \"***\" x"),
            ("RUN helm registry login -u me -p hunter2 x", "RUN helm registry login -u me -p *** x"),
            ("RUN curl -u user:pass x.test", "RUN curl -u user:*** x.test"),
            ("RUN curl -u user:hunter2 x.test", "RUN curl -u user:*** x.test"),
            ("RUN curl -uuser:hunter2 x.test", "RUN curl -uuser:*** x.test"),
            ("RUN curl -fsSLu 'user:hunter2' x.test", "RUN curl -fsSLu 'user:***' x.test"),
            ("RUN curl --user user:hunter2 x.test", "RUN curl --user user:*** x.test"),
            ("RUN curl --user=user:hunter2 x.test", "RUN curl --user=user:*** x.test"),
            ("RUN curl --proxy-user u:hunter2 -U a:hunter3 x", "RUN curl --proxy-user u:*** -U a:*** x"),
            ("RUN mysql -uroot -phunter2 db", "RUN mysql -uroot -p*** db"),
            ("RUN sshpass -p hunter2 ssh me@x", "RUN sshpass -p *** ssh me@x"),
            ("RUN redis-cli -a hunter2 ping", "RUN redis-cli -a *** ping"),
            ("RUN unzip -P hunter2 a.zip", "RUN unzip -P *** a.zip"),
            ("RUN 7z x -phunter2 a.7z", "RUN 7z x -p*** a.7z"),
            ("RUN twine upload -u me -p hunter2 dist/a", "RUN twine upload -u me -p *** dist/a"),
            ("RUN usermod -p '$6$salt$abcdefghijklmnopqrs' me", "RUN usermod -p '***' me"),
            ("RUN htpasswd -cb f me hunter2", "RUN htpasswd -cb f me ***"),
            ("RUN openssl enc -d -k x pass:hunter2", "RUN openssl enc -d -k x pass:***"),
            // What is piped into programs that ask.
            (
                "RUN echo hunter2 | docker login -u me --password-stdin x",
                "RUN echo *** | docker login -u me --password-stdin x"
            ),
            ("RUN echo \"root:hunter2\" | chpasswd", "RUN echo \"root:***\" | chpasswd"),
            ("RUN printf '%s' hunter2 | passwd --stdin me", "RUN printf '%s' *** | passwd --stdin me"),
            ("RUN echo hunter2 | sudo -S make", "RUN echo *** | sudo -S make"),
            // Settings.
            ("RUN aws configure set aws_secret_access_key hunter2", "RUN aws configure set aws_secret_access_key ***"),
            ("RUN npm config set //x.test/:_authToken hunter2", "RUN npm config set //x.test/:_authToken ***"),
            ("RUN npm config set _auth dXNlcjpwYXNz", "RUN npm config set _auth ***"),
            ("RUN echo //x.test/:_auth=dXNlcjpwYXNz > .npmrc", "RUN echo //x.test/:_auth=*** > .npmrc"),
            ("RUN echo '//x.test/:_authToken=hunter2' > .npmrc", "RUN echo '//x.test/:_authToken=***' > .npmrc"),
            ("RUN poetry config pypi-token.main hunter2", "RUN poetry config pypi-token.main ***"),
            ("RUN yarn config set npmAuthToken hunter2", "RUN yarn config set npmAuthToken ***"),
            // Headers and JSON.
            ("RUN curl -H 'Authorization: Basic dXNlcjpwYXNz' x", "RUN curl -H 'Authorization: Basic ***' x"),
            ("RUN curl -H \"authorization: Bearer abc.def\" x", "RUN curl -H \"authorization: Bearer ***\" x"),
            ("RUN curl -H Authorization:hunter2 x", "RUN curl -H Authorization:*** x"),
            ("RUN curl -H 'PRIVATE-TOKEN: hunter2' x", "RUN curl -H 'PRIVATE-TOKEN: ***' x"),
            ("RUN curl -H \"X-Api-Key: a'b\\c\" x", "RUN curl -H \"X-Api-Key: ***\" x"),
            ("Proxy-Authorization: Basic dXNlcjpwYXNz\nHost: x", "Proxy-Authorization: Basic ***\nHost: x"),
            (
                "RUN echo '{\"password\": \"hunter2\", \"a\": 1}' > f",
                "RUN echo '{\"password\": \"***\", \"a\": 1}' > f"
            ),
            ("RUN echo '{\"auth\":\"dXNlcjpwYXNz\"}' > f", "RUN echo '{\"auth\":\"***\"}' > f"),
            // Exec forms, quotes in quotes.
            ("CMD [\"x\",\"--password\",\"hunter2\"]", "CMD [\"x\",\"--password\",\"***\"]"),
            ("CMD [\"docker\", \"login\", \"-p\", \"abc\"]", "CMD [\"docker\", \"login\", \"-p\", \"***\"]"),
            ("RUN sh -c 'curl -u a:hunter2 x'", "RUN sh -c 'curl -u a:*** x'"),
            (
                "RUN [\"sh\", \"-c\", \"curl -H \\\"Authorization: Basic dXNlcg==\\\" x\"]",
                "RUN [\"sh\", \"-c\", \"curl -H \\\"Authorization: Basic ***\\\" x\"]"
            ),
            ("RUN a && \\\n  curl \\\n  -u a:hunter2 x", "RUN a && \\\n  curl \\\n  -u a:*** x"),
            (
                "RUN |1 A=b /bin/sh -c curl -u a:hunter2 x # buildkit",
                "RUN |1 A=b /bin/sh -c curl -u a:*** x # buildkit"
            ),
            // Instructions as they were written in former times.
            ("ENV DB_PASSWORD hunter2", "ENV DB_PASSWORD ***"),
            ("ENV DB_PASSWORD two; words", "ENV DB_PASSWORD ***"),
            ("/bin/sh -c #(nop)  ENV API_TOKEN hunter2", "/bin/sh -c #(nop)  ENV API_TOKEN ***"),
            ("FROM a\nENV API_TOKEN hunter2\nRUN b", "FROM a\nENV API_TOKEN ***\nRUN b"),
            // URLs.
            ("RUN pip install -i //me:hunter2@x.test/simple a", "RUN pip install -i //***@x.test/simple a"),
            ("RUN pip install -i https://me:hunter2@x.test/simple a", "RUN pip install -i https://***@x.test/simple a"),
        ])
    func hidden(_ text: String, _ shown: String) {
        #expect(SecretText.redacted(text) == shown)
        #expect(SecretText.redacted(shown) == shown)
    }

    @Test(
        "text without secrets stays as it is",
        arguments: [
            "RUN mkdir -p abc /data", "RUN install -p a b", "RUN cp -p abc def", "RUN make -C x -p abc",
            "RUN docker login -u me --password-stdin x.test", "RUN docker run -p 80:80 -u 1000:1000 web",
            "RUN docker run --user root:root web", "RUN chown -R user:group /srv", "RUN install -o root -g root a b",
            "RUN adduser --system --disabled-password nginx", "RUN adduser -D --no-password nginx x",
            "RUN docker login -p $PASSWORD x", "RUN docker login -p \"${PASSWORD}\" x", "RUN curl -u $USER:$PASS x",
            "RUN curl -u user: x", "RUN curl -sSLo file.tar.gz https://x.test/a", "RUN curl --upload-file a:b x",
            "RUN --mount=type=secret,id=token,target=/run/x make", "RUN --mount=type=secret make all",
            "RUN docker build --secret id=npm,src=.npmrc .", "RUN x --token-file /run/secrets/token",
            "RUN x --password /run/secrets/password", "RUN x --password-file secret.txt", "RUN x --password --next",
            "RUN curl -H \"Authorization: Bearer $TOKEN\" x", "RUN curl -H 'Accept: application/json' x",
            "RUN curl -H \"PRIVATE-TOKEN: ${T}\" x", "RUN echo '{\"name\": \"token\", \"size\": 12}'",
            "RUN echo $P | docker login --password-stdin x", "RUN echo root:$P | chpasswd", "RUN echo hello | tee f",
            "RUN echo 'deb http://x.test/debian trixie main' > /etc/apt/sources.list", "RUN printf 'root:%s' x | cat",
            "RUN npm config get //x.test/:_authToken > f", "RUN npm config set registry https://x.test/",
            "RUN ./configure --with-password --enable-token", "RUN git config --global user.name token",
            "RUN mysql -u root -p db", "RUN mysqldump -p $P db", "RUN apt-get install -y curl unzip redis-cli",
            "ENV PATH /usr/bin:/bin", "ENV TOKEN_FILE /run/token", "ENV TOKEN $TOKEN", "LABEL note a token of love",
            "# Token: see the docs", "time: 12:30, token: none", "// me@x.test wrote this", "a//b:c@sha256:d",
            "COPY --from=build /a//b:c@d /e", "ENV A=//x.test/:y", "x --max-token 12345 --tokens 5 --tokenizer fast",
            "SHELL [\"/bin/sh\", \"-c\"]", "[ -f a ] || exit 1", "", "'", "\"", "\\", "\\\"", "--password", "-p", "|",
            ":",
            "Authorization:", "\"Authorization: ", "ENV", "ENV TOKEN", "#(nop)", "/bin/sh -c #(nop)",
        ])
    func plain(_ text: String) {
        #expect(SecretText.redacted(text) == text)
    }

    @Test("an option and its value may be words of a list")
    func words() {
        let commands: [([String], [String])] = [
            (["x", "--password", "hunter2"], ["x", "--password", "***"]),
            (["docker", "login", "-p", "abc"], ["docker", "login", "-p", "***"]),
            (["curl", "-u", "a:hunter2"], ["curl", "-u", "a:***"]),
            (["sh", "-c", "curl -u a:hunter2 x"], ["sh", "-c", "curl -u a:*** x"]),
            (["x", "--password", "two words"], ["x", "--password", "***"]),
            (["x", "PASSWORD=hunter2", ""], ["x", "PASSWORD=***", ""]),
            (["serve", "-p", "8080"], ["serve", "-p", "8080"]),
            ([], []), ([""], [""]),
        ]
        for (given, shown) in commands { #expect(SecretText.redacted(words: given) == shown) }
    }

    @Test("words are split as a shell and a list have them")
    func splitting() {
        func words(_ text: String) -> [[String]] {
            Array(text.utf8).withUnsafeBytes { bytes in
                CommandWord.commands(bytes, in: 0..<bytes.count).map { command in
                    command.words.map { String(decoding: bytes[$0.inner], as: UTF8.self) }
                }
            }
        }
        #expect(words("a 'b c' \"d\" && e|f;g") == [["a", "b c", "d"], ["e"], ["f"], ["g"]])
        #expect(words("[\"a\",\"b c\", \"d\"]") == [["a", "b c", "d"]])
        #expect(words("a=\"b c\"d 'e") == [["a=\"b c\"d", "'e"]])
        #expect(words("a \\\n b\nc \\' d") == [["a", "b"], ["c", "\\'", "d"]])
        #expect(words("x \\\"a b\\\" y") == [["x", "a b", "y"]])
        #expect(words("") == [])
    }

    @Test("random texts are redacted within bounds, twice the same, and in time that is linear in them")
    func hostile() {
        let parts = [
            "'", "\"", "\\", "\\\"", " ", "\n", "|", ";", "--password", "-p", "docker login", "curl -u", "a:b", ":",
            "://",
            "//", "@", "Authorization: ", "ENV TOKEN ", "[", "]", ",", "=", "#(nop)", "/bin/sh -c", "é", "hunter2",
            "$6$",
        ]
        var random = SeededGenerator(seed: 5)
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0...14, using: &random)).map { _ in parts[Int.random(in: 0..<parts.count)] }
                .joined()
            _ = SecretText.redacted(text)
            _ = SecretText.redacted(words: [text, text])
        }
        for part in parts + ["\"token: ", "'token:\"", "\"a-token\":'", "//a:b", "--password x ", "echo x|chpasswd|"] {
            let text = String(repeating: part, count: (16 << 10) / part.utf8.count)
            #expect(!SecretText.redacted(text).isEmpty)
        }
    }
}
