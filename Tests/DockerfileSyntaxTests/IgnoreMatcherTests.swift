import Core
import DockerfileSyntax
import Testing

@Suite("ignore patterns")
struct IgnoreMatcherTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var patterns: [String]
        var path: String
        var excluded: Bool

        init(_ patterns: [String], _ path: String, _ excluded: Bool) {
            self.patterns = patterns
            self.path = path
            self.excluded = excluded
        }

        var testDescription: String { "\(patterns) \(path) \(excluded)" }
    }

    static let cases: [Case] = [
        // Plain paths hold for the path and all below it.
        Case(["docs"], "docs", true),
        Case(["docs"], "docs/a/b", true),
        Case(["docs"], "docs2", false),
        Case(["docs"], "x/docs", false),
        Case(["docs/"], "docs/a", true),
        Case(["/docs"], "docs", false),
        Case(["./a/../docs"], "docs", true),
        Case([" docs "], "docs", true),
        Case(["a.b+c"], "a.b+c", true),
        Case(["a.b"], "axb", false),
        Case(["a(b)|{c}$"], "a(b)|{c}$", true),
        // One component.
        Case(["*"], "a", true),
        Case(["*"], "a/b", true),
        Case(["*.go"], "main.go", true),
        Case(["*.go"], "cmd/main.go", false),
        Case(["*/*.go"], "cmd/main.go", true),
        Case(["*/temp*"], "a/temporary.txt", true),
        Case(["*/temp*"], "temporary.txt", false),
        Case(["*/temp*"], "a/b/temp", false),
        Case(["temp?"], "tempa", true),
        Case(["temp?"], "temp", false),
        Case(["temp?"], "temp/", false),
        Case(["t?p"], "t☺p", true),
        Case(["t?p"], "t/p", false),
        Case(["a[b-d]e"], "ace", true),
        Case(["a[b-d]e"], "aae", false),
        Case(["a[^b-d]e"], "aze", true),
        Case(["a[^b-d]e"], "ace", false),
        Case(["[a-ζ]"], "α", true),
        Case(["a\\*b"], "a*b", true),
        Case(["a\\*b"], "axb", false),
        Case([".*"], ".git", true),
        Case([".*"], "git", false),
        // Any depth.
        Case(["**"], "a", true),
        Case(["**"], "a/b/c", true),
        Case(["**/"], "a/b", true),
        Case(["**/**"], "a/b", true),
        Case(["**/dir"], "dir", true),
        Case(["**/dir"], "a/dir", true),
        Case(["**/dir"], "a/b/dir/c", true),
        Case(["**/dir"], "xdir", false),
        Case(["**dir"], "xdir", true),
        Case(["**/.foo"], ".foo", true),
        Case(["**/.foo"], "bar.foo", false),
        Case(["**/*.txt"], "a.txt", true),
        Case(["**/*.txt"], "a/b/c.txt", true),
        Case(["**/*.txt"], "a/b/c.txt2", false),
        Case(["**/**/*.txt"], "a/b/c.txt", true),
        Case(["**/dir2/*"], "dir/dir2/file", true),
        Case(["**/dir2/*"], "dir/dir2", false),
        Case(["**/dir2/**"], "a/dir2/b/c", true),
        Case(["dir/**"], "dir", false),
        Case(["dir/**"], "dir/a/b", true),
        Case(["dir/**/x"], "dir/x", true),
        Case(["dir/**/x"], "dir/a/b/x", true),
        Case(["dir/**/x"], "dir/ax", false),
        Case(["a**/*.txt"], "a/file.txt", true),
        Case(["a**/*.txt"], "a/b/c/file.txt", true),
        Case(["a**/*.txt"], "ab/file.txt", true),
        Case(["a*b**c"], "axbxbc", true),
        Case(["a/*.txt**"], "a/f.txt", true),
        Case(["**/a*b/**/c"], "x/ab/q/aab/c", true),
        // Exceptions: the last pattern that holds decides.
        Case(["docs", "!docs/README.md"], "docs/README.md", false),
        Case(["docs", "!docs/README.md"], "docs/other.md", true),
        Case(["docs/*", "!docs/README.md"], "docs/README.md", false),
        Case(["!docs/README.md", "docs"], "docs/README.md", true),
        Case(["*.md", "!README*.md", "README-secret.md"], "README.md", false),
        Case(["*.md", "!README*.md", "README-secret.md"], "README-secret.md", true),
        Case(["*.md", "README-secret.md", "!README*.md"], "README-secret.md", false),
        Case(["**", "!util/docker/web"], "util/docker/web/foo", false),
        Case(["**", "!util/docker/web", "util/docker/web/foo"], "util/docker/web/foo", true),
        Case(["**", "!util/docker/web"], "util/docker", true),
        Case(["**", "!dist/*.whl"], "dist/a-1.0.whl", false),
        Case(["a", "!a/b", "a/b"], "a/b", true),
        Case(["!a"], "a", false),
        Case([], "a", false),
        Case(["", "  "], "a", false),
    ]

    @Test("patterns leave out what they leave out in docker", arguments: cases)
    func excludes(item: Case) throws {
        let matcher = try IgnoreMatcher(patterns: item.patterns)
        #expect(matcher.excludes(BytePath(cleaning: item.path)) == item.excluded)
    }

    @Test("a walk with the results of parents gives the same", arguments: cases)
    func incremental(item: Case) throws {
        let matcher = try IgnoreMatcher(patterns: item.patterns)
        var state: IgnoreMatcher.State?
        var path = BytePath()
        for component in BytePath(cleaning: item.path).components {
            path = path.appending(component)
            state = matcher.match(path, parent: state)
        }
        #expect(state?.isExcluded == item.excluded)
    }

    @Test("an ignore file knows comments, blank lines, leading slashes and spaces behind the exclamation mark")
    func file() throws {
        let text = "\u{FEFF}# comment\r\n\r\n/secret/\r\n  *.log  \n! /keep.log\n #x\n"
        let matcher = try IgnoreMatcher(patternsText: text)
        let excluded = ["secret/a", "a.log", "keep.log", "#x", "other"].filter {
            matcher.excludes(BytePath(cleaning: $0))
        }
        #expect(excluded == ["secret/a", "a.log", "#x"])
    }

    @Test("the root is never left out")
    func root() throws {
        let matcher = try IgnoreMatcher(patterns: ["**", "."])
        #expect(!matcher.excludes(BytePath()))
        #expect(!matcher.match(BytePath(), parent: nil).isExcluded)
    }

    @Test("a malformed pattern is an error", arguments: ["!", "[", "a[", "[]a]", "[-]", "[x-]", "[^", "[a-b-c]", "\\"])
    func malformed(pattern: String) {
        #expect(throws: DockerfileError.self) { try IgnoreMatcher(patterns: [pattern]) }
    }

    @Test("a malformed pattern in a file is shown in its line")
    func malformedFile() throws {
        let error = #expect(throws: DockerfileError.self) { try IgnoreMatcher(patternsText: "ok\n  a[\n") }
        #expect(
            error?.diagnostic.description == """
                error: 'a[' is not a valid pattern
                 --> .dockerignore:2:3
                2 |   a[
                  |   ^^
                hint: close every [ with ], and write \\ only before a character

                """)
    }

    @Test(
        "a directory is skipped only when nothing below it can be kept",
        arguments: [
            (["node_modules"], "node_modules", true),
            (["node_modules", "!node_modules/keep"], "node_modules", false),
            (["node_modules", "!src/keep"], "node_modules", true),
            (["node_modules", "!**/keep"], "node_modules", false),
            (["node_modules", "!*/keep"], "node_modules", false),
            (["node_modules", "!*.txt"], "node_modules", true),
            (["node_modules", "!node*/a/b"], "node_modules", false),
            (["node_modules", "!node_modules/a/**"], "node_modules", false),
            (["a/b", "!a/**"], "a/b", false),
            (["!a/**", "a/b"], "a/b", true),
            (["a", "!a/c"], "a/b", true),
            (["b"], "a", false),
        ])
    func skips(patterns: [String], directory: String, expected: Bool) throws {
        let matcher = try IgnoreMatcher(patterns: patterns)
        var state: IgnoreMatcher.State?
        var path = BytePath()
        for component in BytePath(cleaning: directory).components {
            path = path.appending(component)
            state = matcher.match(path, parent: state)
        }
        #expect(matcher.canSkip(path, try #require(state)) == expected)
    }

    @Test("more than 64 patterns keep their order")
    func many() throws {
        let patterns = (0..<100).map { "d\($0)" } + ["!d99/keep"] + (0..<100).map { "e\($0)" } + ["d99/keep/not"]
        let matcher = try IgnoreMatcher(patterns: patterns)
        let excluded = ["d5/x", "d99/keep", "d99/keep/not", "e99", "f"].filter {
            matcher.excludes(BytePath(cleaning: $0))
        }
        #expect(excluded == ["d5/x", "d99/keep/not", "e99"])
    }

    @Test("a hostile pattern takes no more than pattern times path")
    func hostile() throws {
        let pattern = String(repeating: "a*", count: 200) + "b"
        let path = BytePath(cleaning: String(repeating: "a", count: 2000))
        #expect(try !IgnoreMatcher(patterns: [pattern, "x" + String(repeating: "**a", count: 50)]).excludes(path))
    }
}

