// Package fault stands between the host kernel and accesses that may fault:
// those of translated code, and those that Go code makes to guest memory.
//
// Install replaces the handler, and only the handler, of Go's own SIGSEGV and
// SIGBUS actions by a small assembly routine. It looks at the PC:
//
//   - in the code arena (SetCode): the fault is written to the CPU's Fault
//     fields, and execution resumes at the back end's Fault stub. A fault in the
//     guard page of the JIT stack only empties that stack.
//   - in access: the primitive returns a failure;
//   - elsewhere: Go's handler takes over, so a bug of ours is still a Go panic.
//
// The exported functions access guest memory with a primitive that survives any
// address. Guest addresses are host addresses (guest base 0).
package fault
