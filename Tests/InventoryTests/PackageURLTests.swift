import Core
import Inventory
import SampanTestSupport
import Testing

@Suite("Package URLs")
struct PackageURLTests {
    @Test(
        "a text is read and written again in its canonical form",
        arguments: [
            (
                "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",
                "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie"
            ),
            ("pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64", "pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64"),
            ("pkg:deb/debian/attr@1%3A2.4.47-2+b1", "pkg:deb/debian/attr@1:2.4.47-2%2Bb1"),
            ("PKG:Deb/Debian/CURL@7?Arch=i386", "pkg:deb/debian/curl@7?arch=i386"),
            ("pkg:///npm/%40angular/animation@12.3.1", "pkg:npm/%40angular/animation@12.3.1"),
            ("pkg:npm/@angular/animation@12.3.1", "pkg:npm/%40angular/animation@12.3.1"),
            ("pkg:npm/@angular/animation", "pkg:npm/%40angular/animation"),
            ("pkg:pypi/Django_AllAuth@12.23RC1", "pkg:pypi/django-allauth@12.23rc1"),
            ("pkg:pypi/a-._b", "pkg:pypi/a-b"),
            (
                "pkg:GOLANG/google.golang.org/genproto@abcdedf#/googleapis/api/annotations/",
                "pkg:golang/google.golang.org/genproto@abcdedf#googleapis/api/annotations"
            ),
            ("pkg:golang/github.com/BurntSushi/toml@v1.4.0", "pkg:golang/github.com/BurntSushi/toml@v1.4.0"),
            ("pkg:golang/a/b#./x/../y//z", "pkg:golang/a/b#x/y/z"),
            (
                "pkg:maven/org.apache.xmlgraphics/batik-anim@1.9.1?repository_url=repo.spring.io%2Frelease&classifier=sources",
                "pkg:maven/org.apache.xmlgraphics/batik-anim@1.9.1?classifier=sources&repository_url=repo.spring.io/release"
            ),
            (
                "pkg:rpm/fedora/curl@7.50.3-1.fc25?epoch=&distro=fedora-25&arch=i386",
                "pkg:rpm/fedora/curl@7.50.3-1.fc25?arch=i386&distro=fedora-25"
            ),
            ("pkg:generic/a%20b@1~%C3%A9?x=a%26b", "pkg:generic/a%20b@1~%C3%A9?x=a%26b"),
            ("pkg:generic//a//b//c//@1", "pkg:generic/a/b/c@1"),
            ("pkg:cargo/rand@0.7.2", "pkg:cargo/rand@0.7.2"),
            (
                "pkg:gem/ruby-advisory-db-check@0.12.4?platform=java",
                "pkg:gem/ruby-advisory-db-check@0.12.4?platform=java"
            ),
        ])
    func canonical(text: String, expected: String) throws {
        let url = try PackageURL(text)
        #expect(url.description == expected)
        #expect(try PackageURL(expected) == url)
    }

    @Test(
        "what is no package URL is refused",
        arguments: [
            ("", .noScheme), ("deb/debian/curl", .noScheme), ("http://x/y", .noScheme), ("pkg:", .noName),
            ("pkg:deb", .noName), ("pkg:deb/", .noName), ("pkg:deb/@1", .noName), ("pkg:/", .noName),
            ("pkg:1deb/curl", .badType("1deb")), ("pkg:d%65b/curl", .badType("d%65b")),
            ("pkg:d b/curl", .badType("d b")),
            ("pkg:deb/curl?1=2", .badQualifier("1")), ("pkg:deb/curl?=2", .badQualifier("")),
            ("pkg:deb/curl?a=1&A=2", .repeatedQualifier("a")), ("pkg:deb/cu%2", .badEscape("cu%2")),
            ("pkg:deb/cu%zz", .badEscape("cu%zz")), ("pkg:deb/%ff", .badEscape("%ff")),
            ("pkg:deb/a%2fb/curl", .slashInSegment("a/b")), ("pkg:deb/curl#a%2fb", .slashInSegment("a/b")),
        ] as [(String, PackageURLError)])
    func refuses(text: String, error: PackageURLError) {
        func read() throws { _ = try PackageURL(text) }
        #expect(throws: error) { try read() }
        #expect(error.diagnostic.code == "inventory.package-url")
    }

    @Test("a text that is too long is refused at once")
    func long() {
        func read() throws { _ = try PackageURL("pkg:deb/" + String(repeating: "a", count: 16384)) }
        #expect(throws: PackageURLError.tooLong(16392)) { try read() }
    }

    @Test("parts with characters of the syntax come back as they were")
    func parts() throws {
        let url = try PackageURL(
            type: "generic", namespace: "a@b/c?d", name: "e/f#g", version: "1@2/3?4#5%",
            qualifiers: ["k": "a=b&c/d ?#%"],
            subpath: "x y/z#")
        #expect(
            url.description
                == "pkg:generic/a%40b/c%3Fd/e%2Ff%23g@1%402%2F3%3F4%235%25?k=a%3Db%26c/d%20%3F%23%25#x%20y/z%23")
        #expect(try PackageURL(url.description) == url)
    }

    @Test("a component's URL names what it was built from, and gives the component again")
    func components() throws {
        let component = Component(
            .deb, namespace: "debian", name: "libc6", version: "2.36-9+deb12u4",
            qualifiers: ["arch": "amd64", "distro": "debian-12"],
            source: .init(name: "glibc", version: "2.36-9+deb12u4"))
        let url = try #require(component.packageURL)
        #expect(
            url.description == "pkg:deb/debian/libc6@2.36-9%2Bdeb12u4?arch=amd64&distro=debian-12&upstream=glibc")
        #expect(Component(url) == component)

        var rebuilt = component
        rebuilt.source = .init(name: "libc6", version: "2.36-9")
        #expect(rebuilt.packageURL?.qualifiers["upstream"] == "libc6@2.36-9")
        #expect(rebuilt.packageURL.map(Component.init) == rebuilt)

        #expect(Component(try PackageURL("pkg:nuget/x@1")).ecosystem == .generic)
        #expect(Component(.npm, name: "", version: "1").packageURL == nil)
    }

    @Test("no text that is read crashes, and each that is taken has one canonical form")
    func fuzz() throws {
        var generator = SeededGenerator(seed: 5)
        let alphabet = Array("pkg:deb/@%2Fa0#?=&.-_~:+ é\u{0}/".utf8)
        var taken = 0
        for _ in 0..<20_000 {
            var bytes = Array("pkg:npm/a/b@1?k=v#s".utf8)
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = alphabet.randomElement(using: &generator) ?? 0
                if Bool.random(using: &generator) {
                    bytes.insert(alphabet.randomElement(using: &generator) ?? 0, at: place)
                }
            }
            guard let url = try? PackageURL(String(decoding: bytes, as: UTF8.self)) else { continue }
            taken += 1
            #expect(try PackageURL(url.description) == url)
            #expect(try PackageURL(url.description).description == url.description)
        }
        #expect(taken > 1000)
    }
}
