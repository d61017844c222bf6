package syscalls

import (
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"armature/syscalls/host"
	"armature/tcg/fault"
)

// guestMem is memory that a guest could have: below GuestTop, off the Go heap.
func guestMem(t *testing.T, n int) (uint64, []byte) {
	if err := fault.Install(); err != nil {
		t.Fatal(err)
	}
	const at = 0x200000000
	for a := uint64(at); a < at+1<<36; a += 1 << 24 {
		r := raw(host.SysMmap, a, uint64(n+4095)&^4095, 3, 0x100022, ^uint64(0), 0)
		if r == a {
			t.Cleanup(func() { raw(hostMunmap, a, uint64(n+4095)&^4095) })
			return a, unsafe.Slice((*byte)(host.Pointer(uintptr(a))), n)
		}
	}
	t.Fatal("no guest memory")
	return 0, nil
}

func testCtx() *Ctx {
	c := &Ctx{}
	c.Init(&FS{
		Exe:      "/guest/program",
		ProcFile: func(fd uint64) (string, []byte, bool) { return "maps", []byte("content of maps"), true },
		ProcHides: func(fd uint64) func(string) bool {
			return func(n string) bool { return n == "2" }
		},
		ExeOf: func(pid string) (string, bool) { return "/other/program", pid == "1" },
	}, new(host.Slot))
	return c
}

func TestOpenFlags(t *testing.T) {
	for _, f := range []struct{ guest, host uint64 }{
		{0, syscall.O_RDONLY}, {2, syscall.O_RDWR}, {0o100, syscall.O_CREAT}, {0o2000000, syscall.O_CLOEXEC},
		{armDirectory, syscall.O_DIRECTORY}, {armNofollow, syscall.O_NOFOLLOW}, {armDirect, syscall.O_DIRECT},
		{armLargefile, 0o100000}, {0o20040000, 0o20200000}, // O_TMPFILE
		{armDirectory | armDirect | 1, syscall.O_DIRECTORY | syscall.O_DIRECT | 1},
	} {
		if got := openToHost(f.guest); got != f.host {
			t.Errorf("%#o to the host: %#o, want %#o", f.guest, got, f.host)
		}
		if got := openToGuest(f.host); got != f.guest {
			t.Errorf("%#o to the guest: %#o, want %#o", f.host, got, f.guest)
		}
	}
}

func TestLayouts(t *testing.T) {
	var g armStat
	var h hostStat
	for _, f := range []struct {
		what      string
		got, want uintptr
	}{
		{"arm64 struct stat", unsafe.Sizeof(g), 128}, {"st_mode", unsafe.Offsetof(g.mode), 16},
		{"st_rdev", unsafe.Offsetof(g.rdev), 32}, {"st_size", unsafe.Offsetof(g.size), 48},
		{"st_blksize", unsafe.Offsetof(g.blksize), 56}, {"st_blocks", unsafe.Offsetof(g.blocks), 64},
		{"st_atim", unsafe.Offsetof(g.times), 72},
		{"x86-64 struct stat", unsafe.Sizeof(h), 144}, {"its st_mode", unsafe.Offsetof(h.mode), 24},
		{"its st_size", unsafe.Offsetof(h.size), 48}, {"its st_atim", unsafe.Offsetof(h.times), 72},
		{"struct sigaction", unsafe.Sizeof(host.Action{}), 32},
		{"Slot", unsafe.Sizeof(host.Slot{}), 384},
	} {
		if f.got != f.want {
			t.Errorf("%s: %d, want %d", f.what, f.got, f.want)
		}
	}
}

func TestOK(t *testing.T) {
	for _, f := range []struct {
		p  uint64
		ok bool
	}{
		{0, true}, {0x400000, true}, {0xc000000000, true},
		{GuestTop - 1, true}, {GuestTop, false}, {0x7e0000000000, false}, {1 << 63, false}, {^uint64(0), false},
		{0x0100000000400000, false},
	} {
		if OK(f.p) != f.ok {
			t.Errorf("OK(%#x) is not %v", f.p, f.ok)
		}
	}
}

// TestPointers gives every call that passes through an address of the emulator for each
// pointer: the kernel must get one where nothing is instead, as aligned as it was.
func TestPointers(t *testing.T) {
	for nr := range Table {
		r := &Table[nr]
		if r.How != Pass {
			continue
		}
		for i := range 6 {
			if r.ptr>>i&1 == 0 {
				continue
			}
			for p, want := range map[uint64]uint64{
				0: 0, GuestTop - 1: GuestTop - 1, GuestTop: nobodys, GuestTop + 0x1000000000: nobodys, 1<<48 - 1: nobodys | 0xfff,
				1 << 48: 1 << 63, 1<<56 | 0x1008: 1<<63 | 8, ^uint64(0): 1<<63 | 0xfff,
			} {
				var a, wants [6]uint64
				a[i], wants[i] = p, want
				if r.reaches(&a); a != wants {
					t.Errorf("%s with %#x for argument %d: %#x, want %#x", r.Name, p, i, a, wants)
				}
			}
		}
	}
}

func TestString(t *testing.T) {
	at, mem := guestMem(t, 8192)
	copy(mem, "hello\x00")
	for i := 4000; i < 8192; i++ {
		mem[i] = 'x'
	}
	if s, e := String(at, 100); s != "hello" || e != 0 {
		t.Errorf("%q, %v", s, e)
	}
	if _, e := String(at, 5); e != ENAMETOOLONG {
		t.Errorf("too long: %v", e)
	}
	if _, e := String(at+4000, 10000); e != EFAULT {
		t.Errorf("no end in the mapping: %v", e)
	}
	mem[8191] = 0
	if s, e := String(at+4000, 10000); len(s) != 8191-4000 || e != 0 {
		t.Errorf("across pages: %d bytes, %v", len(s), e)
	}
	for _, p := range []uint64{0, 1, GuestTop, ^uint64(0)} {
		if _, e := String(p, 100); e != EFAULT {
			t.Errorf("String(%#x): %v", p, e)
		}
	}
}

