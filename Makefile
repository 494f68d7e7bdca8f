# Everything is built in one configuration, so that demo, tests and benchmarks share one build.
BUILD := swift build -c release
# All tests at once have over a thousand files and sockets open, with which Foundation's way of
# starting a process can crash.
TEST := SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=24 \
	swift test -c release --disable-testable-imports
MOONRAIL := .build/release/moonrail

.PHONY: help setup build demo test chaos bench-tools bench bench-full bench-check lint

help:
	@echo "make demo   install what is missing, build, and run the demo"
	@echo "make test   install what is missing, build, and run all tests"
	@echo "make chaos  kill Moonrail, fail its storage and cut its power for two or three hours; goes on"
	@echo "            where it was interrupted (docs/chaos.md)"
	@echo "make bench  measure all targets in a short form, under a quarter of an hour"
	@echo "make bench-full   the same in full, for hours"
	@echo "make bench-check  count the hot path's instructions; fail when they grew"
	@echo "make lint   check the code's formatting"

setup:
	@scripts/setup

build: setup
	$(BUILD)

demo: build
	@scripts/demo

test: build
	@scripts/setup nats-server openssl python3 python3-venv chromium-headless-shell
	@scripts/setup-python
	@scripts/setup-prometheus
	$(TEST)
	@scripts/chaos --short

# Bounded in time: what is left then is run by the next call.
chaos: build
	@scripts/setup nats-server python3
	@nice scripts/chaos --minutes 240 --resume .build/chaos.json

bench-tools: build
	@scripts/setup linux-perf lua5.4 lua-cjson nats-server python3 python3-redis python3-venv \
		redis-server tarantool valgrind

bench: bench-tools
	@benchmarks/all

bench-full: bench-tools
	@benchmarks/all --full

bench-check: build
	@scripts/setup python3 valgrind
	@benchmarks/bench-check

lint:
	swift format lint --strict --recursive Package.swift Sources Tests benchmarks
