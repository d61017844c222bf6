// Package e2e runs guest programs under Armature and compares what they print,
// and how they end, with the native build of the same source, with another
// emulator, or with what Linux and the architecture lay down.
//
//	go test ./test/e2e                                  # everything
//	go test ./test/e2e -run 'TestPrograms/int_div'      # one program, all variants
//	go test ./test/e2e -run 'TestPrograms/int_div/O2-static'
//	go test ./test/e2e -emu 'qemu-aarch64-static'       # another emulator under test
//	go test ./test/e2e -emu '../../bin/armature-aarch64 --engine=interp'
//	go test ./test/e2e -short                           # one variant of each program
//
// A failure prints the first line that differs and the command that repeats it.
// Programs live in test/guest/c; the table in programs.go says how each is built
// and judged. Built programs and reference outputs are kept in build/guests.
//
// The tests need what test/setup.sh installs, and the emulator that `make build`
// leaves in bin/; without them they fail, they do not skip.
package e2e
