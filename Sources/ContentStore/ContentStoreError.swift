package import Core
internal import Glibc
package import HostOS

/// What can go wrong with the store.
package enum ContentStoreError: DiagnosticConvertible, Equatable {
    /// Neither `SAMPAN_HOME` nor `XDG_DATA_HOME` nor `HOME` says where the store lies.
    case noHome
    /// No room on the disk, or the quota is used up. What was finished before is kept.
    case diskFull(path: String)
    case system(SystemError)
    /// Another process kept the index locked for longer than the time that is waited.
    case busy(path: String)
    /// SQLite's extended result code and its words.
    case index(code: Int32, message: String, path: String)
    case corruptIndex(path: String, detail: String)
    case newerSchema(found: Int, known: Int, path: String)
    case digestMismatch(expected: Digest, actual: Digest)
    /// Bytes.
    case sizeMismatch(expected: Int64, actual: Int64)
    case blobMissing(Digest)
    /// The file of a blob does not hold what its name says; `actual` is nil when its size alone tells.
    case corruptBlob(Digest, actual: Digest?)
    /// The limit is in bytes.
    case blobTooLarge(Digest, limit: Int)
    case malformedManifest(Digest, String)
    case ambiguousImage(String, [String])
    /// The store object was closed.
    case closed

    package init(_ error: SystemError, at path: String) {
        switch error.errno {
        case ENOSPC, EDQUOT: self = .diskFull(path: error.path ?? path)
        default: self = .system(error)
        }
    }

    package var diagnostic: Diagnostic {
        switch self {
        case .noHome:
            Diagnostic(
                code: "store.no-home", "no place for the store is known",
                hint: "set SAMPAN_HOME to a directory, or HOME to the user's home")
        case .diskFull(let path):
            Diagnostic(
                code: "store.disk-full", "the disk that holds '\(path)' is full",
                hint: "free some space (sampan cache prune) or set SAMPAN_HOME to a directory on a larger disk; "
                    + "what was finished is kept")
        case .system(let error): error.diagnostic
        case .busy(let path):
            Diagnostic(
                code: "store.busy", "another process holds '\(path)' locked",
                hint: "wait for the other sampan process, or look for one that hangs")
        case .index(let code, let message, let path):
            Diagnostic(code: "store.index", "cannot use the index '\(path)': \(message) (SQLite error \(code))")
        case .corruptIndex(let path, let detail):
            Diagnostic(
                code: "store.corrupt-index", "the index '\(path)' is damaged: \(detail)",
                hint: "remove it with its -wal and -shm files: blobs are found again, image names and the record of "
                    + "build steps are lost")
        case .newerSchema(let found, let known, let path):
            Diagnostic(
                code: "store.newer",
                "the store '\(path)' was written by a newer sampan (format \(found), known is \(known))",
                hint: "update sampan, or set SAMPAN_HOME to another directory")
        case .digestMismatch(let expected, let actual):
            Diagnostic(code: "store.digest-mismatch", "the content is \(actual), but \(expected) was expected")
        case .sizeMismatch(let expected, let actual):
            Diagnostic(code: "store.size-mismatch", "the content has \(actual) bytes, but \(expected) were expected")
        case .blobMissing(let digest):
            Diagnostic(
                code: "store.blob-missing", "the store has no blob \(digest)",
                hint: "build or pull the image again")
        case .corruptBlob(let digest, let actual):
            Diagnostic(
                code: "store.corrupt-blob", "blob \(digest) is damaged on disk",
                causes: actual.map { ["its content is \($0)"] } ?? ["its size is not the recorded one"],
                hint: "remove it and build or pull the image again")
        case .blobTooLarge(let digest, let limit):
            Diagnostic(code: "store.blob-too-large", "blob \(digest) is larger than the \(limit) bytes allowed here")
        case .malformedManifest(let digest, let detail):
            Diagnostic(code: "store.manifest", "blob \(digest) is not an image manifest or index: \(detail)")
        case .ambiguousImage(let text, let names):
            Diagnostic(
                code: "store.ambiguous-image", "'\(text)' can mean \(names.count) images",
                causes: names.prefix(5).map { "it starts \($0)" }, hint: "write more digits of the digest")
        case .closed: Diagnostic(code: "store.closed", "the store was closed already")
        }
    }
}

/// Runs system calls whose errors become the store's.
@discardableResult
func mapping<Value>(_ path: String, _ body: () throws(SystemError) -> Value) throws(ContentStoreError) -> Value {
    do { return try body() } catch { throw ContentStoreError(error, at: path) }
}
