import Core
import Policy
import SampanTestSupport
import Testing

struct PolicyFileTests {
    @Test("all rules can be switched on, off and set")
    func rules() throws {
        let policy = try readPolicy(
            """
            policy:
              mode: warn
              baseline: figures.json
              size:
                mode: enforce
                max: 80MB
              user: true
              shells: false

            """)
        #expect(policy.mode(of: "size") == .enforce)
        #expect(policy.mode(of: "user") == .warn)
        #expect(policy.mode(of: "shells") == .off)
        #expect(policy.mode(of: "labels") == .off)
        #expect(policy.baseline == "figures.json")
    }

    @Test(
        "mistakes are told with their lines, all at once",
        arguments: [
            ("policy:\n  sise:\n    max: 1MB\n", ["2: the policy has no key 'sise'"]),
            ("policy:\n  size:\n    maximum: 1MB\n", ["3: the rule size has no key 'maximum'"]),
            ("policy:\n  size:\n    max: much\n", ["3: 'much' is not understood as 'max'"]),
            ("policy:\n  size:\n    max: -1\n", ["3: '-1' is not understood as 'max'"]),
            ("policy:\n  mode: off\n", ["2: 'off' is not a 'mode'"]),
            ("policy:\n  size:\n    mode: maybe\n", ["3: 'maybe' is not a 'mode'"]),
            ("policy:\n  profile: x\n", ["2: there is no profile 'x'"]),
            ("policy:\n  files:\n    required: ['[']\n", ["3: '[' is not a pattern of paths"]),
            ("policy:\n  files:\n    required: [/]\n", ["3: '/' is not a pattern of paths"]),
            ("policy:\n  ports:\n    allowed: [80, 70000]\n", ["3: '70000' is not understood as 'allowed'"]),
            ("policy:\n  linkage:\n    require: maybe\n", ["3: 'maybe' is not a 'require'"]),
            (
                "policy:\n  exceptions:\n    - rule: setuit\n      reason: x\n      owner: me\n      expires: 2030-02-30\n",
                ["3: there is no rule 'setuit'", "6: '2030-02-30' is not a day"]
            ),
            (
                "policy:\n  exceptions:\n    - rule: setuid\n      reason: ' '\n      owner: me\n      expires: 2030-02-28\n",
                ["4: 'reason' says nothing"]
            ),
        ])
    func mistaken(text: String, expected: [String]) {
        let found = mistakes(text)
        #expect(found.count == expected.count)
        for (one, other) in zip(found, expected) {
            // The wording of unknown keys is YAML's.
            if other.contains("has no key") {
                #expect(one.prefix(2) == other.prefix(2))
            } else {
                #expect(one == other)
            }
        }
    }

    @Test("an exception must say why, who and until when")
    func exception() {
        #expect(mistakes("policy:\n  exceptions:\n    - rule: setuid\n").count == 3)
    }

    @Test(
        "sizes, shares and days are read as they are written",
        arguments: [
            ("80MB", "80000001"), ("80 MiB", "83886081"), ("1.5kB", "1501"), ("100", "101"), ("0", "1"),
        ])
    func sizes(text: String, over: String) async throws {
        var image = TestImage()
        image.sizes[0] = Int(over) ?? 0
        #expect(try await image.findings("policy:\n  size:\n    max: \(text)\n").count == 1)
        image.sizes[0] = (Int(over) ?? 0) - 1
        #expect(try await image.findings("policy:\n  size:\n    max: \(text)\n").isEmpty)
    }

    @Test("what a policy says goes before its profile, which fills up the rest")
    func profile() throws {
        let policy = try readPolicy("policy:\n  profile: delivery\n  size:\n    max: 10MB\n  setuid: false\n")
        #expect(policy.mode(of: "secrets") == .enforce)
        #expect(policy.mode(of: "setuid") == .off)
        #expect(policy.rules["secrets"]?.span.map { $0.file.position(at: $0.range.start).line } == 2)
    }

    @Test("every profile can be read", arguments: Profile.names)
    func profiles(name: String) throws { #expect(try !Profile.policy(name).rules.isEmpty) }

    @Test("damaged policies are refused and harm nobody", arguments: 0..<300)
    func fuzz(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let text =
            "policy:\n  profile: delivery\n  size: {max: 80MB, max-growth: 5%}\n  ports:\n    allowed: [80, 1-2/udp]\n  files:\n    forbidden: ['**/x/[a-z]*', '*.pyc']\n  exceptions:\n    - {rule: size, reason: a, owner: b, expires: 2030-01-01, path: /a}\n"
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1..<6, using: &generator) {
            let index = Int.random(in: bytes.indices, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.remove(at: index)
            default: bytes.insert(bytes[Int.random(in: bytes.indices, using: &generator)], at: index)
            }
        }
        _ = mistakes(String(decoding: bytes, as: UTF8.self))
    }
}
