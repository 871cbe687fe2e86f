import Core
import Glibc
package import HostOS

/// The directory of a recipe: files are read at or below it, whatever links are in it, and nowhere else.
final class RecipeDirectory: Sendable {
    /// Absolute.
    let path: String
    private let descriptor: FileDescriptor

    init(_ path: String) throws(SystemError) {
        self.path = path
        descriptor = try FileDescriptor.open(path, O_RDONLY | O_DIRECTORY)
    }

    private init(_ path: String, _ descriptor: FileDescriptor) {
        self.path = path
        self.descriptor = descriptor
    }

    /// A directory below this one.
    func directory(_ path: BytePath) throws(SystemError) -> RecipeDirectory {
        let opened = try FileDescriptor.open(beneath: descriptor, path, O_RDONLY | O_DIRECTORY)
        return RecipeDirectory(self.path + path.absolute, opened)
    }

    /// Opens whatever is there; a pipe does not block.
    func openFile(_ file: BytePath) throws(SystemError) -> FileDescriptor {
        try FileDescriptor.open(beneath: descriptor, file, O_RDONLY | O_NONBLOCK)
    }

    /// Opens a regular file.
    func open(_ file: BytePath) throws -> FileDescriptor {
        let opened: FileDescriptor
        do throws(SystemError) {
            opened = try openFile(file)
        } catch {
            if error.errno == ENOENT || error.errno == ENOTDIR { throw RecipeError(.missingFile(file.description)) }
            throw error
        }
        guard try opened.info().kind == .file else { throw RecipeError(.notFile(file.description)) }
        return opened
    }
}

extension Recipe.LocalFile {
    /// Opens the file; never one that is not below its recipe's directory.
    /// - Throws: ``RecipeError`` when there is no such regular file, `SystemError`.
    package func open() throws -> FileDescriptor { try RecipeDirectory(directory).open(path) }
}
