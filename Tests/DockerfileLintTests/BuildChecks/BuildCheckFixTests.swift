import Core
import Testing

@testable import DockerfileLint

@Suite("Fixes of BuildKit's checks")
struct BuildCheckFixTests {
    @Test(
        "safe fixes change the bytes they must",
        arguments: [
            (
                "FROM a AS Build\nFROM b\nCOPY --from=BUILD x y\nCOPY --from=0 x y\n",
                "FROM a AS build\nFROM b\nCOPY --from=build x y\nCOPY --from=0 x y\n"
            ),
            ("FROM a as b\r\nRUN x\r\n", "FROM a AS b\r\nRUN x\r\n"),
            ("FROM a\nRUN x && \\\n\n\t\n  y\n", "FROM a\nRUN x && \\\n  y\n"),
            ("FROM a\nRUN x\nCopy . .\nonbuild RUN x\n", "FROM a\nRUN x\nCOPY . .\nONBUILD RUN x\n"),
            (
                "FROM a\nMAINTAINER  Ada \"A\" $x\n",
                "FROM a\nLABEL  org.opencontainers.image.authors=\"Ada \\\"A\\\" \\$x\"\n"
            ),
            ("FROM a\nENV X   y\n", "FROM a\nENV X=y\n"),
            ("FROM a\nENV X y z\n", "FROM a\nENV X=\"y z\"\n"),
            ("FROM a\nENV X \"y z\"\n", "FROM a\nENV X=\"y z\"\n"),
            ("FROM a\nENV X \"y\" z\n", "FROM a\nENV X=\"y\"\\ z\n"),
            ("FROM a\nENV X y \\\n  # c\n  z\n", "FROM a\nENV X=\"y \\\n  # c\n  z\"\n"),
            ("FROM a\nLABEL X it's\n", "FROM a\nLABEL X it's\n"),
            ("FROM --platform=$TARGETPLATFORM  a\n", "FROM a\n"),
            ("FROM a\nEXPOSE 1.2.3.4:80:8080/tcp  53/UDP\n", "FROM a\nEXPOSE 8080/tcp  53/udp\n"),
            ("FROM a\nCMD  x  'y z'\n", "FROM a\nCMD  [\"x\",  \"y z\"]\n"),
            ("FROM a\nCMD x > y\n", "FROM a\nCMD x > y\n"),
            ("FROM a\nCMD [\"x\"]\n\nCMD [\"y\"]\n", "FROM a\n\nCMD [\"y\"]\n"),
            ("FROM --platform=linux/amd64 a\n", "FROM --platform=linux/amd64 a\n"),
        ])
    func safe(text: String, expected: String) {
        let once = BuildCheckTests.fixed(text)
        #expect(once == expected)
        #expect(BuildCheckTests.fixed(once) == once)
    }

    @Test(
        "fixes that may change the result wait to be asked for",
        arguments: [
            ("FROM --platform=linux/amd64 a\n", "FROM a\n"),
            ("FROM alpine\nENV PATH=${PAHT}:/x\n", "FROM alpine\nENV PATH=${PATH}:/x\n"),
            ("ARG VERSION=1\nFROM a:$VERSON\n", "ARG VERSION=1\nFROM a:$VERSION\n"),
        ])
    func unsafe(text: String, expected: String) {
        #expect(BuildCheckTests.fixed(text) == text)
        #expect(BuildCheckTests.fixed(text, unsafe: true) == expected)
    }
}
