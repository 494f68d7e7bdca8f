# Everything is built in one configuration, so that demo, tests and benchmarks share one build.
BUILD := swift build -c release
TEST := swift test -c release --disable-testable-imports
MOONRAIL := .build/release/moonrail

.PHONY: help setup build demo test bench lint

help:
	@echo "make demo   install what is missing, build, and run the demo"
	@echo "make test   install what is missing, build, and run all tests"
	@echo "make bench  run the reference job against its peers"
	@echo "make lint   check the code's formatting"

setup:
	@scripts/setup

build: setup
	$(BUILD)

demo: build
	@scripts/demo

test: build
	$(TEST)

bench: build
	@scripts/setup lua5.4 lua-cjson redis-server tarantool python3 python3-redis
	@benchmarks/run

lint:
	swift format lint --strict --recursive Package.swift Sources Tests
