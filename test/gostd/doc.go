// Command gostd runs the tests of Go's standard library, cross-compiled for arm64,
// under Armature:
//
//	go run ./test/gostd [-n ROUNDS] [-j JOBS] [-emu EMULATOR] [PACKAGES]
//
// The packages are patterns of the go command; without any, all of the standard
// library that has tests. Each package's tests run with -test.short in the folder of
// its source, in a Go tree of their own whose go command, compiler and linker are
// arm64 programs as well: tests that build programs do all of it under emulation.
//
// It prints a line for each run: package, result, seconds of wall and of CPU time,
// and the tests that failed. Those that fail natively on this machine, too, as one
// without a network has some, are told apart by a run of the host's own tests; those
// that cannot pass for another reason are not run (apart.go). The exit status is 1 if
// a test failed that should not have.
//
// Tree, compiled tests, and logs of runs that failed lie in armature-gostd in the
// user's cache folder.
package main
