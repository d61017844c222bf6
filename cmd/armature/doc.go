// Command armature runs ARM Linux programs on x86-64 Linux.
//
//	armature run [options] PROG [ARGS...]
//	armature build [--] COMMAND [ARGS...]
//	armature chroot DIR [COMMAND [ARGS...]]
//	armature binfmt install | remove | status
//	armature rootfs bootstrap | unpack | pack | image | remove
//	armature doctor [MODE...]
//	armature completion bash | zsh | fish
//	armature syscalls | version | help
//
// Called armature-aarch64, qemu-aarch64 or qemu-aarch64-static, it takes options,
// program and arguments directly; so it does, under any name, from binfmt_misc.
package main
