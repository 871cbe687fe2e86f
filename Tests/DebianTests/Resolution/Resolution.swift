import Core
import Debian
import Inventory

/// A resolution written short.
struct Resolution {
    var main = ""
    /// Further suites by name, manual ones end with `-backports`.
    var suites: [(String, String)] = []
    var without: Set<String> = []
    var recommends = false
    var essential = false
    /// Packages of the main suite that a lower level has, by name.
    var installed: [String] = []
    /// Packages that only a lower level has, written as an index.
    var lower = ""

    func indexes() throws -> [PackageIndex] {
        try [TestIndex.make(main)]
            + suites.map { name, text in
                try TestIndex.make(text, suite: name, priority: name.hasSuffix("-backports") ? .manual : .normal)
            }
    }

    /// `name`, `name=version` or `name/suite`, in the order of a recipe's list.
    func resolve(_ names: String...) throws -> [DebianPackage] { try resolve(names.map(Self.request)) }

    func resolve(_ requests: [PackageRequest]) throws -> [DebianPackage] {
        let indexes = try indexes()
        var below = try installed.compactMap { try indexes[0].packages(named: $0).first }
        if !lower.isEmpty {
            let index = try TestIndex.make(lower, suite: "lower")
            below += try Set(index.names()).sorted().flatMap { try index.packages(named: $0) }
        }
        return try PackageResolver(indexes).resolve(
            ResolutionRequest(
                packages: requests, without: without, recommends: recommends, essential: essential,
                architecture: "amd64", installed: below))
    }

    /// The chosen packages in order, as `name` or, where the version isn't 1, `name=version`.
    func names(_ names: String...) throws -> String {
        try resolve(names.map(Self.request)).map { package in
            package.version.text == "1" ? package.name : "\(package.name)=\(package.version)"
        }.joined(separator: " ")
    }

    /// The error as a person sees it.
    func failure(_ names: String...) throws -> String {
        do {
            let found = try resolve(names.map(Self.request))
            return "resolved: \(found.map(\.name))"
        } catch {
            return Diagnostic(explaining: error).description
        }
    }

    static func request(_ text: String) -> PackageRequest {
        if let slash = text.firstIndex(of: "/") {
            return PackageRequest(name: String(text[..<slash]), suite: String(text[text.index(after: slash)...]))
        }
        if let sign = text.firstIndex(of: "=") {
            return PackageRequest(name: String(text[..<sign]), version: String(text[text.index(after: sign)...]))
        }
        return PackageRequest(name: text)
    }
}
