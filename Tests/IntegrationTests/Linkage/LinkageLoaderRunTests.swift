import Core
import HostOS
import ImageAnalysis
import OCI
import SampanTestSupport
import Testing

@Suite(
    "where loaders look: what is predicted is what happens",
    .enabled(if: DebianBases.isReachable, DebianBases.reason), .enabled(if: Need.root, Need.rootReason),
    .enabled(if: Need.programs("gcc", "musl-gcc", "ldconfig"), "needs gcc and musl-tools"))
struct LinkageLoaderRunTests {
    /// A program that calls a library that calls another, `liba.so` and `libb.so`, both in `srv/lib`.
    struct Case: CustomTestStringConvertible {
        var name: String
        /// Options of the linker for the program.
        var options = ""
        /// What is done with the files then, in their directory.
        var script = ":"
        var compiler = "gcc"
        var base = "cc"
        var command = "/srv/app"
        var environment: [String] = []
        var user = "0:0"
        var isStarted: Bool
        var testDescription: String { name }
    }

    private static let old = "-Wl,--disable-new-dtags,-rpath,"
    private static let new = "-Wl,--enable-new-dtags,-rpath,"
    private static let triple = "$(gcc -print-multiarch)"

    static let cases: [Case] = [
        Case(name: "nothing says where", isStarted: false),
        Case(name: "RPATH serves libraries too", options: old + "/srv/lib", isStarted: true),
        Case(name: "RUNPATH serves the program alone", options: new + "/srv/lib", isStarted: false),
        Case(
            name: "RUNPATH, and the second library in a usual place", options: new + "/srv/lib",
            script: "mkdir -p usr/lib && mv srv/lib/libb.so usr/lib", isStarted: true),
        Case(name: "$ORIGIN", options: old + "'$ORIGIN/lib'", isStarted: true),
        Case(
            name: "$ORIGIN is where the program lies, not the link to it", options: old + "'${ORIGIN}/lib'",
            script: "mkdir -p usr/local/bin && ln -s /srv/app usr/local/bin/tool", command: "/usr/local/bin/tool",
            isStarted: true),
        Case(
            name: "$ORIGIN of a program that was moved", options: old + "'$ORIGIN/lib'",
            script: "mkdir opt && mv srv/app opt/app", command: "/opt/app", isStarted: false),
        Case(
            name: "$LIB", options: old + "'/opt/$LIB'",
            script: "mkdir -p opt/lib/\(triple) && mv srv/lib/* opt/lib/\(triple)", isStarted: true),
        Case(name: "LD_LIBRARY_PATH", environment: ["LD_LIBRARY_PATH=/none:/srv/lib"], isStarted: true),
        Case(
            name: "LD_LIBRARY_PATH and more rights than the user's", script: "chmod 4755 srv/app",
            environment: ["LD_LIBRARY_PATH=/srv/lib"], user: "1000:1000", isStarted: false),
        Case(
            name: "the directory of the architecture",
            script: "mkdir -p usr/lib/\(triple) && mv srv/lib/* usr/lib/\(triple)", isStarted: true),
        Case(
            name: "a directory of other distributions", script: "mkdir -p usr/lib64 && mv srv/lib/* usr/lib64",
            isStarted: false),
        Case(
            name: "/usr/local/lib without a cache", script: "mkdir -p usr/local/lib && mv srv/lib/* usr/local/lib",
            isStarted: false),
        Case(
            name: "a configuration without a cache",
            script: "mkdir -p etc/ld.so.conf.d && echo /srv/lib >etc/ld.so.conf.d/own.conf", isStarted: false),
        Case(
            name: "a cache", script: "mkdir -p etc && echo /srv/lib >etc/ld.so.conf && ldconfig -X -r .",
            isStarted: true),
        Case(
            name: "a cache that is no longer true",
            script: """
                mkdir -p etc opt && echo /srv/lib >etc/ld.so.conf && ldconfig -X -r . && mv srv/lib opt/lib
                """, isStarted: false),
        Case(
            name: "libraries for better processors",
            script: """
                d=usr/lib/\(triple)/glibc-hwcaps/x86-64-v2 && mkdir -p $d && mv srv/lib/* $d
                """, isStarted: true),
        Case(
            name: "a file that is no library stops the search", options: old + "/srv/lib",
            script:
                "mkdir -p usr/lib && cp srv/lib/* usr/lib && head -c 4096 /bin/sh | tr a-z A-Z | tail -c 4000 >srv/lib/libb.so",
            isStarted: false),
        Case(
            name: "links in the image", options: old + "/srv/lib",
            script: "mkdir opt && mv srv/lib opt/lib && ln -s /opt/lib srv/lib", isStarted: true),
        Case(
            name: "links out of the image", options: old + "/srv/lib",
            script: "mv srv/lib/libb.so srv/lib/libreal.so && ln -s \"$PWD/srv/lib/libreal.so\" srv/lib/libb.so",
            isStarted: false),
        Case(
            name: "a library that the user can't read", options: old + "/srv/lib", script: "chmod 600 srv/lib/libb.so",
            user: "1000:1000", isStarted: false),
        Case(
            name: "the same for root", options: old + "/srv/lib", script: "chmod 600 srv/lib/libb.so", isStarted: true),
        Case(
            name: "a directory that the user can't search", options: old + "/srv/lib", script: "chmod 700 srv/lib",
            user: "1000:1000", isStarted: false),
        Case(
            name: "a version that the library doesn't have", options: old + "/srv/lib",
            script: """
                echo 'ONE { *; };' >v && gcc -shared -o srv/lib/libb.so -Wl,-soname,libb.so \
                -Wl,--version-script,v "$SOURCES/b.c"
                """, isStarted: false),
        Case(
            name: "a library whose symbols have no versions", options: old + "/srv/lib",
            script: "gcc -shared -o srv/lib/libb.so -Wl,-soname,libb.so \"$SOURCES/b.c\"", isStarted: false),
        Case(
            name: "a library that offers no versions, and wants some", options: old + "/srv/lib",
            script: """
                gcc -shared -fPIC -o srv/lib/libb.so -Wl,-soname,libb.so -x c - <<'EOF'
                #include <stdio.h>
                const char *b(void) { return stdout ? "started" : ""; }
                EOF
                """, isStarted: true),
        Case(
            name: "what ldd lists, put into an empty image", options: old + "/srv/lib",
            script: "ldd srv/app | grep -o '/lib[^ ]*' | while read -r f; do mkdir -p .${f%/*} && cp -L $f .$f; done",
            base: "scratch", isStarted: true),
        Case(
            name: "a loader elsewhere", options: old + "/srv/lib -Wl,--dynamic-linker,/srv/loader",
            script: "cp -L \"$(ldd /bin/true | grep -o '/lib64[^ ]*')\" srv/loader", isStarted: true),
        Case(
            name: "a loader that isn't executable", options: old + "/srv/lib -Wl,--dynamic-linker,/srv/loader",
            script: "cp -L \"$(ldd /bin/true | grep -o '/lib64[^ ]*')\" srv/loader && chmod 644 srv/loader",
            isStarted: false),
        Case(
            name: "musl hands RUNPATH on", options: new + "/srv/lib", compiler: "musl-gcc", base: "alpine",
            isStarted: true),
        Case(
            name: "musl looks in /usr/local/lib",
            script: "mkdir -p usr/local/lib && mv srv/lib/* usr/local/lib", compiler: "musl-gcc", base: "alpine",
            isStarted: true),
        Case(
            name: "musl's own list of directories",
            script: "mkdir -p etc && printf '/lib\\n/srv/lib\\n' >etc/ld-musl-$(uname -m).path", compiler: "musl-gcc",
            base: "alpine", isStarted: true),
        Case(
            name: "musl's own list leaves out what it leaves out",
            script: "mkdir -p etc usr/lib && mv srv/lib/* usr/lib && echo /lib >etc/ld-musl-$(uname -m).path",
            compiler: "musl-gcc", base: "alpine", isStarted: false),
        Case(
            name: "musl looks in LD_LIBRARY_PATH first", compiler: "musl-gcc", base: "alpine",
            environment: ["LD_LIBRARY_PATH=/srv/lib"], isStarted: true),
        Case(
            name: "a library of glibc's world that musl has itself", options: new + "/srv/lib",
            script:
                "rm srv/lib/libb.so && musl-gcc -shared -o srv/lib/libm.so.6 -Wl,-soname,libm.so.6 \"$SOURCES/b.c\"",
            compiler: "musl-gcc", base: "alpine", isStarted: false),
    ]

