// Package enter runs a command inside a tree of files as if that were the machine's:
// what `armature chroot` and `armature build` do.
//
//	config.go   what to run and where
//	run.go      the caller's side: makes the namespaces, waits
//	idmap.go    user IDs of an unprivileged caller
//	init.go     inside: process 1, which starts the command and reaps
//	mount.go    the tree as the root, with /proc, /sys, /dev, /tmp, /run
//	user.go     users of the tree
//	native.go   the host's cross compiler in place of the tree's; package wrap
//	programs.go the host's shell, make and the like; stub.go
//	handler.go  a handler for ARM programs of the command's own
//	contain.go  the same end for tools of the host's, as debootstrap
//	asroot.go   this program as root of a user namespace
//
// Nothing has to be undone. All mounts are made in a mount namespace of the command's
// own, and its processes live in a process namespace whose process 1 is this program.
// It ends when the command does, or when the caller is gone, which it learns from the
// end of a pipe, and from the kernel; with it the kernel ends all processes and drops all
// mounts. What is made in the tree itself are mount points that it lacks.
//
// A caller without privileges gets a user namespace, in which it is root. With
// subordinate IDs (/etc/subuid, newuidmap) it has 65536 users there, otherwise one.
//
// ARM programs are run by this very program, whether or not the kernel knows a
// handler: it starts the command directly, and executes itself again for each program
// that a guest executes. In a user namespace it is also registered with a binfmt_misc
// of the namespace's own (Linux 6.7), so that native programs can start ARM ones, and
// sudo works.
package enter
