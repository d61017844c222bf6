// Package linuxuser runs one AArch64 Linux process: it loads the program, keeps
// its address space, runs its threads on the engine, delivers signals, and
// makes the system calls on the process's own state. Calls that only pass
// through or are translated are package syscalls'.
//
// The guest's addresses are the host's (guest base 0): the emulator is linked
// above syscalls.GuestTop, and what the guest maps is mapped by the host at the
// same place, but never executable. Space records what is mapped and how, since
// only it knows what may be executed.
//
//	elf.go      the file format            load.go    into memory
//	stack.go    the initial stack          hwcap.go   what the CPU can do
//	space.go    the record of mappings     mmap.go    calls on them
//	process.go  start and end              exec.go    execve
//	thread.go   run loop, faults           signal.go  delivery, calls
//	frame.go    arm64's signal frame       procfs.go  /proc/self
//	emulated.go table of emulated calls    strace.go, crash.go
//	debug.go    stops for a debugger       debuggee.go its view; gdb/ its protocol
//
// A guest thread is a goroutine locked to its host thread, and the host
// thread's signal mask is the guest thread's (package syscalls/host tells how).
// clone.go checks what clone asks for; threads.go has the birth and the end of a
// guest thread. Robust futexes and the word that is cleared at the end are the
// host kernel's business, since its thread is the guest's. The host thread of
// the main thread ends behind the Go runtime's back; the process ends with the
// last guest thread.
package linuxuser
