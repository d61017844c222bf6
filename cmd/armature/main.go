package main

import (
	"os"
	"runtime"

	_ "armature/cmd/armature/early"
	"armature/cmd/armature/guest"
	"armature/syscalls/host"
	"armature/tcg/cpu"
	"armature/tcg/disasm"
)

// The guest's main thread must be the process's: its TID is the PID.
func init() { runtime.LockOSThread() }

// main is not reached when a guest program is run; see package early.
func main() {
	cpu.Disassembler.Guest, cpu.Disassembler.Host = disasm.Guest, disasm.Host
	if status, done := guest.Run(os.Args, false); done {
		os.Exit(status)
	}
	host.Plain()
	os.Exit(commands(os.Args))
}
