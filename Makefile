# Each target does all of its set-up itself; a second run is fast.
.DEFAULT_GOAL := help
.NOTPARALLEL:

PREFIX ?= /usr/local
DESTDIR ?=
# Two by two: a compiler of this tree takes up to a gigabyte.
JOBS ?= 2
# Flags for `obol bench`, like BENCH="--all --plot latency.svg".
BENCH ?=

.PHONY: help run test asan tsan bench format install clean

help:
	@echo "make run      show what a store does, step by step, on a real server"
	@echo "make test     build everything and run all tests"
	@echo "make asan     the same with AddressSanitizer and UBSan"
	@echo "make tsan     the same with ThreadSanitizer"
	@echo "make bench    measure, beside plain Redis; see docs/benchmarks.md"
	@echo "make format   bring all sources into shape with clang-format"
	@echo "make install  build and install under PREFIX ($(PREFIX))"
	@echo "make clean    remove build/"
	@echo
	@echo "All but format and clean install what is missing, with apt (root or sudo)."

run:
	@.ci/setup --packages-only
	@.ci/build release obol
	@build/release/apps/obol/obol demo

test:
	@.ci/test dev

asan:
	@.ci/test asan

tsan:
	@.ci/test tsan

bench:
	@.ci/setup --packages-only
	@.ci/build release obol obol_benchmarks obol_allocations
	@build/release/bench/obol_benchmarks --benchmark_min_time=0.2
	@build/release/bench/obol_allocations
	@build/release/apps/obol/obol bench $(BENCH)

format:
	@command -v clang-format >/dev/null || { echo "clang-format is missing: apt install clang-format" >&2; exit 1; }
	@git ls-files -co --exclude-standard '*.cpp' '*.hpp' | xargs clang-format -i

install:
	@.ci/setup --packages-only
	@.ci/build release obol
	@DESTDIR="$(DESTDIR)" cmake --install build/release --prefix "$(PREFIX)"

clean:
	rm -rf build
