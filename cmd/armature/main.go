package main

import (
	"fmt"
	"os"
	"runtime"

	_ "armature/cmd/armature/early"
	"armature/cmd/armature/guest"
	"armature/linuxuser"
	"armature/linuxuser/gdb"
	"armature/syscalls/host"
	"armature/tcg/cpu"
	"armature/tcg/disasm"
)

// The guest's main thread must be the process's: its TID is the PID.
func init() { runtime.LockOSThread() }

// main is not reached when a guest program is run; see package early.
func main() {
	cpu.Disassembler.Guest, cpu.Disassembler.Host = disasm.Guest, disasm.Host
	guest.NewDebugger = debugger
	if status, done := guest.Run(os.Args, false); done {
		os.Exit(status)
	}
	host.Plain()
	os.Exit(commands(os.Args))
}

// debugger makes a server for gdb; see guest.NewDebugger.
func debugger(where, connection string) (linuxuser.Debugger, error) {
	if connection != "" {
		return gdb.Inherit(connection)
	}
	return gdb.New(where, func(target string) {
		fmt.Fprintf(os.Stderr, "armature: waiting for a debugger (gdb-multiarch -ex 'target remote %s')\n", target)
	})
}
