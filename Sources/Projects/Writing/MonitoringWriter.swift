import Core

/// Prometheus rules and a Grafana dashboard for the golden signals: latency, traffic, errors, saturation.
enum MonitoringWriter {
    // https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
    static func rules(_ project: Project, _ tree: ProjectTree) -> WrittenFile {
        let signals = GoldenSignals(job: project.name, names: MetricNames(tree))
        var lines = [
            "# Written by \(WrittenFile.mark): a new run updates this file until somebody changes it.",
            "# Alerts for the golden signals. The service is scraped as the job '\(project.name)'; saturation is told by the kubelet and",
            "# kube-state-metrics. The thresholds are a beginning: set them to what you promise.",
            "groups:", "  - name: \(project.name)", "    rules:",
        ]
        func alert(_ name: String, _ expression: String, wait: String, severity: String, _ summary: String) {
            lines += [
                "      - alert: \(name)", "        expr: |", "          \(expression)", "        for: \(wait)",
                "        labels:",
                "          severity: \(severity)", "          service: \(project.name)", "        annotations:",
                "          summary: \(summary)",
            ]
        }
        let name = camel(project.name)
        if project.port != nil {
            alert("\(name)Down", signals.down, wait: "2m", severity: "page", "No instance of \(project.name) answers.")
            alert(
                "\(name)Errors", "\(signals.errorShare) > 0.01", wait: "5m", severity: "page",
                "More than 1 % of the requests to \(project.name) fail.")
            alert(
                "\(name)Slow", "\(signals.latency("0.99")) > 0.5", wait: "10m", severity: "ticket",
                "One of a hundred requests to \(project.name) takes over half a second.")
            alert(
                "\(name)NoTraffic", "\(signals.traffic) == 0", wait: "15m", severity: "ticket",
                "Nobody asks \(project.name) for anything.")
        }
        alert(
            "\(name)Restarts", "\(signals.restarts) > 3", wait: "1m", severity: "page",
            "\(project.name) is started again and again.")
        alert(
            "\(name)Memory", "\(signals.memoryShare) > 0.9", wait: "10m", severity: "ticket",
            "\(project.name) uses over 90 % of the memory that it may.")
        alert(
            "\(name)Throttled", "\(signals.throttled) > 0.25", wait: "15m", severity: "ticket",
            "\(project.name) waits for its share of the processor.")
        return WrittenFile("deploy/prometheus-rules.yaml", lines.joined(separator: "\n") + "\n")
    }

    // https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
    static func dashboard(_ project: Project, _ tree: ProjectTree) -> WrittenFile {
        let signals = GoldenSignals(job: project.name, names: MetricNames(tree))
        var panels: [OrderedJSON] = []
        func panel(_ title: String, unit: String, _ queries: [(legend: String, query: String)]) {
            let index = Int64(panels.count)
            let targets = queries.enumerated().map { number, query -> OrderedJSON in
                [
                    "refId": .string(String(UnicodeScalar(UInt8(65 + number % 26)))), "expr": .string(query.query),
                    "legendFormat": .string(query.legend),
                    "datasource": ["type": "prometheus", "uid": "${datasource}"],
                ]
            }
            panels.append([
                "id": .int(index + 1), "type": "timeseries", "title": .string(title),
                "datasource": ["type": "prometheus", "uid": "${datasource}"],
                "gridPos": ["x": .int(index % 2 * 12), "y": .int(index / 2 * 8), "w": 12, "h": 8],
                "fieldConfig": ["defaults": ["unit": .string(unit), "min": 0], "overrides": []],
                "options": ["legend": ["displayMode": "list", "placement": "bottom"], "tooltip": ["mode": "multi"]],
                "targets": .array(targets),
            ])
        }
        if project.port != nil {
            panel(
                "Latency", unit: "s",
                [
                    ("median", signals.latency("0.5")), ("95 %", signals.latency("0.95")),
                    ("99 %", signals.latency("0.99")),
                ])
            panel("Traffic", unit: "reqps", [("requests", signals.traffic)])
            panel("Errors", unit: "percentunit", [("share of 5xx", signals.errorShare)])
        }
        panel("Saturation: memory", unit: "percentunit", [("of the limit", signals.memoryShare)])
        panel(
            "Saturation: processor", unit: "short",
            [("cores in use", signals.cpu), ("throttled share", signals.throttled)])
        panel("Restarts", unit: "short", [("in 15 minutes", signals.restarts)])
        let board: OrderedJSON = [
            "description": .string(
                "Written by \(WrittenFile.mark): a new run updates this file until somebody changes it."),
            "title": .string(project.name), "uid": .string("sampan-\(project.name)".prefix(40).description),
            "tags": ["sampan"],
            "schemaVersion": 39, "editable": true, "refresh": "30s", "time": ["from": "now-1h", "to": "now"],
            "templating": [
                "list": [["name": "datasource", "type": "datasource", "query": "prometheus", "label": "Data source"]]
            ],
            "annotations": ["list": []], "panels": .array(panels),
        ]
        return WrittenFile("deploy/grafana-dashboard.json", String(decoding: board.bytes(indent: "  "), as: UTF8.self))
    }

    /// `go-web` as `GoWeb`.
    private static func camel(_ name: String) -> String {
        name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
