# Armature. `make` builds bin/armature; `make help` lists the rest.

SHELL := /bin/bash

# The program is linked above the guest's addresses, with a Go heap at a known
# place below, so that guests get the low 47 bits to themselves (docs/engine.md).
# The experiment is part of the tool chain's configuration: everything built
# here, tests included, uses it.
export CGO_ENABLED := 0
export GOEXPERIMENT := norandomizedheapbase64

# Without the command line library's manual-page generator, whose start-up alone
# takes a millisecond.
TAGS    := urfave_cli_no_docs
VERSION := $(shell git describe --always --dirty 2>/dev/null || echo unknown)
# containermaxprocs and updatemaxprocs: the runtime would read cgroup files at every start.
DEBUGS  := asyncpreemptoff=1,gcshrinkstackoff=1,containermaxprocs=0,updatemaxprocs=0
PLACE   := -T 0x7e0000000000 -X runtime.godebugDefault=$(DEBUGS)
# The entry point notes what the Go runtime would overwrite: inherited signal
# dispositions and the mask (syscalls/host).
ENTRY   := -E armature/syscalls/host.rt0
LDFLAGS := -s -w $(PLACE) $(ENTRY) -X armature/cmd/armature/guest.Version=$(VERSION)

# Packages for the race detector: those that neither run translated code nor
# change the process's signal handlers, which the detector's runtime cannot see.
RACE := ./syscalls ./tcg/arm64/... ./tcg/ir/... ./tcg/interp/...

FUZZTIME ?= 10m
SEED     ?= $(shell date +%s)
ROUNDS   ?= 5
SOAKTIME ?= 30m


.PHONY: build demo test check e2e bench lint fuzz soak setup clean distclean help

build:
	go build -trimpath -tags $(TAGS) -ldflags "$(LDFLAGS)" -o bin/armature ./cmd/armature
	ln -sf armature bin/armature-aarch64

demo: setup build
	go run ./test/demo

# Everything that a change must pass: what CI runs.
test: setup lint build check e2e

# unsafeptr is off: the guest's addresses are numbers that become pointers.
lint:
	@out=$$(gofmt -l .); if [ -n "$$out" ]; then echo "gofmt wants to change:"; echo "$$out"; exit 1; fi
	go vet -unsafeptr=false ./...

# Unit tests, and again under the race detector where that applies.
check:
	go test -ldflags "$(PLACE)" $$(go list ./... | grep -v '^armature/test/e2e')
	CGO_ENABLED=1 GOEXPERIMENT= go test -race -short $(RACE)

# Guest programs, end to end.
e2e: build
	go test -timeout 20m ./test/e2e

bench: setup build
	mkdir -p build
	go run ./bench -rounds $(ROUNDS) -json build/bench.json -md docs/benchmarks.md

# Each fuzz target of the repository for FUZZTIME, one after the other, and the
# long run of random instruction sequences.
fuzz: setup build
	test/fuzz.sh $(FUZZTIME)
	go test ./tcg/difftest -run Interp -timeout 60m -args -difftest.n 1000000 -difftest.seed $(SEED)
	go test ./tcg/difftest/jit -timeout 60m -args -difftest.n 300000 -difftest.len 24 -difftest.seed $(SEED)

# A mixed load for a long time: failures, leaks, what is left behind.
soak: setup build
	go run ./test/soak -for $(SOAKTIME)

setup:
	@test/setup.sh

clean:
	rm -rf bin build/guests build/bench

distclean: clean
	rm -rf build

help:
	@echo "build      bin/armature and bin/armature-aarch64"
	@echo "demo       build ARM programs and run them"
	@echo "test       lint, unit tests, race detector, end-to-end tests"
	@echo "bench      compare with native code and QEMU; writes docs/benchmarks.md (ROUNDS=5)"
	@echo "fuzz       all fuzz targets, each for FUZZTIME=10m"
	@echo "soak       a mixed load for SOAKTIME=30m: failures, leaks, leftovers"
	@echo "lint       gofmt and go vet"
	@echo "clean      remove what was built; distclean also what was downloaded"
