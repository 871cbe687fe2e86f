package import Core
package import Debian

/// What runs in the sandbox to configure unpacked packages, and what is put away afterwards.
package enum ConfigurationScript {
    /// Where packages that dpkg itself has to unpack are mounted.
    package static let archives = "/run/sampan-packages"

    /// Environment of the maintainer scripts. The date goes into what they write, such as /etc/shadow and byte code.
    package static let environment = [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C",
        "DEBIAN_FRONTEND=noninteractive", "DEBCONF_NONINTERACTIVE_SEEN=true", "SOURCE_DATE_EPOCH=315619200",
    ]

    /// Whether dpkg has to unpack a package in the sandbox, because it moves other packages' files aside before.
    package static func needsUnpacking(_ package: DebPackage) -> Bool {
        guard let script = package.scripts[.preinst] else { return false }
        return String(decoding: script, as: UTF8.self).contains("dpkg-divert")
    }

    /// The shell script: scripts that belong before unpacking first, then all packages are configured, each after those
    /// that it depends on.
    /// - Parameter packages: in the order in which they depend on each other.
    package static func text(_ packages: [DebPackage], unpack files: [String], recipe: Recipe) -> String {
        // Services are not started in a build: policy-rc.d is how Debian's scripts are told.
        var lines = [
            "set -eu",
            "policy=/usr/sbin/policy-rc.d",
            "printf '#!/bin/sh\\nexit 101\\n' > $policy",
            "chmod 755 $policy",
        ]
        for package in packages where package.scripts[.preinst] != nil && !needsUnpacking(package) {
            lines.append(
                """
                DPKG_ADMINDIR=/var/lib/dpkg DPKG_ROOT= DPKG_MAINTSCRIPT_NAME=preinst DPKG_MAINTSCRIPT_PACKAGE_REFCOUNT=1 \
                DPKG_MAINTSCRIPT_PACKAGE=\(package.name) DPKG_MAINTSCRIPT_ARCH=\(package.architecture) \
                /var/lib/dpkg/info/\(package.databaseName).preinst install
                """)
        }
        if !files.isEmpty {
            let names = files.map { "\(archives)/\($0)" }.joined(separator: " ")
            lines.append("dpkg --force-unsafe-io --force-depends --unpack \(names)")
        }
        lines += ["dpkg --force-unsafe-io --force-confdef --force-confold --configure --pending", "rm -f $policy"]
        lines += recipe.groups.map {
            append("\($0.name):x:\($0.gid):\($0.members.joined(separator: ","))", "/etc/group")
        }
        lines += recipe.users.map {
            append("\($0.name):x:\($0.uid):\($0.gid):\($0.comment):\($0.home):\($0.shell)", "/etc/passwd")
        }
        if !recipe.certificates.isEmpty { lines.append("update-ca-certificates") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A line at the end of a file.
    private static func append(_ line: String, _ file: String) -> String {
        "printf '%s\\n' '\(line.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))' >> \(file)"
    }

    /// What maintainer scripts leave that differs from run to run or serves nobody in an image: logs, old copies, locks,
    /// caches that are made anew.
    package static func isLeftover(_ path: BytePath) -> Bool {
        let text = path.absolute
        if text.hasPrefix("/var/log/"), !text.hasSuffix("/") { return true }
        if text.hasPrefix("/var/cache/debconf/") || text.hasPrefix("/var/lib/dpkg/"), text.hasSuffix("-old") {
            return true
        }
        return exact.contains(text)
    }

    private static let exact: Set = [
        "/var/cache/ldconfig/aux-cache", "/var/lib/dpkg/lock", "/var/lib/dpkg/lock-frontend",
        "/var/lib/dpkg/triggers/Lock", "/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-",
        "/etc/subuid-", "/etc/subgid-", "/etc/.pwd.lock", "/usr/sbin/policy-rc.d", "/var/lib/apt/extended_states",
        "/var/cache/apt/pkgcache.bin", "/var/cache/apt/srcpkgcache.bin",
    ]
}
