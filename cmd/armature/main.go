package main

import (
	"fmt"
	"os"
	"path"
	"runtime"
	"strings"
	"sync"

	"armature/syscalls/host"
)

// version is set by the linker.
var version = "unknown"

// The guest's main thread must be the process's: its TID is the PID.
func init() { runtime.LockOSThread() }

// main runs a guest at once when that is asked for, without the command line's
// library: every execve of a guest program comes through here.
func main() {
	args := os.Args
	name := ""
	if len(args) > 0 {
		name = path.Base(args[0])
	}
	switch {
	case emulatorName(name):
		os.Exit(runGuest(name, args[1:], true))
	case len(args) > 1 && args[1] == "run":
		os.Exit(runGuest(name+" run", args[2:], false))
	}
	os.Exit(commands(args))
}

// emulatorName tells whether the program is called like an emulator: then its
// command line is options, program, arguments, as for binfmt_misc and as QEMU's.
func emulatorName(name string) bool {
	switch name {
	case "armature-aarch64", "qemu-aarch64", "qemu-aarch64-static":
		return true
	}
	return false
}

func fail(format string, a ...any) {
	fmt.Fprintf(os.Stderr, "armature: "+format+"\n", a...)
}

// getenv reads a setting from the environment: ARMATURE_x, or QEMU_x if qemu is
// set. A program that gained privileges takes none.
func getenv(name string, qemu bool) string {
	if secure() {
		return ""
	}
	other := ""
	for _, e := range environment() {
		k, v, _ := strings.Cut(e, "=")
		if rest, ok := strings.CutPrefix(k, "ARMATURE_"); ok && rest == name && v != "" {
			return v
		}
		if rest, ok := strings.CutPrefix(k, "QEMU_"); ok && qemu && rest == name {
			other = v
		}
	}
	return other
}

// environment is the environment as it was passed, read once.
var environment = sync.OnceValue(host.Environ)

func secure() bool {
	const atSecure = 23
	v, _ := host.Aux(atSecure)
	return v != 0
}
