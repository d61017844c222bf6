// Package binfmt registers, removes and inspects the kernel's handlers of ARM
// programs (binfmt_misc), so that the kernel starts an ARM program like any other.
//
//	format.go    what an ARM program's first bytes are; flags
//	registry.go  one binfmt_misc file system: entries, register, remove, mount
//	install.go   Install and Remove: ours in place of another's, and back
//	persist.go   /etc/binfmt.d, so that systemd registers at boot
//	probe.go     runs a tiny ARM program through the kernel
//	status.go    what is registered, for people and programs
//
// # What a handler is
//
// The kernel compares the first bytes of a file that is executed with each enabled
// entry, the last registered first, and starts the entry's interpreter. Flags change
// how (binfmt_misc's own letters):
//
//   - F: the interpreter is opened when it is registered, so that it works in chroots
//     and containers that do not have it. Always set.
//   - P: argv is [interpreter, path, argv[0], ...], and AT_FLAGS says so (Linux 5.12).
//   - O: the program comes open, as AT_EXECFD, so that it need not be readable.
//   - C: the program's credentials count, not the interpreter's: setuid programs such
//     as sudo work. Implies O. The emulator takes neither environment nor configuration
//     when it gains privileges that way (AT_SECURE).
//
// # Another's handler
//
// A handler of another emulator for the same programs is disabled, not removed: the
// kernel keeps it with the interpreter that it has open, which may be a file in a
// container image that cannot be opened again. That we did so is recorded beside it,
// by a disabled entry "armature-aarch64-replaces-NAME". So the record lasts exactly as
// long as what it tells of, and there is one for each user namespace's own binfmt_misc.
package binfmt
