// https://kubernetes.io/docs/concepts/security/pod-security-standards/ (the profile "restricted")

/// Manifests that run the image with no more rights than it needs.
enum KubernetesWriter {
    static func file(_ project: Project) -> WrittenFile {
        var documents = [account(project)]
        documents.append(project.port == nil ? job(project) : deployment(project))
        if let port = project.port { documents += [service(project, port), budget(project), network(project, port)] }
        let head = """
            # Written by \(WrittenFile.mark): a new run updates this file until somebody changes it.
            # IMAGE stands for the image with its digest: sampan digest tells it.

            """
        return WrittenFile("deploy/kubernetes.yaml", head + documents.joined(separator: "---\n"))
    }

    private static func metadata(_ project: Project) -> String {
        """
        metadata:
          name: \(project.name)
          labels:
            app.kubernetes.io/name: \(project.name)
        """
    }

    private static func account(_ project: Project) -> String {
        """
        apiVersion: v1
        kind: ServiceAccount
        \(metadata(project))
        automountServiceAccountToken: false

        """
    }

    private static func deployment(_ project: Project) -> String {
        """
        apiVersion: apps/v1
        kind: Deployment
        \(metadata(project))
        spec:
          replicas: 2
          selector:
            matchLabels:
              app.kubernetes.io/name: \(project.name)
          strategy:
            rollingUpdate:
              maxUnavailable: 0
              maxSurge: 1
          template:
            metadata:
              labels:
                app.kubernetes.io/name: \(project.name)
        \(annotations(project))\(indented(pod(project), by: 4))

        """
    }

    /// For scrapers that go by annotations.
    private static func annotations(_ project: Project) -> String {
        guard let port = project.port, let metrics = project.metrics else { return "" }
        return """
                  annotations:
                    prometheus.io/scrape: "true"
                    prometheus.io/port: "\(port)"
                    prometheus.io/path: \(metrics)

            """
    }

    private static func job(_ project: Project) -> String {
        """
        apiVersion: batch/v1
        kind: Job
        \(metadata(project))
        spec:
          backoffLimit: 3
          template:
            metadata:
              labels:
                app.kubernetes.io/name: \(project.name)
        \(indented(pod(project) + "\n  restartPolicy: Never", by: 4))

        """
    }

    private static func pod(_ project: Project) -> String {
        let ids = project.user.split(separator: ":")
        let uid = ids.first ?? "65532"
        let gid = ids.last ?? "65532"
        return """
            spec:
              serviceAccountName: \(project.name)
              automountServiceAccountToken: false
              securityContext:
                runAsNonRoot: true
                runAsUser: \(uid)
                runAsGroup: \(gid)
                seccompProfile:
                  type: RuntimeDefault
              containers:
                - name: \(project.name)
                  image: IMAGE
            \(probes(project))      resources:
                    requests:
                      cpu: 50m
                      memory: \(project.kind == .maven ? 256 : 64)Mi
                    limits:
                      memory: \(project.kind == .maven ? 512 : 256)Mi
                  securityContext:
                    allowPrivilegeEscalation: false
                    readOnlyRootFilesystem: true
                    capabilities:
                      drop: [ALL]
                  volumeMounts:
                    - name: tmp
                      mountPath: /tmp
              volumes:
                - name: tmp
                  emptyDir:
                    sizeLimit: 64Mi
            """
    }

    private static func probes(_ project: Project) -> String {
        guard let port = project.port else { return "" }
        let asks =
            project.health.map { "httpGet:\n          path: \($0)\n          port: http" }
            ?? "tcpSocket:\n          port: http"
        return """
                  ports:
                    - name: http
                      containerPort: \(port)
                  startupProbe:
                    \(asks)
                    periodSeconds: 1
                    failureThreshold: 60
                  readinessProbe:
                    \(asks)
                    periodSeconds: 5
                  livenessProbe:
                    \(asks)
                    periodSeconds: 10
                    failureThreshold: 3

            """
    }

    private static func service(_ project: Project, _ port: Int) -> String {
        """
        apiVersion: v1
        kind: Service
        \(metadata(project))
        spec:
          selector:
            app.kubernetes.io/name: \(project.name)
          ports:
            - name: http
              port: 80
              targetPort: http

        """
    }

    private static func budget(_ project: Project) -> String {
        """
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        \(metadata(project))
        spec:
          minAvailable: 1
          selector:
            matchLabels:
              app.kubernetes.io/name: \(project.name)

        """
    }

    private static func network(_ project: Project, _ port: Int) -> String {
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        \(metadata(project))
        spec:
          podSelector:
            matchLabels:
              app.kubernetes.io/name: \(project.name)
          policyTypes: [Ingress]
          ingress:
            - ports:
                - port: \(port)

        """
    }

    private static func indented(_ text: String, by count: Int) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.isEmpty ? "" : String(repeating: " ", count: count) + $0
        }.joined(separator: "\n")
    }
}
