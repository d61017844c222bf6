// Package gdb is the server side of gdb's remote serial protocol for a guest
// process: "armature run -g PORT PROG", and in gdb "target remote :PORT".
//
//	packet.go   framing: checksums, escapes     server.go    the connection and its loop
//	command.go  single-letter commands          query.go     q and Q, and qXfer's objects
//	resume.go   vCont, stop replies             breaks.go    Z and z
//	regs.go     registers, target description   signals.go   gdb's signal numbers
//	vfile.go    files of the guest's view       listen.go    where to listen
//	tls.go      thread-local variables
//
// A Server knows the process by the interface process, which is
// linuxuser.Debuggee: there guest threads stop and wait. The protocol is used in
// all-stop mode: while the guest runs only an interrupt is taken, and a stop is for
// all threads.
//
// The server is one goroutine. It waits for a packet or an event without a lock, and
// has the process's lock while it does something about it. A fork happens between
// two such pieces of work; in the child the goroutine, which is there as well, finds
// that the lock is not to be had, and ends. An exec hands the connection to the
// program that takes this one's place: see Handover.
//
// What comes from the connection is never trusted: a packet that is too long, wrong
// or out of place gets an error or an empty reply. A debugger that goes away without a
// word detaches: the guest goes on.
//
// The package is reached from the command line only, so that guests without a
// debugger do not pay for its initialisation.
package gdb
