import BuildGraph
import Core
import Layers
import Testing

@testable import SampanCommands

@Suite("--cache-to, --cache-from and --cache-mounts")
struct CacheOptionTests {
    @Test("targets are read with all that can be said of them")
    func targets() throws {
        let full = try CacheTarget(
            parsing: "type=registry,ref=reg.test/team/web:cache,mode=max,compression=zstd,ignore-error=true")
        #expect(
            full.place == .registry(Reference(registry: "reg.test", repository: "team/web", tag: "cache")))
        #expect(full.mode == .max && full.compression == .zstd && full.ignoresErrors)
        #expect(full.name == "reg.test/team/web:cache")
        let plain = try CacheTarget(parsing: "type=local,dest=.cache")
        #expect(plain.place == .local(directory: ".cache", tag: "latest"))
        #expect(plain.mode == .min && plain.compression == nil && !plain.ignoresErrors)
        #expect(plain.name == ".cache")
        #expect(try CacheTarget(parsing: "type=local,dest=d,tag=pr-7").name == "d:pr-7")
        #expect(try CacheTarget(parsing: "type=inline").place == .inline)
        // What CI files say for BuildKit holds here in any case.
        #expect(
            try CacheTarget(parsing: "type=registry,ref=a/b,oci-mediatypes=true,image-manifest=true").place
                == .registry(Reference(parsing: "a/b")))
    }

    @Test("origins are read, a name alone as that of a registry")
    func origins() throws {
        let reference = try Reference(parsing: "reg.test/web:cache")
        for text in [
            "type=registry,ref=reg.test/web:cache", "reg.test/web:cache", "type=inline,ref=reg.test/web:cache",
        ] {
            #expect(try CacheOrigin(parsing: text) == .registry(reference))
        }
        #expect(try CacheOrigin(parsing: "type=local,src=.cache") == .local(directory: ".cache", tag: "latest"))
        #expect(try CacheOrigin(parsing: "type=local,src=.cache,tag=a").name == ".cache:a")
    }

    @Test("cache mounts are imported unless more or less is asked for")
    func mounts() throws {
        #expect(try CacheOptions().mounts == .import)
        #expect(try CacheOptions(mounts: "both").mounts == .export)
        #expect(try CacheOptions(mounts: "export").mounts == .export)
        #expect(try CacheOptions(mounts: "off").mounts == .off)
        let error = #expect(throws: Diagnostic.self) { try CacheOptions(mounts: "yes") }
        #expect(error?.message == "--cache-mounts 'yes' is not understood")
        #expect(error?.hint == "the form is import, export, both or off")
        #expect(error?.exitCode == 64)
    }

    @Test(
        "what --cache-to does not take is refused with the remedy",
        arguments: [
            (
                "type=regstry,ref=a", "--cache-to has no type 'regstry'", "did you mean 'registry'?"
            ),
            ("type=nothing", "--cache-to has no type 'nothing'", "types are registry, local, inline"),
            (
                "type=gha", "--cache-to has no type 'gha'",
                "use type=local and keep its directory, or type=registry"
            ),
            ("type=registry", "--cache-to type=registry needs ref", "add ref=NAME"),
            ("type=local", "--cache-to type=local needs dest", "add dest=DIR"),
            ("type=local,dest=", "--cache-to type=local needs dest", "add dest=DIR"),
            ("type=local,dst=x", "--cache-to has no field 'dst'", "did you mean 'dest'?"),
            ("type=registry,ref=a,dest=b", "--cache-to type=registry has no field 'dest'", "leave it out"),
            ("type=inline,ref=a,dest=b", "--cache-to type=inline has no field 'dest'", "leave it out"),
            ("type=registry,ref=a,mode=all", "--cache-to has no mode 'all'", "it can be min or max"),
            ("type=registry,ref=a,mode=mix", "--cache-to has no mode 'mix'", "did you mean 'min'?"),
            (
                "type=registry,ref=a,compression=none", "--cache-to has no compression 'none'",
                "it can be gzip or zstd"
            ),
            (
                "type=registry,ref=a,ignore-error=maybe", "--cache-to has no ignore-error 'maybe'",
                "it can be true or false"
            ),
            (
                "type=registry,ref=a,oci-mediatypes=false", "--cache-to cannot write oci-mediatypes=false",
                "a cache is an OCI image manifest; leave the field out"
            ),
            (
                "type=inline,mode=max", "--cache-to type=inline cannot hold mode=max",
                "the image has the layers of its own steps alone; use type=registry or type=local"
            ),
            (
                "type=local,dest=d,tag=a/b", "--cache-to: 'a/b' is not a tag",
                "a tag has letters, digits, dots, dashes and underscores"
            ),
        ])
    func badTargets(text: String, message: String, hint: String) {
        let error = #expect(throws: Diagnostic.self) { try CacheTarget(parsing: text) }
        #expect(error?.message == message)
        #expect(error?.hint == hint)
        #expect(error?.exitCode == 64)
        #expect(error?.code == "usage.cache-to")
    }

    @Test(
        "what --cache-from does not take is refused with the remedy",
        arguments: [
            ("type=local,dest=x", "--cache-from has no field 'dest'"),
            ("type=local", "--cache-from type=local needs src"),
            ("type=registry,ref=", "--cache-from type=registry needs ref"),
            ("type=registry,ref=a,mode=max", "--cache-from has no field 'mode'"),
            ("ref=a", "--cache-from 'ref=a' is not understood"),
            ("", "--cache-from '' is not understood"),
        ])
    func badOrigins(text: String, message: String) {
        let error = #expect(throws: Diagnostic.self) { try CacheOrigin(parsing: text) }
        #expect(error?.message == message)
        #expect(error?.exitCode == 64)
    }

    @Test("a name that is none is refused with the option that it stands in")
    func badNames() {
        let error = #expect(throws: Diagnostic.self) { try CacheTarget(parsing: "type=registry,ref=Bad Name") }
        #expect(error?.message.hasPrefix("--cache-to: ") == true)
        #expect(error?.exitCode == 64)
    }
}
