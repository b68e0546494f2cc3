# What one asks of the project; `make` alone lists it.

SHELL := /bin/bash
JOBS ?= $(shell nproc)
# Seconds for each fuzz target.
FUZZ_S ?= 60
PREFIX ?= /usr/local

# Lets checkouts in different folders share one compiler cache.
export CCACHE_BASEDIR := $(CURDIR)

# Progress is for people; a log needs the failures only.
NINJA := ninja $(if $(MAKE_TERMOUT),,--quiet)

.DEFAULT_GOAL := help
.PHONY: help run test formats-check integrations-test e2e manifests-test \
        image-test install deb deb-test load bench fuzz fuzz-keep \
        format format-check tidy asan tsan clang \
        load-sanitized load-asan load-tsan \
        hardening-test sbom setup setup-gates setup-readers

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-17s %s\n", $$1, $$2 }' \
	  $(firstword $(MAKEFILE_LIST))

run: setup build/release/build.ninja ## show it at work: serve, review, lint a sample mesh
	@$(NINJA) -C build/release meshvet
	@scripts/demo.sh

test: setup build/release/build.ninja ## build everything and run every test
	@$(NINJA) -C build/release
	@[[ -n "$$MESHVET_CORPUS" ]] || echo \
	  "MESHVET_CORPUS is not set: the recorded corpus is not part of this run."
	@ctest --test-dir build/release --output-on-failure -j $(JOBS)

formats-check: setup-readers build/release/build.ninja ## hold reports and schemas against their readers (npm)
	@$(NINJA) -C build/release meshvet
	@test/formats/check.sh build/release

integrations-test: setup-readers build/release/build.ninja ## run the hooks, the action, the template, the matchers
	@$(NINJA) -C build/release meshvet
	@test/integrations/check.sh build/release

e2e: setup build/release/build.ninja ## by kubectl, through a real Kubernetes API server
	@$(NINJA) -C build/release meshvet
	@scripts/e2e.sh

manifests-test: setup build/release/build.ninja ## kustomize, Helm, alerts and dashboard
	@$(NINJA) -C build/release meshvet
	@scripts/manifests.sh

image-test: setup build/release/build.ninja ## run it with what the Dockerfile installs, no more
	@$(NINJA) -C build/release meshvet
	@test/install/run_in_minimal_root

install: setup build/release/build.ninja ## into PREFIX (/usr/local), below DESTDIR
	@$(NINJA) -C build/release meshvet meshvet_share
	@cmake --install build/release --prefix "$(PREFIX)" | tail -n 1

deb: setup-gates build/release/build.ninja ## build/release/deb/meshvet_*.deb
	@$(NINJA) -C build/release meshvet meshvet_share
	@rm -rf build/release/deb
	@cd build/release && cpack -G DEB >cpack.log || { cat cpack.log >&2; exit 1; }
	@ls build/release/deb/*.deb

deb-test: deb ## install it: by package into a minimal Debian, by make install
	@test/install/deb_in_minimal_root build/release/deb/*.deb
	@test/install/into_destdir

load: setup-gates build/release/build.ninja ## under load and attack: rollouts, hostile clients, faults
	@$(NINJA) -C build/release meshvet
	@scripts/load.sh

hardening-test: setup build/release/build.ninja ## look for what makes flaws hard to use
	@$(NINJA) -C build/release meshvet
	@test/install/check_hardening build/release/meshvet

sbom: setup build/release/build.ninja ## write what the binary is made of (CycloneDX)
	@$(NINJA) -C build/release meshvet
	@scripts/sbom.py build/release build/release/meshvet.cdx.json

bench: setup build/release/build.ninja ## measure speed and memory against the targets
	@$(NINJA) -C build/release bench_programs
	@scripts/bench.py

fuzz: setup-gates build/fuzz/build.ninja ## fuzz every parser and writer for FUZZ_S seconds (60)
	@$(NINJA) -C build/fuzz fuzz_programs
	@scripts/fuzz.sh build/fuzz $(FUZZ_S) $(JOBS)

fuzz-keep: ## keep what fuzzing found that reaches new code, as tests
	@scripts/fuzz_keep.sh build/fuzz

format: setup-gates ## format the sources in place
	@scripts/format.sh

format-check: setup-gates ## fail if a source is not formatted
	@scripts/format.sh --check

tidy: setup-gates build/clang/build.ninja ## run clang-tidy over the program
	@scripts/tidy.py build/clang $(JOBS)

clang: setup-gates build/clang/build.ninja ## build with clang and all warnings
	@$(NINJA) -C build/clang

asan: setup-gates build/asan/build.ninja ## every test under address + undefined sanitizers
	@$(NINJA) -C build/asan
	@ctest --test-dir build/asan --output-on-failure -j $(JOBS)

tsan: setup-gates build/tsan/build.ninja ## the threaded tests under the thread sanitizer
	@$(NINJA) -C build/tsan threaded_tests
	@ctest --test-dir build/tsan --output-on-failure -j $(JOBS) -L threads

# What hurts a server most, less what has limits of time and memory that hold
# for a release build; the first report of a sanitizer ends the server.
SMOKE := ^Test(ChangesUnderLoad|RollingRestarts|ShapesOfRequests|Shutdown|ClientCertificates|Handshakes)
load-sanitized: load-asan load-tsan ## the load tests' smoke, with the servers of asan and tsan
load-asan load-tsan: load-%: setup-gates build/%/build.ninja
	@$(NINJA) -C build/$* meshvet
	@MESHVET_BINARY=$(CURDIR)/build/$*/meshvet TSAN_OPTIONS=halt_on_error=1 \
	  scripts/load.sh -run '$(SMOKE)'

setup:
	@scripts/setup.sh

setup-gates:
	@scripts/setup.sh gates

setup-readers:
	@scripts/setup.sh readers

build/%/build.ninja: CMakePresets.json | setup
	@cmake --preset $* --log-level=NOTICE >/dev/null
