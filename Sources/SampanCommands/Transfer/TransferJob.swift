import Core
import Distribution
import OCI

/// One image on its way from one place to another: what push, pull and copy have in common.
struct TransferJob: Sendable {
    let source: ImageArgument
    let target: ImageArgument
    let options: CopyOptions
    /// The platform that was asked for by name: a source for another one is an error, even when it is the only one.
    var required: Platform?
    /// Such as `pushed`.
    let verb: String

    /// Copies, tells what happened on standard error, and prints the reference of the result.
    func run(_ transfer: TransferOptions) async throws {
        let job = self
        let start = ContinuousClock.now
        let result = try await Transfer.run(transfer) { try await job.copy($0) }
        TransferReport(
            verb: verb, source: source.shown, target: target.shown, took: ContinuousClock.now - start,
            isQuiet: transfer.isQuiet
        ).show(result)
        Console.shared.output(target.result(result.written.digest))
    }

    private func copy(_ transfer: Transfer) async throws -> CopyResult {
        // The destination first: what can't be written to needs nothing to be fetched.
        let (destination, names) = try await transfer.target(target)
        let origin = try await RootedOrigin(transfer.origin(source))
        if let required { try await origin.require(required, of: source.text) }
        var options = options
        options.names = names
        return try await transfer.copy(from: origin, to: destination, options)
    }
}

extension ImageArgument {
    /// Whether the place holds the image of one platform only.
    var holdsOnePlatform: Bool {
        switch name {
        case .dockerDaemon, .dockerArchive: true
        default: false
        }
    }

    /// As people should see it.
    var shown: String {
        switch name {
        case .registry(let reference), .plain(let reference): reference.familiar
        case .store(let name): name.isEmpty ? "the store" : name
        default: name.description
        }
    }

    /// What names an image that was put here: a registry's reference with its digest, else the digest.
    func result(_ digest: Digest) -> String {
        guard case .registry(let reference) = name else { return digest.description }
        return Reference(registry: reference.registry, repository: reference.repository, digest: digest).description
    }
}
