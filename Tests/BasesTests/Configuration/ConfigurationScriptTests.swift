import Archive
import Bases
import Core
import Debian
import SampanTestSupport
import Testing

@Suite("the script that configures packages")
struct ConfigurationScriptTests {
    @Test("preinst scripts run first, then dpkg configures what is unpacked, and nothing is started meanwhile")
    func text() throws {
        let bench = try AssemblyBench()
        let script = [(name: "preinst", text: "#!/bin/sh\n")]
        let packages = try [
            bench.package("plain", []), bench.package("app", [], controlFiles: script),
            bench.package("libx", fields: ["Multi-Arch: same"], [], controlFiles: script),
        ]
        #expect(
            ConfigurationScript.text(packages, unpack: [], recipe: Recipe(name: "x", origin: .builtIn)) == """
                set -eu
                policy=/usr/sbin/policy-rc.d
                printf '#!/bin/sh\\nexit 101\\n' > $policy
                chmod 755 $policy
                DPKG_ADMINDIR=/var/lib/dpkg DPKG_ROOT= DPKG_MAINTSCRIPT_NAME=preinst DPKG_MAINTSCRIPT_PACKAGE_REFCOUNT=1 \
                DPKG_MAINTSCRIPT_PACKAGE=app DPKG_MAINTSCRIPT_ARCH=amd64 /var/lib/dpkg/info/app.preinst install
                DPKG_ADMINDIR=/var/lib/dpkg DPKG_ROOT= DPKG_MAINTSCRIPT_NAME=preinst DPKG_MAINTSCRIPT_PACKAGE_REFCOUNT=1 \
                DPKG_MAINTSCRIPT_PACKAGE=libx DPKG_MAINTSCRIPT_ARCH=amd64 /var/lib/dpkg/info/libx:amd64.preinst install
                dpkg --force-unsafe-io --force-confdef --force-confold --configure --pending
                rm -f $policy

                """)
    }

    @Test("packages that divert files are unpacked by dpkg itself; accounts and certificates come last")
    func recipe() throws {
        let bench = try AssemblyBench()
        let diverting = try bench.package(
            "dash", [], controlFiles: [("preinst", "#!/bin/sh\ndpkg-divert --package dash --add /bin/sh\n")])
        let postinst = try bench.package("app", [], controlFiles: [("postinst", "#!/bin/sh\ndpkg-divert --list\n")])
        #expect(ConfigurationScript.needsUnpacking(diverting))
        #expect(!ConfigurationScript.needsUnpacking(postinst))
        var recipe = Recipe(name: "x", origin: .builtIn)
        recipe.groups = [.init(name: "app", gid: 7, members: ["a", "b"])]
        recipe.users = [.init(name: "app", uid: 5, gid: 7, home: "/srv", shell: "/bin/sh", comment: "it's $(me)")]
        recipe.certificates = [.init(path: "ca.pem", directory: "/")]
        let lines = ConfigurationScript.text([diverting], unpack: ["a.deb", "b.deb"], recipe: recipe).split(
            separator: "\n")
        #expect(
            lines.dropFirst(4).map(String.init) == [
                "dpkg --force-unsafe-io --force-depends --unpack /run/sampan-packages/a.deb /run/sampan-packages/b.deb",
                "dpkg --force-unsafe-io --force-confdef --force-confold --configure --pending", "rm -f $policy",
                "printf '%s\\n' 'app:x:7:a,b' >> /etc/group",
                "printf '%s\\n' 'app:x:5:7:it'\\''s $(me):/srv:/bin/sh' >> /etc/passwd", "update-ca-certificates",
            ])
        // The shell takes such a line for what it is.
        let shown = try Shell.run(String(lines[8].replacing(" >> /etc/passwd", with: "")))
        #expect(shown == "app:x:5:7:it's $(me):/srv:/bin/sh\n")
    }

    @Test(
        "what scripts leave behind is known by its path",
        arguments: [
            ("/var/log/dpkg.log", true), ("/var/log/apt/history.log", true),
            ("/var/cache/debconf/config.dat-old", true),
            ("/var/lib/dpkg/status-old", true), ("/var/lib/dpkg/lock", true), ("/etc/passwd-", true),
            ("/etc/.pwd.lock", true), ("/var/cache/ldconfig/aux-cache", true), ("/usr/sbin/policy-rc.d", true),
            ("/var/cache/debconf/config.dat", false), ("/var/lib/dpkg/status", false), ("/etc/passwd", false),
            ("/var/logs", false), ("/etc/ld.so.cache", false), ("/usr/share/x-old", false),
        ])
    func leftover(path: String, isLeftover: Bool) {
        #expect(ConfigurationScript.isLeftover(BytePath(cleaning: path)) == isLeftover)
    }
}
