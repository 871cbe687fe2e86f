/// Jobs that build, judge and push the image of every commit on the main branch.
enum PipelineWriter {
    private static let head = "# Written by \(WrittenFile.mark): a new run updates this file until somebody changes it."

    /// The job's steps in a shell; both services run the same.
    private static let build = [
        "printf '%s' \"$REGISTRY_PASSWORD\" | sampan login --username \"$REGISTRY_USER\" --password-stdin \"$REGISTRY\"",
        "sampan build --progress plain \\", "    --cache-from \"type=registry,ref=$IMAGE:cache\" \\",
        "    --cache-to \"type=registry,ref=$IMAGE:cache,mode=max,ignore-error=true\" \\",
        "    --cache-mounts export \\",
        "    --build-arg \"VERSION=$VERSION\" --build-arg \"REVISION=$COMMIT\" \\",
        "    --tag \"$IMAGE:$COMMIT\" . >&2",
    ]

    static func github(_ project: Project, branch: String) -> WrittenFile {
        let text = """
            \(head)
            # Looks over the Dockerfile, builds the image of every commit on \(branch), judges it by sampan.yaml and pushes it. What the
            # policy finds is shown by code scanning, at the lines of the Dockerfile.
            #
            # Variables of the repository: SAMPAN_IMAGE (an image that has the program at /usr/local/bin/sampan), REGISTRY, IMAGE.
            # Secrets: REGISTRY_USER, REGISTRY_PASSWORD.
            name: image
            on:
              push:
                branches: [\(branch)]
            permissions:
              contents: read
              # For what the policy finds.
              security-events: write
            jobs:
              image:
                runs-on: ubuntu-24.04
                timeout-minutes: 30
                env:
                  REGISTRY: ${{ vars.REGISTRY }}
                  REGISTRY_USER: ${{ secrets.REGISTRY_USER }}
                  REGISTRY_PASSWORD: ${{ secrets.REGISTRY_PASSWORD }}
                  IMAGE: ${{ vars.IMAGE }}
                  COMMIT: ${{ github.sha }}
                  VERSION: ${{ github.ref_name }}
                steps:
                  - uses: actions/checkout@v4
                  - name: Get sampan
                    env:
                      SAMPAN_IMAGE: ${{ vars.SAMPAN_IMAGE }}
                    run: |
                      printf '%s' "$REGISTRY_PASSWORD" | docker login --username "$REGISTRY_USER" --password-stdin "$REGISTRY"
                      docker create --name sampan "$SAMPAN_IMAGE" sampan
                      mkdir -p "$RUNNER_TEMP/sampan"
                      docker cp sampan:/usr/local/bin/sampan "$RUNNER_TEMP/sampan/sampan"
                      docker rm sampan
                      docker logout "$REGISTRY"
                      echo "$RUNNER_TEMP/sampan" >>"$GITHUB_PATH"
                  - name: Lint
                    run: sampan lint Dockerfile
                  - name: Let programs make user namespaces
                    run: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0
                  - name: Build
                    run: |
            \(indented(build, by: 12))
                  - name: Check
                    id: check
                    run: |
                      sampan check --format sarif "store:$IMAGE:$COMMIT" >"$RUNNER_TEMP/sampan.sarif" || [ $? -eq 1 ]
                      sampan check "store:$IMAGE:$COMMIT" >&2
                  - name: Show what the policy finds
                    if: always() && steps.check.outcome != 'skipped'
                    uses: github/codeql-action/upload-sarif@v3
                    with:
                      sarif_file: ${{ runner.temp }}/sampan.sarif
                      category: sampan
                  - name: Push
                    run: sampan push "$IMAGE:$COMMIT"

            """
        return WrittenFile(".github/workflows/image.yml", text)
    }

    static func gitlab(_ project: Project) -> WrittenFile {
        let text = """
            \(head)
            # Looks over the Dockerfile, builds the image of every commit on the default branch, judges it by sampan.yaml and pushes it to
            # the project's own registry. What is found is shown as code quality.
            #
            # A CI/CD variable: SAMPAN_IMAGE (an image with sampan and a shell, in a registry that the runner may pull from).
            stages: [image]

            # `image` alone would be no job, but the image that jobs run in.
            build-image:
              stage: image
              image: $SAMPAN_IMAGE
              rules:
                - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
              # A newer commit's job makes this one superfluous.
              interruptible: true
              timeout: 30 minutes
              variables:
                REGISTRY: $CI_REGISTRY
                REGISTRY_USER: $CI_REGISTRY_USER
                REGISTRY_PASSWORD: $CI_REGISTRY_PASSWORD
                IMAGE: $CI_REGISTRY_IMAGE
                COMMIT: $CI_COMMIT_SHA
                VERSION: $CI_COMMIT_REF_NAME
                # Beside the checkout and not in it: on the runner's volume, as a RUN needs a file system that is no overlay.
                SAMPAN_HOME: $CI_BUILDS_DIR/.sampan
              script:
                - sampan lint Dockerfile
                - |
            \(indented(build, by: 6))
                  sampan check --format gitlab "store:$IMAGE:$COMMIT" >gl-code-quality-report.json || [ $? -eq 1 ]
                  sampan check "store:$IMAGE:$COMMIT" >&2
                  sampan push "$IMAGE:$COMMIT"
              artifacts:
                # When the policy is broken, too.
                when: always
                reports:
                  codequality: gl-code-quality-report.json

            """
        return WrittenFile(".gitlab-ci.yml", text)
    }

    private static func indented(_ lines: [String], by count: Int) -> String {
        lines.map { String(repeating: " ", count: count) + $0 }.joined(separator: "\n")
    }
}
