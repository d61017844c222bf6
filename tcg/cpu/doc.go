// Package cpu runs guest CPUs: the run loop around translated code (or the
// interpreter), entry to it and return, chaining and promotion of hot loops, and
// the work that needs all CPUs stopped.
//
// An Engine is one guest address space; a CPU is one guest thread, run by one
// host thread, and many run at once. While translated code runs, the goroutine is
// in the state of a system call for Go's scheduler: the garbage collector and
// other goroutines go on, and no Go code runs on this thread until it is back, but
// for a Caller, which makes system calls without coming back.
//
// Three things bring a CPU out of translated code: an exit that the code wants
// (look-up, system call, slow path), a host fault (package fault), and
// state.CPU.Stop, which translated code polls on every backward branch and
// indirect jump. Kick sets it for an event that the mode wants to see; Exclusive
// sets it on all CPUs and waits until they are out.
//
// Debug, Breakpoint and CPU.Step are for a debugger.
package cpu
