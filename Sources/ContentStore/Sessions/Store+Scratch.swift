package import HostOS

extension Store {
    /// An empty file of the session without a name: it ends with the last who holds it.
    package func scratchFile() throws -> FileDescriptor {
        try ScratchFile.make(at: session().makePath("scratch"))
    }
}