    @Test("each way to say where libraries are", arguments: cases)
    func rules(_ one: Case) async throws {
        let lab = try LinkageLab.get()
        let files = try lab.place.directory("loader-\(Self.cases.firstIndex { $0.name == one.name } ?? 0)")
        let sources = lab.place.path("sources")
        // musl doesn't know versions, and its linker's files need none.
        try Shell.run(
            """
            SOURCES='\(sources)' && cd '\(files)' && mkdir -p srv/lib && {
            \(one.compiler) -shared -fPIC -o srv/lib/libb.so -Wl,-soname,libb.so \
                -Wl,--version-script,"$SOURCES/versions" "$SOURCES/b.c" &&
            \(one.compiler) -shared -fPIC -o srv/lib/liba.so -Wl,-soname,liba.so "$SOURCES/a.c" -Lsrv/lib -lb &&
            \(one.compiler) -o srv/app "$SOURCES/main.c" -Lsrv/lib -la -Wl,-rpath-link,srv/lib \(one.options) &&
            \(one.script)
            } >'\(files).log' 2>&1
            """)
        var config = ContainerConfig(entrypoint: [one.command])
        config.env = one.environment
        config.user = one.user
        let outcome = try lab.run(one.base, files, [one.command], environment: one.environment, user: one.user)
        #expect(outcome.isStarted == one.isStarted, "\(outcome.text)")
        let verdicts = Linkage(try await lab.image(one.base, files, config)).verdicts().filter(\.isEntrypoint)
        #expect(verdicts.count == 1)
        #expect(
            verdicts.allSatisfy { $0.start.isStart == outcome.isStarted }, "\(verdicts.map(\.start)); \(outcome.text)")
    }
}
