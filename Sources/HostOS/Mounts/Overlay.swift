// https://docs.kernel.org/filesystems/overlayfs.html
private import CLinux
internal import Glibc

/// A stack of directories seen as one.
package struct Overlay: Sendable {
    /// Bottom first; at least one, and two where there is no upper directory. The kernel takes up to 500.
    package var lower: [String]
    /// Where changes go, and an empty directory on the same file system for the kernel's own use; nil is read-only.
    package var upper: (directory: String, work: String)?
    /// Keep attributes under `user.` as mounts in a user namespace must.
    package var userAttributes = false
    /// Let `fsync` do nothing. After a crash of the machine the upper directory may then be incomplete.
    package var volatile = false

    package init(lower: [String], upper: (directory: String, work: String)? = nil) {
        self.lower = lower
        self.upper = upper
    }

    /// Mounts it.
    ///
    /// The kernel takes all options as one page of text, too little for hundreds of long paths, and gives `:` and `,`
    /// a meaning. So each directory gets a short link in `links`, and the mount happens with that directory as the
    /// current one: call this only in a process of one thread, and give `target` and all others as absolute paths.
    /// - Parameter links: an empty directory that no other mount has used; it stays.
    package func mount(on target: String, links: String) throws(SystemError) {
        let here = try FileDescriptor.open(".", O_RDONLY | O_DIRECTORY)
        try check("enter", links) { chdir(links) }
        defer { fchdir(here.raw) }
        var names: [String] = []
        for (index, path) in lower.enumerated() {
            try check("link", path) { symlink(path, String(index)) }
            names.append(String(index))
        }
        // The kernel wants the top first.
        var options = ["lowerdir=" + names.reversed().joined(separator: ":")]
        if let upper {
            try check("link", upper.directory) { symlink(upper.directory, "u") }
            try check("link", upper.work) { symlink(upper.work, "w") }
            options += ["upperdir=u", "workdir=w"]
            if volatile { options.append("volatile") }
        }
        if userAttributes {
            options.append("userxattr")
        } else {
            // What these features leave in an upper directory only this kernel could read: it must be a plain diff.
            options += ["index=off", "metacopy=off", "redirect_dir=off"]
        }
        try Mounts.mount("overlay", on: target, type: "overlay", options: options.joined(separator: ","))
    }
}
