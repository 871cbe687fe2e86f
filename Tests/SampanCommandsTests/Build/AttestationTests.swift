import BuildGraph
import Core
import DockerfileSyntax
import Layers
import OCI
import Testing

@testable import SampanCommands

@Suite("What is told about a build beside its image")
struct AttestationTests {
    private let image = Descriptor(mediaType: .ociManifest, describing: Array("{}".utf8))

    private func request() throws -> BuildRequest {
        let source = SourceFile(name: "/home/me/project/Dockerfile", text: "FROM scratch\nARG TOKEN\n")
        var request = BuildRequest(dockerfile: try Dockerfile.parse(source).get(), context: FixedContext(.empty))
        request.buildArguments = ["TOKEN": "s3cr3t", "HTTP_PROXY": "http://me:pw@proxy.test"]
        request.secrets = ["key": .init(Array("hush".utf8))]
        return request
    }

    private func author(_ options: AttestationOptions) throws -> AttestationAuthor {
        AttestationAuthor(
            options: options,
            materials: [
                Material(
                    image: "alpine:3", manifest: SHA256.digest(of: "alpine"),
                    platform: Platform(os: "linux", architecture: "amd64"))
            ], name: try Reference(parsing: "registry.test/team/web:1"))
    }

    private let platform = Platform(os: "linux", architecture: "amd64")

    @Test("a provenance is the statement that SLSA describes, without values of arguments, secrets or paths")
    func provenance() throws {
        let options = try AttestationOptions(provenance: nil, sbom: nil, attest: [])
        let made = try author(options).attestations(of: image, [platform], request())
        #expect(made.count == 1)
        let text = String(decoding: made[0].blobs[1].bytes, as: UTF8.self)
        #expect(
            text
                == #"{"_type":"https://in-toto.io/Statement/v1","predicate":{"buildDefinition":{"buildType":"urn:sampan:build:dockerfile:v1","externalParameters":{"dockerfile":{"digest":{"sha256":"\#(SHA256.digest(of: "FROM scratch\nARG TOKEN\n").hex)"},"name":"Dockerfile"},"platform":"linux/amd64","secrets":["key"]},"internalParameters":{},"resolvedDependencies":[{"digest":{"sha256":"\#(SHA256.digest(of: "alpine").hex)"},"uri":"pkg:docker/library/alpine@3?platform=linux%2Famd64"}]},"runDetails":{"builder":{"id":"urn:sampan:builder:unnamed","version":{"sampan":"\#(Version.text)"}}}},"predicateType":"https://slsa.dev/provenance/v1","subject":[{"digest":{"sha256":"\#(image.digest.hex)"},"name":"registry.test/team/web"}]}"#
        )
        let manifest = try Manifest(decoding: made[0].manifest, mediaType: .ociManifest)
        guard case .image(let artifact) = manifest else {
            Issue.record("no image manifest")
            return
        }
        #expect(artifact.subject?.digest == image.digest)
        #expect(artifact.artifactType == "application/vnd.in-toto+json")
        #expect(artifact.layers[0].annotations == ["in-toto.io/predicate-type": "https://slsa.dev/provenance/v1"])
        #expect(made[0].descriptor.digest == SHA256.digest(of: made[0].manifest))
    }

    @Test("mode=max tells arguments and the Dockerfile, but no proxy and no secret")
    func detail() throws {
        let options = try AttestationOptions(
            provenance: "mode=max,builder-id=https://ci.test/7", sbom: nil, attest: [])
        let text = String(
            decoding: try author(options).attestations(of: image, [platform], request())[0].blobs[1].bytes,
            as: UTF8.self)
        #expect(text.contains(#""arguments":{"TOKEN":"s3cr3t"}"#))
        #expect(text.contains(#""content":"FROM scratch\nARG TOKEN\n""#))
        #expect(text.contains(#""id":"https://ci.test/7""#))
        #expect(!text.contains("hush") && !text.contains("proxy.test"))
    }

    @Test("a list of materials names the image and what it was made from")
    func bill() throws {
        let options = try AttestationOptions(provenance: "false", sbom: "true", attest: [])
        let made = try author(options).attestations(of: image, [platform], request())
        #expect(made.count == 1)
        let text = String(decoding: made[0].blobs[1].bytes, as: UTF8.self)
        #expect(text.contains(#""predicateType":"https://spdx.dev/Document""#))
        #expect(text.contains(#""spdxVersion":"SPDX-2.3""#))
        #expect(text.contains(#""relationshipType":"GENERATED_FROM""#))
        #expect(text.contains(SHA256.digest(of: "alpine").hex))
    }

    @Test("the options are those of buildx")
    func options() throws {
        func read(_ provenance: String?, _ sbom: String? = nil, _ attest: [String] = []) throws -> AttestationOptions {
            try AttestationOptions(provenance: provenance, sbom: sbom, attest: attest)
        }
        #expect(try read(nil).provenance == .min)
        #expect(try read("true").provenance == .min)
        #expect(try read("false").provenance == nil)
        #expect(try read("mode=max").provenance == .max)
        #expect(try read(nil, nil, ["type=provenance,mode=max", "type=sbom"]).sbom)
        #expect(try read(nil, nil, ["type=provenance,disabled=true"]).provenance == nil)
        for bad in ["mode=medium", "yes", "mod=max", "builder-id=me"] {
            let error = #expect(throws: Diagnostic.self) { try read(bad) }
            #expect(error?.exitCode == 64)
        }
        #expect(throws: Diagnostic.self) { try read(nil, "maybe") }
        #expect(throws: Diagnostic.self) { try read(nil, nil, ["type=signature"]) }
    }

    @Test(
        "materials are named without paths and passwords of this machine",
        arguments: [
            ("registry.test:5000/a/b:1", "pkg:docker/registry.test:5000/a/b@1?platform=linux%2Famd64"),
            ("docker://alpine", "pkg:docker/library/alpine@latest?platform=linux%2Famd64"),
            ("oci:/home/me/layouts/base:1", "oci:base:1"), ("base:static", "base:static"),
            ("base:./recipes/mine.yaml", "base:mine.yaml"),
        ])
    func names(name: String, uri: String) {
        #expect(Material(image: name, manifest: SHA256.digest(of: ""), platform: platform).uri == uri)
        #expect(
            Material(download: "https://bucket.test/f.tar?token=abc&sig=def", content: SHA256.digest(of: "")).uri
                == "https://bucket.test/f.tar")
        #expect(
            Material(git: "https://host.test/r.git?token=abc#main:dir", commit: "abc").uri
                == "git+https://host.test/r.git#main:dir")
        #expect(
            Material(git: "https://me:pw@host.test/r.git#main", commit: "abc").uri
                == "git+https://***@host.test/r.git#main")
    }
}
