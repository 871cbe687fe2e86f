/// What a service calls its metrics, as far as its sources tell; else the usual names.
struct MetricNames {
    /// A counter of requests.
    var requests = "http_requests_total"
    /// A histogram of their durations in seconds, without `_bucket`.
    var durations = "http_request_duration_seconds"
    /// The label that has the status.
    var status = "code"

    init(_ tree: ProjectTree) {
        let sources = tree.files(".go", ".swift", ".rs", ".py", ".js", ".ts", ".java", ".c", ".cc", ".cpp")
        func name(_ suffix: String) -> String? {
            tree.firstLine(in: sources) { line in
                Words.quoted(line).first { word in
                    let fits =
                        word.hasSuffix(suffix)
                        && word.utf8.allSatisfy {
                            $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a || $0 == 0x5f || ($0 >= 0x30 && $0 <= 0x39)
                        }
                    return fits && word.utf8.count < 80
                }
            }?.value
        }
        if let found = name("requests_total") { requests = found }
        if let found = name("duration_seconds") ?? name("latency_seconds") { durations = found }
        let hasStatus =
            tree.firstLine(in: sources) { Words.quoted($0).contains("status") && $0.contains("abel") ? true : nil }
            != nil
        if hasStatus { status = "status" }
    }
}

/// The golden signals of a service as queries, the same for alerts and for panels.
struct GoldenSignals {
    let job: String
    let names: MetricNames

    private var selector: String { "job=\"\(job)\"" }
    private var pods: String { "namespace!=\"\",container=\"\(job)\"" }

    var traffic: String { "sum(rate(\(names.requests){\(selector)}[5m]))" }
    var errors: String { "sum(rate(\(names.requests){\(selector),\(names.status)=~\"5..\"}[5m]))" }
    var errorShare: String { "\(errors) / \(traffic)" }
    func latency(_ quantile: String) -> String {
        "histogram_quantile(\(quantile), sum by (le) (rate(\(names.durations)_bucket{\(selector)}[5m])))"
    }
    var memoryShare: String {
        "max(container_memory_working_set_bytes{\(pods)} / on (namespace, pod, container) (container_spec_memory_limit_bytes{\(pods)} > 0))"
    }
    var cpu: String { "sum(rate(container_cpu_usage_seconds_total{\(pods)}[5m]))" }
    var throttled: String {
        "sum(rate(container_cpu_cfs_throttled_periods_total{\(pods)}[5m])) / sum(rate(container_cpu_cfs_periods_total{\(pods)}[5m]))"
    }
    var restarts: String { "sum(increase(kube_pod_container_status_restarts_total{\(pods)}[15m]))" }
    var down: String { "absent(up{\(selector)} == 1)" }
}
