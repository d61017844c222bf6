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

# A CPU profile of the translation of real programs, which the compiler inlines by: 3 to
# 5 % less time for what is translated. It is not named default.pgo, so that tests and vet
# do without it.
PGO := cmd/armature/translate.pgo

FUZZTIME ?= 10m
SEED     ?= $(shell date +%s)
ROUNDS   ?= 5
SOAKTIME ?= 30m
GOSTD    ?=
SOFTWARE ?=


# Where install puts things: DESTDIR is a root to put them in.
PREFIX  ?= /usr/local
ZSHDIR  ?= $(PREFIX)/share/zsh/site-functions
BASHDIR := $(PREFIX)/share/bash-completion/completions
FISHDIR := $(PREFIX)/share/fish/vendor_completions.d
MANDIR  := $(PREFIX)/share/man/man1
# Of the Debian package: sorts by the time of the commit, before any release.
DEBVERSION ?= 0~git$(shell TZ=UTC git log -1 --date=format-local:%Y%m%d.%H%M%S --format=%cd.%h 2>/dev/null || echo 0)

.PHONY: pgo build demo test check e2e bench lint fuzz soak gostd software setup install uninstall deb man clean distclean help

build:
	go build -trimpath -pgo=$(PGO) -tags $(TAGS) -ldflags "$(LDFLAGS)" -o bin/armature ./cmd/armature
	ln -sf armature bin/armature-aarch64

demo: setup build
	go run ./test/demo

# Everything that a change must pass: what CI runs.
test: setup lint build check e2e

# unsafeptr is off: the guest's addresses are numbers that become pointers.
lint:
	@out=$$(find . -path ./build -prune -o -name '*.go' -print0 | xargs -0 gofmt -l); if [ -n "$$out" ]; then echo "gofmt wants to change:"; echo "$$out"; exit 1; fi
	go vet -unsafeptr=false ./...

# Unit tests, and again under the race detector where that applies.
check:
	go test -ldflags "$(PLACE)" $$(go list ./... | grep -v '^armature/test/e2e')
	CGO_ENABLED=1 GOEXPERIMENT= go test -race -short $(RACE)
	CGO_ENABLED=1 GOEXPERIMENT= go test -race -short -gcflags=-d=checkptr=0 ./tcg/state # a CPU has addresses for translated code

# Guest programs, end to end.
e2e: build
	go test -timeout 60m ./test/e2e

bench: setup build
	mkdir -p build
	go run ./bench -rounds $(ROUNDS) $(if $(GROUP),-group '$(GROUP)',-md docs/benchmarks.md) -json build/bench.json

# Each fuzz target of the repository for FUZZTIME, one after the other, and the
# long run of random instruction sequences.
fuzz: setup build
	test/fuzz.sh $(FUZZTIME)
	go test ./tcg/difftest -run Interp -timeout 60m -args -difftest.n 1000000 -difftest.seed $(SEED)
	go test ./tcg/difftest/jit -timeout 60m -args -difftest.n 300000 -difftest.len 24 -difftest.seed $(SEED)

# A mixed load for a long time: failures, leaks, what is left behind.
soak: setup build
	go run ./test/soak -for $(SOAKTIME)

# The tests of Go's standard library, compiled for arm64. GOSTD: options and packages.
gostd: setup build
	go run ./test/gostd $(GOSTD)

# Debian's programs in an arm64 tree, beside QEMU. SOFTWARE: options. Takes root.
software: setup build
	go run ./test/software $(SOFTWARE)

# Makes the profile anew; worth while after large changes of the translator.
pgo: setup
	go test -ldflags "$(PLACE)" ./tcg/cpu -run '^$$' -bench Programs -benchtime 100x -cpuprofile $(CURDIR)/$(PGO) -o /dev/null

setup:
	@test/setup.sh

# Files only: `armature binfmt install` registers the program with the kernel.
install: bin/armature
	install -d $(addprefix $(DESTDIR),$(PREFIX)/bin $(MANDIR) $(BASHDIR) $(ZSHDIR) $(FISHDIR))
	install -m 755 bin/armature $(DESTDIR)$(PREFIX)/bin/armature
	ln -sf armature $(DESTDIR)$(PREFIX)/bin/armature-aarch64
	install -m 644 docs/armature.1 $(DESTDIR)$(MANDIR)/armature.1
	ln -sf armature.1 $(DESTDIR)$(MANDIR)/armature-aarch64.1
	bin/armature completion bash > $(DESTDIR)$(BASHDIR)/armature
	bin/armature completion zsh > $(DESTDIR)$(ZSHDIR)/_armature
	bin/armature completion fish > $(DESTDIR)$(FISHDIR)/armature.fish

# What install has put there; a registration has to be removed before.
uninstall:
	rm -f $(addprefix $(DESTDIR),$(PREFIX)/bin/armature $(PREFIX)/bin/armature-aarch64 \
		$(MANDIR)/armature.1 $(MANDIR)/armature-aarch64.1 \
		$(BASHDIR)/armature $(ZSHDIR)/_armature $(FISHDIR)/armature.fish)

bin/armature:
	$(MAKE) build

# A Debian package, the same bytes each time.
deb: build
	packaging/deb/build.sh build/armature_$(DEBVERSION)_amd64.deb $(DEBVERSION)

# The manual page, from the definitions of the command line.
man:
	go test -ldflags "$(PLACE)" ./cmd/armature -run TestManPage -args -update

clean:
	rm -rf bin build/guests build/bench

distclean: clean
	rm -rf build

help:
	@echo "build      bin/armature and bin/armature-aarch64"
	@echo "demo       build ARM programs and run them"
	@echo "test       lint, unit tests, race detector, end-to-end tests"
	@echo "bench      compare with native code and QEMU; writes docs/benchmarks.md (ROUNDS=5);"
	@echo "           GROUP=builds runs one group, on the screen only"
	@echo "fuzz       all fuzz targets, each for FUZZTIME=10m"
	@echo "soak       a mixed load for SOAKTIME=30m: failures, leaks, leftovers"
	@echo "gostd      tests of Go's standard library for arm64 (GOSTD='-n 3 net/... os'; all once)"
	@echo "software   Debian programs in a bookworm tree that it makes (SOFTWARE='-run python,java'; as root)"
	@echo "lint       gofmt and go vet"
	@echo "pgo        make the compiler's profile of the translator anew, for build"
	@echo "install    to PREFIX=/usr/local, below DESTDIR; uninstall removes it"
	@echo "deb        a Debian package in build/"
	@echo "man        docs/armature.1 from the command line's definitions"
	@echo "clean      remove what was built; distclean also what was downloaded"
