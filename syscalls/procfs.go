package syscalls

import (
	"math"
	"strconv"
	"strings"

	"armature/syscalls/host"
)

// What the guest sees of /proc. A file there is opened as any other; if its name is
// one of those whose content shows the emulator or the host's processor, and it is on
// a proc file system, FS.ProcFile makes what the guest reads in its place. So it does
// not matter by which path the guest came there.

// shownFiles are those names.
func shownFile(name string) bool {
	switch name {
	case "maps", "smaps", "smaps_rollup", "stat", "status", "statm", "cpuinfo", "cmdline", "environ", "auxv",
		"limits", "syscall", "numa_maps", archStatus:
		return true
	}
	return false
}

// archStatus is a file that x86-64 alone has.
const archStatus = "arch_status"

// tail is the last part of a path, up to 16 bytes of it.
type tail struct {
	b [16]byte
	n int // length of the part, which may be more
}

func (t *tail) is(s string) bool { return t.n == len(s) && string(t.b[:t.n]) == s }

// pathTail reads the last part of the path at addr. It allocates nothing: each open
// comes here.
func pathTail(addr uint64) (t tail) {
	var buf [64]byte
	for read := 0; read < pathMax; {
		n := copyIn(buf[:len(buf)-int(addr&63)], addr)
		for _, c := range buf[:n] {
			switch {
			case c == 0:
				return t
			case c == '/':
				t.n = 0
				continue
			case t.n < len(t.b):
				t.b[t.n] = c
			}
			t.n++
		}
		if n == 0 {
			break
		}
		addr, read = addr+uint64(n), read+n
	}
	return tail{}
}

// shown replaces the file fd that was opened by the path at addr if the guest is to
// see another content.
func (c *Ctx) shown(fd, addr, flags uint64) uint64 {
	const path, directory = 0o10000000, armDirectory
	if flags&(oAccmode|oCreat|path|directory) != 0 || c.FS.ProcFile == nil {
		return fd
	}
	t := pathTail(addr)
	if t.n > len(t.b) || !shownFile(string(t.b[:t.n])) || !c.isProc(fd) {
		return fd
	}
	if t.is(archStatus) {
		raw(hostClose, fd)
		return ENOENT.Ret()
	}
	name, data, ok := c.FS.ProcFile(fd)
	if !ok {
		return fd
	}
	m := memfd(name, data, flags&oCloexec)
	if _, bad := Failed(m); bad {
		return fd // EMFILE: the host's is better than none
	}
	if path, ok := c.readlink(fdLink(fd)); ok {
		c.remember(m, path)
	}
	if r := c.reopen(m, flags&oCloexec); OK(r) {
		raw(hostClose, m)
		m = r // it cannot be written, as the file
	}
	raw(hostDup3, m, fd, flags&oCloexec)
	raw(hostClose, m)
	return fd
}

// isProc tells whether a descriptor is of a proc file system.
func (c *Ctx) isProc(fd uint64) bool {
	const magic = 0x9fa0
	b := c.alloc(120) // struct statfs
	return b != nil && raw(hostFstatfs, fd, addrOf(b)) == 0 && le64(b) == magic
}

// procPath reads the path at addr if it starts with /proc/.
func (c *Ctx) procPath(addr uint64) (string, bool) {
	var head [6]byte
	if !CopyIn(head[:], addr) || string(head[:]) != "/proc/" {
		return "", false
	}
	s, e := String(addr, pathMax)
	return s, e == 0
}

// fdLinks has the calling thread's descriptors.
const fdLinks = "/proc/thread-self/fd/"

// fdLink is the name of descriptor fd, of which the low half counts.
func fdLink(fd uint64) string { return fdLinks + itoa(fd&math.MaxUint32) }

// reopen opens the file of descriptor fd once more, with other flags.
func (c *Ctx) reopen(fd, flags uint64) uint64 {
	return raw(hostOpenat, atFDCWD, c.cstr(fdLink(fd)), flags)
}

// Program is what to open in the place of the path s if that is a process's link "exe" and the
// process is a guest: another one's program, by its name; of this one, by the emulator's descriptor,
// as the name may have become another file's.
func (c *Ctx) Program(s string) (string, bool) {
	rest, ok := strings.CutPrefix(s, "/proc/")
	if !ok {
		return "", false
	}
	pid, rest, _ := strings.Cut(rest, "/")
	if task, ok := strings.CutPrefix(rest, "task/"); ok {
		tid, name, _ := strings.Cut(task, "/")
		if tid == "" || strings.Trim(tid, "0123456789") != "" {
			return "", false
		}
		rest = name
	}
	switch {
	case rest != "exe":
		return "", false
	case pid == "self", pid == "thread-self", pid == itoa(uint64(host.Raw(host.SysGetpid, 0, 0, 0, 0, 0, 0))):
		if c.FS.ExeFD != nil {
			return fdLink(uint64(c.FS.ExeFD())), true
		}
		return c.FS.Exe, true
	case c.FS.ExeOf != nil:
		return c.FS.ExeOf(pid)
	}
	return "", false
}

