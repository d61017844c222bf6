// Package early runs guest programs before most of this program is initialised.
//
// Go initialises a package when all that it imports is, and of the packages that
// are ready the one whose import path sorts first. This one imports only what it
// takes to run a guest, and its path begins with "a", so the guest runs from its
// init: the templates, regular expressions, tables and network types of the
// command line for people, which take a third of the start-up time of a small
// guest, are never initialised. The Go runtime is complete at that point, and
// the main goroutine is locked to the main thread.
//
// What needs more than the engine returns and is done by main: messages about
// the command line, help, and options that disassemble.
package early

import (
	"os"

	_ "armature/cmd/armature/early/stack"
	"armature/cmd/armature/guest"
)

func init() {
	if status, done := guest.Run(os.Args, true); done {
		os.Exit(status)
	}
}
