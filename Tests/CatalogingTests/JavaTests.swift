import Core
import Inventory
import SampanTestSupport
import Testing

@testable import Cataloging

@Suite("Archives of Java")
struct JavaTests {
    private func properties(_ group: String, _ name: String, _ version: String) -> (String, [UInt8]) {
        (
            "META-INF/maven/\(group)/\(name)/pom.properties",
            Array("#Generated\r\nversion=\(version)\r\ngroupId=\(group)\r\nartifactId=\(name)\r\n".utf8)
        )
    }

    private func manifest(_ text: String) -> (String, [UInt8]) { ("META-INF/MANIFEST.MF", Array(text.utf8)) }

    private func names(_ path: BytePath, _ bytes: [UInt8]) -> [String] {
        JavaCataloger.read(bytes, path: path).packages.map {
            ($0.component.packageURL?.description ?? "?") + ($0.isWhole ? "" : " within")
        }
    }

    @Test("an archive is the artifact that its name speaks of, and others are within it")
    func shaded() {
        let zip = ZipFile([
            properties("com.google.guava", "guava", "31.1-jre"), properties("org.example", "app", "1.2"),
            manifest("Manifest-Version: 1.0\nImplementation-Version: 9\n"), ("A.class", [1, 2, 3]),
        ])
        #expect(
            names("srv/app-1.2.jar", zip.bytes()) == [
                "pkg:maven/org.example/app@1.2", "pkg:maven/com.google.guava/guava@31.1-jre within",
            ])
        // A program before it, and a comment behind it.
        #expect(names("app.jar", Array("#!/bin/sh\n".utf8) + zip.bytes(comment: "PK")).count == 2)
    }

    @Test("a renamed archive is what its manifest agrees with")
    func renamed() {
        let own = ZipFile([properties("org.example", "shop", "2.0.1"), manifest("Implementation-Title: shop\n")])
        #expect(names("app.jar", own.bytes()) == ["pkg:maven/org.example/shop@2.0.1"])
        let plain = ZipFile([properties("org.example", "shop", "2.0.1")])
        #expect(names("app.jar", plain.bytes()) == ["pkg:maven/org.example/shop@2.0.1"])
        let other = ZipFile([
            properties("cglib", "cglib", "3.2.12"),
            manifest("Bundle-SymbolicName: com.google.inject;singleton:=true\nBundle-Version: 4.2.3\n"),
        ])
        #expect(
            names("guice.jar", other.bytes()) == [
                "pkg:maven/com.google.inject/guice@4.2.3", "pkg:maven/cglib/cglib@3.2.12 within",
            ])
    }

    @Test("without Maven's properties the manifest and the name of the file say what it is")
    func manifests() {
        let zip = ZipFile([
            manifest(
                "Bundle-SymbolicName: org.apache.commons.commons-\n codec\nBundle-License: Apache-2.0;link=x,\n  MIT\n\n"
                    + "Name: x\nImplementation-Version: 7\n")
        ])
        let reading = JavaCataloger.read(zip.bytes(), path: "commons-codec-1.15.jar")
        #expect(
            reading.packages.map(\.component.packageURL?.description) == [
                "pkg:maven/org.apache.commons/commons-codec@1.15"
            ])
        #expect(reading.packages.map(\.component.licenses) == [["Apache-2.0", "MIT"]])
        #expect(names("junit-4.13.jar", ZipFile([manifest("")]).bytes()) == ["pkg:maven/junit/junit@4.13"])
        #expect(names("thing.jar", ZipFile().bytes()) == ["pkg:maven/thing/thing"])
    }

    @Test("archives in archives are read, stored or packed", arguments: [ZipFile.Method.stored, .deflated])
    func nested(method: ZipFile.Method) throws {
        let inner = ZipFile([properties("org.slf4j", "slf4j-api", "1.7.36")]).bytes()
        let war = ZipFile(
            [("WEB-INF/lib/slf4j-api-1.7.36.jar", inner), ("WEB-INF/lib/bad.jar", [1, 2])], method: method)
        var ear = ZipFile()
        ear.add("web.war", war.bytes(), method: method)
        var tree = MemoryTree(["a": "b"])
        tree["opt/shop-3.ear"] = ear.bytes()
        let (packages, remarks) = try tree.catalog()
        #expect(
            packages.map(\.url) == [
                "pkg:maven/shop/shop@3", "pkg:maven/org.slf4j/slf4j-api@1.7.36", "pkg:maven/web/web",
            ])
        #expect(packages.map(\.fileNames) == [["opt/shop-3.ear"], [], []])
        #expect(remarks == ["/opt/shop-3.ear: bad.jar in it is no archive that can be read"])
        tree.isCondensed = true
        let again = try tree.catalog()
        #expect(again.packages == packages)
        #expect(again.remarks == remarks)
        #expect(Catalog.condensed("opt/shop-3.ear", ear.bytes()).count < 300)
    }

    @Test("archives too deep inside of each other are told")
    func deep() {
        var bytes = ZipFile([properties("g", "n", "1")]).bytes()
        for _ in 0..<6 { bytes = ZipFile([("x.jar", bytes)]).bytes() }
        let reading = JavaCataloger.read(bytes, path: "y.jar")
        #expect(reading.packages.count == 4)
        #expect(reading.remarks == ["archives in it are too deep inside of each other"])
    }

    @Test("what unpacks to much more than it is, or lies about its size, is not unpacked")
    func bombs() {
        var bomb = ZipFile()
        bomb.add("zeros.jar", [UInt8](repeating: 0, count: 16 << 20))
        #expect(
            JavaCataloger.read(bomb.bytes(), path: "a.jar").remarks == [
                "zeros.jar in it is too large to be looked into"
            ])
        for size in [3, 5, UInt32.max] as [UInt32] {
            var lie = ZipFile()
            lie.add("META-INF/MANIFEST.MF", [1, 2, 3, 4], size: size)
            #expect(JavaCataloger.read(lie.bytes(), path: "a.jar").remarks.count == 1)
        }
        // One archive under many names.
        var many = ZipFile([("a.jar", ZipFile([properties("g", "n", "1")]).bytes())])
        for index in 0..<10_000 { many.repeatFirst(as: "b\(index).jar", size: 16000) }
        let reading = JavaCataloger.read(many.bytes(), path: "c.jar")
        #expect(reading.packages.count < 1000)
        #expect(!reading.remarks.isEmpty)
    }

    @Test(
        "the name of a file has the version behind the first hyphen that a digit follows",
        arguments: [
            ("commons-lang3-3.12.0.jar", "commons-lang3", "3.12.0"), ("a-1.jar", "a", "1"), ("a.jar", "a", nil),
            ("log4j-1.2-api-2.17.1.jar", "log4j", "1.2-api-2.17.1"), ("-1.jar", "-1", nil), ("", "", nil),
            ("a-.jar", "a-", nil),
        ] as [(String, String, String?)])
    func fileNames(file: String, name: String, version: String?) {
        #expect(FileName(file).name == name)
        #expect(FileName(file).version == version)
    }

    @Test("damaged archives never crash or hang")
    func fuzz() {
        let inner = ZipFile([properties("org.slf4j", "slf4j-api", "1.7.36"), manifest("A: b\n")]).bytes()
        let bytes = ZipFile([("x/a.jar", inner), properties("g", "n", "1"), manifest("Implementation-Title: n\n")])
            .bytes()
        var generator = SeededGenerator(seed: 3)
        for count in 0..<bytes.count { _ = JavaCataloger.read(Array(bytes[..<count]), path: "a.jar") }
        for _ in 0..<3000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                damaged[Int.random(in: 0..<damaged.count, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            _ = JavaCataloger.read(damaged, path: "a.jar")
            // The short form too is only what some file says.
            var short = Catalog.condensed("a.jar", bytes)
            short[Int.random(in: 18..<short.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            _ = Reading(condensed: short)
        }
    }
}
