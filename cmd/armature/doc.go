// Command armature runs ARM Linux programs on x86-64 Linux.
//
//	armature run [options] PROG [ARGS...]
//	armature syscalls | version | help
//
// Called armature-aarch64, qemu-aarch64 or qemu-aarch64-static, it takes options,
// program and arguments directly, as an interpreter of binfmt_misc does.
package main
