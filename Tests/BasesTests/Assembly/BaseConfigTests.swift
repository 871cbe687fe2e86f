import Bases
import Core
import OCI
import Testing

@Suite("The configuration of a base")
struct BaseConfigTests {
    @Test("it says what the chain says, with one line of history a level")
    func config() throws {
        let chain = try RecipeChain.load("static")
        let digest = SHA256.digest(of: [1])
        let config = BaseConfig.imageConfig(chain, architecture: "arm64", diffIDs: [digest])
        #expect(config.architecture == "arm64")
        #expect(config.os == "linux")
        #expect(config.created == "1970-01-01T00:00:00Z")
        #expect(config.rootfs.diffIDs == [digest])
        #expect(config.config.user == "65532:65532")
        #expect(config.config.workingDir == "/home/nonroot")
        #expect(config.config.env.contains("SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"))
        #expect(config.history.count == 1)
        #expect(config.history[0].createdBy?.hasPrefix("sampan base static: base-files ") == true)
        #expect(!config.history[0].emptyLayer)
        #expect(BaseConfig.imageConfig(chain, architecture: "amd64", diffIDs: [nil]).history[0].emptyLayer)
    }

    @Test(
        "Debian's architectures have other names in images",
        arguments: [
            ("amd64", "linux/amd64"), ("arm64", "linux/arm64"), ("armhf", "linux/arm/v7"), ("armel", "linux/arm/v5"),
            ("i386", "linux/386"), ("ppc64el", "linux/ppc64le"), ("mips64el", "linux/mips64le"),
            ("riscv64", "linux/riscv64"),
        ])
    func platforms(debian: String, platform: String) {
        #expect(BaseConfig.platform(debian).description == platform)
    }
}
