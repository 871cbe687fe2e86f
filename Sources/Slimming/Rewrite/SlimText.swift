/// Plans in words.
package enum SlimText {
    /// Why something is copied, as a comment of the Dockerfile.
    package static func reason(_ reason: SlimPlan.Reason) -> String {
        switch reason {
        case .program: "The program."
        case .libraries: "The libraries that it loads."
        case .languageLibrary(let language): "The library of \(language), whole: other runs may load other parts."
        case .certificates: "Certificate authorities, for TLS."
        case .timeZones: "Time zones."
        case .accounts: "Names of users and groups."
        case .hostNames: "Where names of hosts are looked up."
        case .data: "Files of the project that it reads."
        case .observed: "Files that it read while it was watched."
        }
    }
}

extension SlimPlan {
    /// A line for each path that is copied because the observed run used it, and not because its program says so.
    package var observedItems: [Item] {
        items.filter { item in
            guard item.isFromObservation else { return false }
            switch item.reason {
            case .observed, .data, .languageLibrary, .timeZones, .accounts: return true
            case .program, .libraries, .certificates, .hostNames: return false
            }
        }
    }
}
