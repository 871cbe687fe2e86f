import Core

/// What is told about a build beside its image: `--provenance`, `--sbom` and `--attest`, as `docker buildx build` has
/// them.
struct AttestationOptions: Equatable {
    /// How much a provenance tells.
    enum Detail: String {
        /// Not the values of build arguments, nor the Dockerfile's text.
        case min
        case max
    }

    /// Nil when none is made.
    var provenance: Detail? = .min
    /// Who built, as a URI.
    var builder: String?
    var sbom = false
    /// Whether it was asked for, so that other outputs than a registry get it too.
    private(set) var isExplicit = false

    private static let form = "true, false, or mode=min|max[,builder-id=URI]"

    init(provenance: String?, sbom: String?, attest: [String]) throws {
        if let provenance { try setProvenance(provenance) }
        if let sbom { try setSBOM(sbom) }
        for text in attest {
            let fields = try BuildOptions.fields(
                "attest", text, known: ["type", "mode", "builder-id", "disabled"],
                form: "type=provenance|sbom[,mode=min|max]")
            let isOff = fields["disabled"] == "true"
            switch fields["type"] {
            case "provenance": try set(fields, isOff: isOff)
            case "sbom": self.sbom = !isOff
            default: throw BuildOptions.usage("attest", text, "type=provenance|sbom[,mode=min|max]")
            }
        }
        isExplicit = (provenance != nil || sbom != nil || !attest.isEmpty) && (self.provenance != nil || self.sbom)
    }

    private mutating func setProvenance(_ text: String) throws {
        if let isOn = Bool(text) {
            provenance = isOn ? .min : nil
            return
        }
        let fields = try BuildOptions.fields(
            "provenance", text, known: ["mode", "builder-id", "disabled"], form: Self.form)
        try set(fields, isOff: fields["disabled"] == "true")
    }

    private mutating func set(_ fields: [String: String], isOff: Bool) throws {
        if isOff {
            provenance = nil
            return
        }
        let mode = fields["mode"] ?? "min"
        guard let detail = Detail(rawValue: mode) else {
            throw BuildOptions.usage("provenance", "mode=\(mode)", Self.form)
        }
        provenance = detail
        builder = fields["builder-id"] ?? builder
        if let builder, !builder.contains(":") {
            throw BuildOptions.usage("provenance", "builder-id=\(builder)", "builder-id=URI")
        }
    }

    private mutating func setSBOM(_ text: String) throws {
        guard let isOn = Bool(text) else { throw BuildOptions.usage("sbom", text, "true or false") }
        sbom = isOn
    }
}