// noFD is a path that is not there, in place of a descriptor of the emulator's.
const noFD = fdLinks + "none"

// ownFD tells whether the path s names a descriptor of the emulator's among this process's.
func (c *Ctx) ownFD(s string) bool {
	rest, ok := strings.CutPrefix(s, "/proc/")
	if !ok {
		return false
	}
	pid, rest, _ := strings.Cut(rest, "/")
	if task, ok := strings.CutPrefix(rest, "task/"); ok {
		_, rest, _ = strings.Cut(task, "/")
	}
	dir, fd, _ := strings.Cut(rest, "/")
	fd, _, _ = strings.Cut(fd, "/")
	n, err := strconv.ParseUint(fd, 10, 31)
	return err == nil && (dir == "fd" || dir == "fdinfo") && host.Own(uint32(n)) &&
		(pid == "self" || pid == "thread-self" || pid == itoa(uint64(host.Raw(host.SysGetpid, 0, 0, 0, 0, 0, 0))))
}

// exeAt is Program for the path at addr below the folder dirfd.
func (c *Ctx) exeAt(dirfd, addr uint64) (string, bool) {
	if s, ok := c.procPath(addr); ok {
		return c.Program(s)
	}
	if t := pathTail(addr); !t.is("exe") {
		return "", false
	}
	s, e := String(addr, pathMax)
	if e != 0 || s[0] == '/' {
		return "", false
	}
	link := "/proc/thread-self/cwd"
	if int32(dirfd) != -100 {
		if !c.isProc(dirfd) {
			return "", false
		}
		link = fdLink(dirfd)
	}
	dir, ok := c.readlink(link)
	if !ok {
		return "", false
	}
	return c.Program(dir + "/" + s)
}

// readlink reads a link of the host.
func (c *Ctx) readlink(path string) (string, bool) {
	const max = 4096
	b := c.alloc(max)
	if b == nil {
		return "", false
	}
	n := raw(hostReadlinkat, atFDCWD, c.cstr(path), addrOf(b), max)
	if _, bad := Failed(n); bad {
		return "", false
	}
	return string(b[:n]), true
}

// Offsets in struct linux_dirent64.
const (
	direntLen  = 16
	direntName = 19
)

// sysGetdents64 takes out of the folders of /proc what is the emulator's: its
// descriptors and its threads.
func sysGetdents64(c *Ctx, a *[6]uint64) uint64 {
	for {
		r := raw(hostGetdents64, a[0], Reach(a[1]), a[2])
		if int64(r) <= 0 || c.FS.ProcHides == nil || !c.isProc(a[0]) {
			return r
		}
		hides := c.FS.ProcHides(a[0])
		if hides == nil {
			return r
		}
		b := make([]byte, r)
		if !CopyIn(b, a[1]) {
			return EFAULT.Ret()
		}
		out := b[:0]
		for len(b) >= direntName {
			n := int(le32(b[direntLen:]) & 0xffff)
			if n < direntName || n > len(b) {
				break
			}
			name, _, _ := strings.Cut(string(b[direntName:n]), "\x00")
			if !hides(name) {
				out = append(out, b[:n]...)
			}
			b = b[n:]
		}
		if len(out) == 0 {
			continue // not the end yet
		}
		if !CopyOut(a[1], out) {
			return EFAULT.Ret()
		}
		return uint64(len(out))
	}
}

func itoa(n uint64) string {
	var b [20]byte
	i := len(b)
	for {
		i--
		b[i] = byte('0' + n%10)
		if n /= 10; n == 0 {
			return string(b[i:])
		}
	}
}

// memfd gives a descriptor of a file with the given content, at its start.
func memfd(name string, data []byte, cloexec uint64) uint64 {
	var flags uint64
	if cloexec != 0 {
		flags = 1 // MFD_CLOEXEC
	}
	var c Ctx
	defer c.free()
	fd := raw(hostMemfdCreate, c.cstr(name), flags)
	if _, bad := Failed(fd); bad {
		return fd
	}
	fill(fd, data)
	return fd
}

// fill writes data to the start of a file, whatever its position is.
func fill(fd uint64, data []byte) {
	var c Ctx
	defer c.free()
	for off := 0; off < len(data); {
		c.used = 0
		b := c.alloc(min(len(data)-off, scratchSize))
		n := copy(b, data[off:])
		raw(hostPwrite64, fd, addrOf(b), uint64(n), uint64(off))
		off += n
	}
}
