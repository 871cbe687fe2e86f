import Testing

@testable import Binaries

@Suite("names of Go's functions")
struct FunctionNameTests {
    private func origin(_ name: String) -> GoFunctionName.Origin {
        Array(name.utf8).withUnsafeBytes { GoFunctionName.origin($0) }
    }

    @Test(
        "a name tells its package",
        arguments: [
            ("main.main", "main"),
            ("runtime.mallocgc", "runtime"),
            ("main.init.0.func1", "main"),
            ("net/http.(*Server).Serve", "net/http"),
            ("vendor/golang.org/x/net/idna.init", "vendor/golang.org/x/net/idna"),
            ("github.com/a/b.glob..func1.2", "github.com/a/b"),
            ("gopkg.in/yaml%2ev3.Unmarshal", "gopkg.in/yaml.v3"),
            ("example.org/a%22b%25c.F", "example.org/a\"b%c"),
            ("example.org/a%zz.F", "example.org/a%zz"),
            ("slices.SortFunc[go.shape.struct { github.com/x/y.Z int }]", "slices"),
            ("sync/atomic.(*Pointer[example.org/m.T]).Load", "sync/atomic"),
            ("main.(*struct { net/http.Handler }).ServeHTTP", "main"),
            ("golang.org/x/sys/unix.Open", "golang.org/x/sys/unix"),
            ("go/ast.Walk", "go/ast"),
        ])
    func packages(name: String, package: String) {
        #expect(origin(name) == .package(package))
    }

    @Test(
        "what the compiler makes for types is told apart, with the type's package",
        arguments: [
            ("type:.eq.net/http.Cookie", "net/http"), ("type..hash.[4]example.org/m.Key", "example.org/m"),
            ("type:.eq.[2][3]main.T", "main"), ("type:.eq.struct { a string; b int }", nil),
            ("type..eq.[3]interface {}", nil), ("go:struct { io.Reader }.Read", nil),
            ("go.(*struct { sync.Mutex; net.x map[string]int }).Lock", nil), ("type:*", nil), ("go:buildid", nil),
        ] as [(String, String?)])
    func generated(name: String, package: String?) {
        #expect(origin(name) == .generated(package))
    }

    @Test(
        "names without a package are foreign",
        arguments: ["", "memeqbody", "x_cgo_init", "_cgo_wait.part.0", "fatalf.constprop.3", "_start", "/a/b"])
    func foreign(name: String) {
        #expect(origin(name) == .foreign)
    }

    @Test(
        "a source file tells its package",
        arguments: [
            ("/usr/lib/go-1.19/src/math/big/arith_amd64.s", "math/big"),
            ("internal/bytealg/equal_amd64.s", "internal/bytealg"),
            ("/root/go/pkg/mod/golang.org/x/sys@v0.1.0/unix/asm_linux_amd64.s", "golang.org/x/sys/unix"),
            ("golang.org/x/crypto@v0.3.0/blake2b/blake2b.s", "golang.org/x/crypto/blake2b"),
            ("/home/me/thing/a.s", nil), ("a.s", nil), ("", nil),
        ] as [(String, String?)])
    func paths(path: String, package: String?) {
        #expect(GoSourcePath.package(path) == package)
    }

    @Test("the module of a package is the longest that holds it")
    func modules() {
        var build = GoBuild(version: "go1.22")
        build.main = .init(path: "example.org/shop", version: "(devel)")
        build.dependencies = [
            .init(.init(path: "example.org/shop/api", version: "v1.0.0")),
            .init(
                .init(path: "github.com/a/b", version: "v1.0.0"),
                replacement: .init(path: "github.com/c/d", version: "v2")),
            .init(.init(path: "plain", version: "v0.0.0")),
        ]
        let modules = GoModules(build)
        let cases = [
            "main": "example.org/shop", "example.org/shop": "example.org/shop",
            "example.org/shop/cart": "example.org/shop", "example.org/shop/api/v1": "example.org/shop/api",
            "example.org/shopping": "", "github.com/a/b": "github.com/a/b", "github.com/a/bc": "", "plain/x": "plain",
            "fmt": "std", "net/http": "std", "vendor/golang.org/x/net/idna": "std", "example.com/other": "", "": "std",
        ]
        for (package, module) in cases { #expect(modules.module(ofPackage: package) == module, "\(package)") }
        #expect(GoModules(nil).module(ofPackage: "main") == "main")
    }
}
