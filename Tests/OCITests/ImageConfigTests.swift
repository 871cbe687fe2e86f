import Core
import OCI
import Testing

@Suite("Image configurations")
struct ImageConfigTests {
    @Test("a configuration with everything has one exact form and reads back equal")
    func full() throws {
        let digest = try Digest(parsing: zero)
        let config = ImageConfig(
            created: "1970-01-01T00:00:00Z", author: "someone",
            platform: Platform(os: "linux", architecture: "arm", variant: "v7"),
            config: ContainerConfig(
                user: "65532:65532", exposedPorts: ["8080/tcp", "53/udp"], env: ["PATH=/bin", "A=b"],
                entrypoint: ["/web"], cmd: ["-v"], volumes: ["/data"], workingDir: "/app",
                labels: ["b": "2", "a": "1"],
                stopSignal: "SIGTERM", argsEscaped: true,
                healthcheck: .init(
                    test: ["CMD", "/web", "health"], interval: 30_000_000_000, timeout: 1, startPeriod: 2,
                    startInterval: 3, retries: 4), onBuild: ["RUN true"], shell: ["/bin/sh", "-c"]),
            diffIDs: [digest],
            history: [
                .init(created: "1970-01-01T00:00:00Z", createdBy: "COPY web / # buildkit", comment: "c"),
                .init(createdBy: "CMD", author: "me", emptyLayer: true),
            ])
        let expected =
            #"{"architecture":"arm","author":"someone","config":{"ArgsEscaped":true,"Cmd":["-v"],"#
            + #""Entrypoint":["/web"],"Env":["PATH=/bin","A=b"],"ExposedPorts":{"53/udp":{},"8080/tcp":{}},"#
            + #""Healthcheck":{"Interval":30000000000,"Retries":4,"StartInterval":3,"StartPeriod":2,"#
            + #""Test":["CMD","/web","health"],"Timeout":1},"Labels":{"a":"1","b":"2"},"OnBuild":["RUN true"],"#
            + #""Shell":["/bin/sh","-c"],"StopSignal":"SIGTERM","User":"65532:65532","Volumes":{"/data":{}},"#
            + #""WorkingDir":"/app"},"created":"1970-01-01T00:00:00Z","history":[{"comment":"c","#
            + #""created":"1970-01-01T00:00:00Z","created_by":"COPY web / # buildkit"},"#
            + #"{"author":"me","created_by":"CMD","empty_layer":true}],"os":"linux","#
            + #""rootfs":{"diff_ids":["\#(zero)"],"type":"layers"},"variant":"v7"}"#
        let bytes = try CanonicalJSON.encode(config)
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
        #expect(try ImageConfig(decoding: bytes) == config)
        #expect(config.platform.description == "linux/arm/v7")
    }

    @Test("an empty configuration says only what it must")
    func empty() throws {
        let bytes = try CanonicalJSON.encode(ImageConfig(platform: Platform(os: "linux", architecture: "amd64")))
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"architecture":"amd64","config":{},"os":"linux","rootfs":{"diff_ids":[],"type":"layers"}}"#)
    }

    @Test("docker's nulls, empty texts and unknown fields mean nothing")
    func lenient() throws {
        let json =
            #"{"architecture":"amd64","os":"linux","docker_version":"1","config":{"User":"","Cmd":null,"Env":null,"#
            + #""Volumes":{"/v":null},"ExposedPorts":null,"Labels":null,"Hostname":"x","WorkingDir":""},"#
            + #""container_config":{},"history":null,"rootfs":{"type":"layers","diff_ids":null}}"#
        let config = try ImageConfig(decoding: Array(json.utf8))
        var expected = ImageConfig(platform: Platform(os: "linux", architecture: "amd64"))
        expected.config.volumes = ["/v"]
        #expect(config == expected)
    }

    @Test("another kind of rootfs is refused")
    func rootfs() {
        let json = #"{"rootfs":{"type":"blobs","diff_ids":[]}}"#
        #expect(throws: OCIError.self) { try ImageConfig(decoding: Array(json.utf8)) }
    }

    @Test("a manifest must list as many layers as the configuration describes")
    func layerCount() throws {
        let blob = Descriptor(mediaType: .ociLayerTar, describing: [])
        let config = ImageConfig(platform: .host, diffIDs: [blob.digest])
        try config.check(against: ImageManifest(config: blob, layers: [blob]))
        #expect(throws: OCIError.layerCount(config: 1, manifest: 2)) {
            try config.check(against: ImageManifest(config: blob, layers: [blob, blob]))
        }
    }
}
