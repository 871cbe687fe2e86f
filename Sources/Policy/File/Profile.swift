import Core
import YAML

/// Policies that come with the program.
package enum Profile {
    package static let names = ["delivery"]

    /// - Throws: ``PolicyError/profile(_:)``.
    package static func policy(_ name: String) throws -> PolicyFile {
        guard let text = texts[name] else { throw PolicyError.profile(name) }
        let report = YAMLReport()
        let policy = report.parse(SourceFile(name: "profile \(name)", text: text))
            .map { PolicyReader(report, directory: ".").policy($0) }
        try report.check()
        guard var policy else { throw PolicyError.profile(name) }
        // There is no file to point at.
        policy.span = nil
        for rule in policy.rules.keys {
            policy.rules[rule]?.span = nil
            policy.rules[rule]?.spans = [:]
        }
        return policy
    }

    package static func text(_ name: String) -> String? { texts[name] }

    private static let texts = [
        // What images are asked for that others make and hand over.
        "delivery": """
        base:
          digest: true
          supported: true
          max-age: 180d
        user:
          non-root: true
          numeric: true
        context:
          ignore-file: true
          leftovers: true
        toolchains: true
        size:
          max: 300MB
        waste:
          max-share: 20%
        secrets: true
        setuid:
          mode: warn
        linkage:
          require: resolved

        """
    ]
}