func TestPath(t *testing.T) {
	c := testCtx()
	at, mem := guestMem(t, 4096)
	set := func(s string) uint64 { copy(mem, s+"\x00"); return at }
	mapped := func(p uint64) string {
		if p == at {
			return ""
		}
		var b strings.Builder
		for ; *(*byte)(host.Pointer(uintptr(p))) != 0; p++ {
			b.WriteByte(*(*byte)(host.Pointer(uintptr(p))))
		}
		return b.String()
	}
	dir := t.TempDir()
	if err := syscall.Mkdir(dir+"/etc", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, f := range []struct {
		sysroot, path string
		redirect      bool
		want          string
	}{
		{"", "/etc", true, ""}, {dir, "/etc", true, dir + "/etc"}, {dir, "/etc", false, ""}, {dir, "/nothere", true, ""},
		{dir, "etc", true, ""}, {"", "/proc/self/exe", true, "/guest/program"}, {"", "/proc/self/exe", false, "/guest/program"},
		{"", "/proc/1/exe", true, "/other/program"}, {"", "/proc/1/task/1/exe", true, "/other/program"}, {"", "/proc/2/exe", true, ""},
		{"", "/proc/self/fd", true, ""}, {"", "/proc/version", true, ""}, {"", "", true, ""},
	} {
		c.FS.Sysroot = f.sysroot
		c.Reset()
		if got := mapped(c.Path(set(f.path), f.redirect)); got != f.want {
			t.Errorf("%q in %q: %q, want %q", f.path, f.sysroot, got, f.want)
		}
	}
	if c.Path(GuestTop, true) != GuestTop || c.Path(0, true) != 0 {
		t.Error("a bad address was changed")
	}
}

func TestProcFile(t *testing.T) {
	c := testCtx()
	at, mem := guestMem(t, 4096)
	copy(mem, "/proc/self/../self//maps\x00")
	fd := c.Do(NrOpenat, &[6]uint64{atFDCWD, at, 0o2000000})
	if _, bad := Failed(fd); bad {
		t.Fatalf("open: %d", int64(fd))
	}
	defer syscall.Close(int(fd))
	if n := c.Do(NrRead, &[6]uint64{fd, at, 100}); string(mem[:n]) != "content of maps" {
		t.Errorf("read %q", mem[:n])
	}
	if c.Do(NrFcntl, &[6]uint64{fd, 1}) != 1 {
		t.Error("O_CLOEXEC was lost")
	}
}

func TestIoctlTable(t *testing.T) {
	for i := 1; i < len(ioctls); i++ {
		if ioctls[i-1].req >= ioctls[i].req {
			t.Errorf("%s and %s are not in order", ioctls[i-1].name, ioctls[i].name)
		}
	}
	if q := findIoctl(0x5413); q == nil || q.name != "TIOCGWINSZ" {
		t.Error("TIOCGWINSZ is not found")
	}
	if findIoctl(0xdeadbeef) != nil {
		t.Error("an unknown request is found")
	}
}

func TestFormat(t *testing.T) {
	at, mem := guestMem(t, 4096)
	copy(mem, "some text\x00")
	for _, f := range []struct {
		nr   uint64
		a    [6]uint64
		res  uint64
		want string
	}{
		{NrRead, [6]uint64{3, at, 100}, 4, `read(3, "some", 100) = 4`},
		{NrWrite, [6]uint64{1, at, 9}, 9, `write(1, "some text", 9) = 9`},
		{NrOpenat, [6]uint64{atFDCWD, at, 0o2000101, 0o644}, ENOENT.Ret(), `openat(AT_FDCWD, "some text", O_WRONLY|O_CREAT|O_CLOEXEC, 0644) = -1 ENOENT (no such file or directory)`},
		{NrOpenat, [6]uint64{atFDCWD, 1, armDirectory}, 3, `openat(AT_FDCWD, 0x1, O_RDONLY|O_DIRECTORY, 0) = 3`},
		{NrMmap, [6]uint64{0, 4096, 3, 0x22, ^uint64(0), 0}, 0x7000, `mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7000`},
		{NrGetpid, [6]uint64{}, 7, `getpid() = 7`},
		{NrExitGroup, [6]uint64{3}, 0, `exit_group(3) = ?`},
		{NrKill, [6]uint64{1, 15}, 0, `kill(1, SIGTERM) = 0`},
		{9999, [6]uint64{1, 2}, ENOSYS.Ret(), `syscall_9999(0x1, 0x2, 0x0, 0x0, 0x0, 0x0) = -1 ENOSYS (function not implemented)`},
		{NrFutex, [6]uint64{at, 128 | 9, 1, 0, 0, ^uint64(0)}, EAGAIN.Ret(), ``},
	} {
		got := FormatEnter(f.nr, &f.a) + FormatExit(f.nr, &f.a, f.res)
		if f.want != "" && got != f.want {
			t.Errorf("%s\nwant %s", got, f.want)
		}
	}
	// Nothing that a guest passes may upset the formatter.
	for nr := range uint64(MaxNr + 2) {
		for _, v := range []uint64{0, 1, at + 4095, GuestTop, ^uint64(0), 1 << 63} {
			a := [6]uint64{v, v, v, v, v, v}
			for _, res := range []uint64{0, v, EFAULT.Ret()} {
				_ = FormatEnter(nr, &a) + FormatExit(nr, &a, res)
			}
		}
	}
}
