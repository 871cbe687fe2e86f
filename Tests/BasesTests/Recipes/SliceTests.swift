import Bases
import Core
import Testing

@Suite("Bases: slices")
struct SliceTests {
    private static let slices: [Slice] =
        [
            .named(.docs), .named(.man), .named(.gconv), .named(.locales),
            .zoneinfo(["posix", "Antarctica", "tzdata.zi"]),
        ]
        + [.paths(["/opt/*/share/**", "/a/**/z", "/x?z"])]

    @Test(
        "a path is left out by the first slice that names it",
        arguments: [
            ("/usr/share/doc/base-files/README", 0), ("/usr/share/doc/base-files/copyright", nil),
            ("/usr/share/doc/python3/html/copyright", 0), ("/usr/share/doc/libstdc++6", nil),
            ("/usr/share/doc-base/x", 0), ("/usr/share/man/man1/ls.1.gz", 1), ("/usr/share/man", nil),
            ("/usr/share/manual", nil), ("/usr/lib/x86_64-linux-gnu/gconv/UTF-7.so", 2),
            ("/usr/lib/aarch64-linux-gnu/gconv/gconv-modules.d/x.conf", 2), ("/usr/lib/gconv", nil),
            ("/usr/share/locale/de/LC_MESSAGES/a.mo", 3), ("/usr/share/zoneinfo/posix/UTC", 4),
            ("/usr/share/zoneinfo/posixrules", nil), ("/usr/share/zoneinfo/Antarctica", 4),
            ("/usr/share/zoneinfo/tzdata.zi", 4), ("/usr/share/zoneinfo/Asia/Shanghai", nil),
            ("/opt/a/share/b/c", 5), ("/opt/a/b/share/c", nil), ("/opt/share/c", nil), ("/a/z", 5), ("/a/b/c/z", 5),
            ("/a/z/y", nil), ("/xyz", 5), ("/xz", nil), ("/", nil),
        ] as [(String, Int?)])
    func matching(path: String, expected: Int?) {
        #expect(SliceMatcher(Self.slices).slice(of: BytePath(cleaning: path)) == expected)
    }

    @Test("nothing is left out that isn't asked for")
    func none() { #expect(SliceMatcher([]).slice(of: "usr/share/doc/a/b") == nil) }

    @Test("licences are left out only when asked")
    func copyrights() {
        let matcher = SliceMatcher([.named(.copyrights)])
        #expect(matcher.slice(of: "usr/share/doc/a/copyright") == 0)
        #expect(matcher.slice(of: "usr/share/common-licenses/GPL-3") == 0)
        #expect(matcher.slice(of: "usr/share/doc/a/README") == nil)
    }

    @Test("a pattern with many wildcards takes little time")
    func time() {
        let pattern = PathPattern("/" + Array(repeating: "**/*a*b*c*", count: 20).joined(separator: "/"))
        let path = BytePath(cleaning: Array(repeating: "aabbaabbaabbaabb", count: 200).joined(separator: "/"))
        #expect(!pattern.matches(path))
        #expect(PathPattern("/**").matches("a/b") && !PathPattern("/**").matches(BytePath()))
    }
}
