// https://slsa.dev/spec/v1.0/provenance
import Core

/// How an image was made: from what, with which parameters, by whom. Nothing in it depends on when or where, so equal
/// builds give equal bytes.
struct Provenance: Encodable {
    static let type = "https://slsa.dev/provenance/v1"
    /// What the parameters below mean; docs/provenance.md describes them.
    static let buildType = "urn:sampan:build:dockerfile:v1"
    /// Who builds when nobody says so.
    static let unnamedBuilder = "urn:sampan:builder:unnamed"

    struct Definition: Encodable {
        let buildType = Provenance.buildType
        var externalParameters: Parameters
        var internalParameters: [String: String] = [:]
        var resolvedDependencies: [Material]

        private enum CodingKeys: String, CodingKey {
            case buildType, externalParameters, internalParameters, resolvedDependencies
        }
    }

    /// What the one who built chose. Secrets are named, never told; arguments of a build, where people put secrets
    /// too, are told with `mode=max` alone.
    struct Parameters: Encodable {
        struct File: Encodable {
            var name: String
            var digest: [String: String]
            var content: String?
        }

        var dockerfile: File
        var platform: String
        var target: String?
        var arguments: [String: String]?
        var labels: [String: String]?
        var secrets: [String]?
    }

    struct Run: Encodable {
        struct Builder: Encodable {
            var id: String
            var version: [String: String]
        }

        var builder: Builder
    }

    var buildDefinition: Definition
    var runDetails: Run
}
