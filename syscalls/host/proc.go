package host

import (
	"sync/atomic"
	"unsafe"
)

// The emulator needs /proc: to stop the runtime's threads for a fork it must know
// them, and to execute itself it must name its own file. A guest may well be in a
// tree where nothing is mounted on /proc.

// procFD is a /proc that stays: a descriptor, 0 if there is none.
var procFD uint32

// OpenProc gives a descriptor of /proc, above the numbers that guests use, or -1. It
// is that of a mount of its own if the caller has the privilege, so that the guest
// may unmount its own; with that, it is had also where nothing is mounted on /proc.
func OpenProc() int {
	const (
		sysOpenTree = 428
		sysFsopen   = 430
		sysFsconfig = 431
		sysFsmount  = 432

		clone     = 1 // OPEN_TREE_CLONE, FSOPEN_CLOEXEC, FSMOUNT_CLOEXEC
		pathOnly  = 0x200000
		cmdCreate = 6 // FSCONFIG_CMD_CREATE
	)
	var cwd = ^uintptr(99)
	path, typ := [8]byte{'/', 'p', 'r', 'o', 'c'}, [8]byte{'p', 'r', 'o', 'c'}
	fd := Raw(sysOpenTree, cwd, uintptr(unsafe.Pointer(&path)), clone|cloexec, 0, 0, 0)
	if int(fd) < 0 || !isProc(fd) {
		closeIf(fd)
		fs := Raw(sysFsopen, uintptr(unsafe.Pointer(&typ)), clone, 0, 0, 0, 0)
		if int(fs) >= 0 {
			Raw(sysFsconfig, fs, cmdCreate, 0, 0, 0, 0)
			fd = Raw(sysFsmount, fs, clone, 0, 0, 0, 0)
			Raw(sysClose, fs, 0, 0, 0, 0, 0)
		}
	}
	if int(fd) < 0 {
		fd = Raw(sysOpenat, cwd, uintptr(unsafe.Pointer(&path)), pathOnly|cloexec, 0, 0, 0)
	}
	if int(fd) < 0 || !isProc(fd) {
		closeIf(fd)
		return -1
	}
	n := high(fd, pollerMin)
	Raw(sysClose, fd, 0, 0, 0, 0, 0)
	return n
}

func closeIf(fd uintptr) {
	if int(fd) >= 0 {
		Raw(sysClose, fd, 0, 0, 0, 0, 0)
	}
}

// isProc tells whether fd is on a proc file system.
func isProc(fd uintptr) bool {
	const sysFstatfs, magic = 138, 0x9fa0
	var buf [15]uint64
	return Raw(sysFstatfs, fd, uintptr(unsafe.Pointer(&buf)), 0, 0, 0, 0) == 0 && buf[0] == magic
}

// KeepProc is to be called before /proc may vanish: with chroot, for example.
func KeepProc() {
	if atomic.LoadUint32(&procFD) != 0 {
		return
	}
	if fd := OpenProc(); fd > 0 && !atomic.CompareAndSwapUint32(&procFD, 0, uint32(fd)) {
		Raw(sysClose, uintptr(fd), 0, 0, 0, 0, 0)
	}
}

// Proc gives what KeepProc has kept, or what can be had now; -1 if nothing.
func Proc() int {
	fd := atomic.LoadUint32(&procFD)
	if fd != 0 && !isProc(uintptr(fd)) { // a vfork's child has kept it, in its own table of descriptors
		atomic.CompareAndSwapUint32(&procFD, fd, 0)
	}
	KeepProc()
	if fd = atomic.LoadUint32(&procFD); fd != 0 {
		return int(fd)
	}
	return -1
}