@Suite("wildcards of sources")
struct GlobMatcherTests {
    @Test(
        "wildcards match as Go's filepath.Match does",
        arguments: [
            ("abc", "abc", true), ("*", "abc", true), ("*c", "abc", true), ("a*", "a", true), ("a*", "abc", true),
            ("a*", "ab/c", false), ("a*/b", "abc/b", true), ("a*/b", "a/c/b", false),
            ("a*b*c*d*e*/f", "axbxcxdxe/f", true), ("a*b*c*d*e*/f", "axbxcxdxexxx/f", true),
            ("a*b*c*d*e*/f", "axbxcxdxe/xxx/f", false), ("a*b*c*d*e*/f", "axbxcxdxexxx/fff", false),
            ("a*b?c*x", "abxbbxdbxebxczzx", true), ("a*b?c*x", "abxbbxdbxebxczzy", false), ("ab[c]", "abc", true),
            ("ab[b-d]", "abc", true), ("ab[e-g]", "abc", false), ("ab[^c]", "abc", false), ("ab[^b-d]", "abc", false),
            ("ab[^e-g]", "abc", true), ("a\\*b", "a*b", true), ("a\\*b", "ab", false), ("a?b", "a☺b", true),
            ("a[^a]b", "a☺b", true), ("a???b", "a☺b", false), ("a[^a][^a][^a]b", "a☺b", false),
            ("[a-ζ]*", "α", true), ("*[a-ζ]", "A", false), ("a?b", "a/b", false), ("a*b", "a/b", false),
            ("[\\]a]", "]", true), ("[\\-]", "-", true), ("[x\\-]", "x", true), ("[x\\-]", "-", true),
            ("[x\\-]", "z", false), ("[\\-x]", "x", true), ("[\\-x]", "-", true), ("[\\-x]", "a", false),
            ("*x", "xxx", true), ("**", "a", true), ("**", "a/b", false), ("", "", true), ("", "a", false),
        ])
    func matches(pattern: String, path: String, expected: Bool) throws {
        #expect(try GlobMatcher(pattern).matches(path) == expected)
    }

    @Test(
        "a malformed wildcard is an error",
        arguments: ["[]a]", "[-]", "[x-]", "[-x]", "\\", "[a-b-c]", "[", "[^", "[^bc", "a["])
    func malformed(pattern: String) {
        #expect(throws: DockerfileError.self) { try GlobMatcher(pattern) }
    }

    @Test("only what has a wildcard has wildcards")
    func wildcards() {
        #expect(
            ["a*", "a?", "a[b]", "a\\*", "a", "a/b"].filter(GlobMatcher.hasWildcards) == ["a*", "a?", "a[b]", "a\\*"])
    }
}
