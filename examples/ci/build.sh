#!/bin/sh
# Builds the image of a commit, judges it by the policy of the project and pushes it. What is built, and what caches in it
# hold, stays in the registry: the next job begins from there, on whichever machine it runs. docs/ci.md goes through it
# line by line.
#
#   REGISTRY            the registry, as HOST[:PORT]
#   REGISTRY_USER       who logs in there
#   REGISTRY_PASSWORD   with what
#   IMAGE               the image's name, without a tag: registry.example.com/team/web
#   COMMIT              its tag
#   CONTEXT             what is built, a directory or a git URL (default: .)
#   SAMPAN_POLICY       the file that has the policy (default: sampan.yaml)
set -eu
: "${REGISTRY:?}" "${REGISTRY_USER:?}" "${REGISTRY_PASSWORD:?}" "${IMAGE:?}" "${COMMIT:?}"

# The login ends with the job.
DOCKER_CONFIG=$(mktemp -d)
export DOCKER_CONFIG
trap 'rm -rf "$DOCKER_CONFIG"' EXIT

printf '%s' "$REGISTRY_PASSWORD" | sampan login --username "$REGISTRY_USER" --password-stdin "$REGISTRY"
sampan build --progress plain \
    --cache-from "type=registry,ref=$IMAGE:cache" \
    --cache-to "type=registry,ref=$IMAGE:cache,mode=max,ignore-error=true" \
    --cache-mounts export \
    --tag "$IMAGE:$COMMIT" "${CONTEXT:-.}" >&2
sampan check "store:$IMAGE:$COMMIT" >&2
sampan push "$IMAGE:$COMMIT"
