import BuildGraph
import Core
import DockerfileSyntax
import OCI

/// Writes down how images were made.
struct AttestationAuthor {
    let options: AttestationOptions
    let materials: [Material]
    /// What the images are called; nil for those without a name.
    let name: Reference?

    /// What was asked for about an image or an index.
    /// - Parameter platforms: that it is for.
    func attestations(
        of image: Descriptor, _ platforms: [Platform], _ request: BuildRequest
    ) throws -> [Attestation] {
        let title = name.map { $0.registry + "/" + $0.repository } ?? image.digest.description
        let subject = [Statement<Provenance>.Subject(name: title, digest: ["sha256": image.digest.hex])]
        var out: [Attestation] = []
        if let detail = options.provenance {
            let statement = Statement(
                subject: subject, predicateType: Provenance.type, predicate: provenance(detail, platforms, request))
            out.append(try Attestation(statement, about: image))
        }
        if options.sbom {
            let bill = BillOfMaterials(
                of: image.digest, name: title, materials: materials, epoch: request.epoch)
            let statement = Statement(
                subject: subject.map { .init(name: $0.name, digest: $0.digest) }, predicateType: BillOfMaterials.type,
                predicate: bill)
            out.append(try Attestation(statement, about: image))
        }
        return out
    }

    private func provenance(
        _ detail: AttestationOptions.Detail, _ platforms: [Platform], _ request: BuildRequest
    ) -> Provenance {
        let source = request.dockerfile.source
        var parameters = Provenance.Parameters(
            dockerfile: .init(
                name: source.name.split(separator: "/").last.map(String.init) ?? source.name,
                digest: ["sha256": SHA256.digest(of: source.bytes).hex]),
            platform: platforms.map(\.description).joined(separator: ","))
        parameters.target = request.target
        if !request.secrets.isEmpty { parameters.secrets = request.secrets.keys.sorted() }
        if detail == .max {
            parameters.dockerfile.content = String(decoding: source.bytes, as: UTF8.self)
            parameters.arguments = request.buildArguments.filter { !BuildArguments.isProxy($0.key) }
            parameters.labels = request.labels
        }
        return Provenance(
            buildDefinition: .init(externalParameters: parameters, resolvedDependencies: materials),
            runDetails: .init(
                builder: .init(id: options.builder ?? Provenance.unnamedBuilder, version: ["sampan": Version.text])))
    }
}
