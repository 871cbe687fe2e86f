import DockerfileSyntax

/// A program that talks TLS, on an image without certificates.
enum SMP2020: LintRule {
    static let info = RuleInfo(
        "SMP2020", .sampan, .warning, "Program makes TLS connections, and its image has no CA certificates",
        why: """
            Without a list of authorities no server's certificate can be checked, and every request over HTTPS fails with \
            `certificate signed by unknown authority`. scratch has none, nor have Debian and Ubuntu until the package \
            ca-certificates is installed. Install it, copy /etc/ssl/certs/ca-certificates.crt from the stage that builds, \
            or take distroless/static, which has it.
            """,
        bad: .init(
            """
            FROM golang:1.25 AS build
            WORKDIR /src
            COPY . .
            RUN CGO_ENABLED=0 go build -o /app .
            FROM scratch
            COPY --from=build /app /app

            """, files: ["main.go": goClient]),
        good: .init(
            """
            FROM golang:1.25 AS build
            WORKDIR /src
            COPY . .
            RUN CGO_ENABLED=0 go build -o /app .
            FROM scratch
            COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
            COPY --from=build /app /app

            """, files: ["main.go": goClient]))

    private static let goClient = """
        package main

        import "net/http"

        func main() { http.Get("https://example.com/") }

        """

    static func check(_ file: LintFile, _ report: inout LintReport) {
        guard let search = SourceSearch(file) else { return }
        var told: Set<Int> = []
        for delivery in file.deliveries where delivery.build.language == .go {
            guard let base = delivery.base, lacksCertificates(base),
                !file.mentions(["certs", "certificate", "/ssl"], in: delivery.stage),
                !file.hasLibraries(delivery.stage),
                told.insert(delivery.stage.index).inserted,
                search.first(ending: ".go", where: { $0.holds("x509roots/fallback") }) == nil,
                let path = search.first(ending: ".go", where: isClient)
            else { continue }
            report.add(
                delivery.copy.instruction.argumentsText.range, in: delivery.copy,
                "\(path) makes TLS connections, and \(base.image.name) has no CA certificates")
        }
    }

    private static func lacksCertificates(_ base: StageBase) -> Bool {
        ["scratch", "debian", "ubuntu", "busybox"].contains(base.image.name)
    }

    /// Makes requests, where a server alone needs no authorities.
    private static func isClient(_ source: [UInt8]) -> Bool {
        if source.holds("\"net/http\"") {
            let calls: [StaticString] = [
                "http.Get(", "http.Head(", "http.Post(", "http.PostForm(", "http.NewRequest", "http.DefaultClient",
                "http.Client{",
            ]
            if calls.contains(where: { source.holds($0) }) { return true }
        }
        return source.holds("\"crypto/tls\"") && (source.holds("tls.Dial") || source.holds("tls.Client("))
    }
}
