// Package syscalls turns the system calls of an ARM Linux guest into those of
// the host kernel.
//
// arm64.txt is the single source: it says for each call of the arm64 table its
// arguments with their types, and how it is handled. gen makes Table and
// docs/syscalls.md from it. Most calls pass through: the guest's addresses are
// the host's (guest base 0), and both are 64-bit little-endian Linux, so what is
// left to do is to check that pointers are the guest's (the emulator lies in the
// same address space), to map paths into the sysroot, and to let the Go
// scheduler go on while the call blocks. Where layouts or numbers differ, a
// function sysNAME translates. Calls on the state of the process itself (memory,
// signals, threads, exec) belong to package linuxuser, which knows this package;
// this one knows neither it nor the engine.
//
// A Ctx is what a guest thread brings to a call. Results are as in X0: a value,
// or -errno.
//
// Package host, below, is the way into the host kernel.
package syscalls

//go:generate go run ./gen
