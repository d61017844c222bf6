package rootfs

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"armature/rootfs/archive"

	"golang.org/x/sys/unix"
)

// tarOf makes a tar archive.
func tarOf(t testing.TB, entries ...tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range entries {
		data := []byte(nil)
		if h.Typeflag == 0 {
			h.Typeflag = tar.TypeReg
		}
		if h.Typeflag == tar.TypeReg {
			data = []byte("data of " + h.Name)
			h.Size = int64(len(data))
		}
		if h.Mode == 0 {
			h.Mode = 0o755
		}
		if h.ModTime.IsZero() {
			h.ModTime = time.Unix(1e9, 0)
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gz(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

// unpackBytes unpacks data to a new directory beside a file that must not change.
func unpackBytes(t testing.TB, data []byte, o UnpackOptions) (dir string, logs []string, err error) {
	t.Helper()
	base := t.TempDir()
	dir = filepath.Join(base, "in", "tree")
	if err := os.MkdirAll(filepath.Join(base, "in"), 0o755); err != nil {
		t.Fatal(err)
	}
	o.Input = bytes.NewReader(data)
	o.Log = func(f string, a ...any) { logs = append(logs, fmt.Sprintf(f, a...)) }
	_, err = Unpack(context.Background(), "-", dir, o)
	var found []string
	filepath.WalkDir(base, func(p string, _ os.DirEntry, _ error) error {
		if rel, _ := filepath.Rel(base, p); rel != "." && rel != "in" && !strings.HasPrefix(rel, "in/tree") {
			found = append(found, rel)
		}
		return nil
	})
	if found != nil {
		t.Errorf("written outside of the target: %v", found)
	}
	if err != nil {
		if _, err := os.Lstat(dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("after the failure %v the target is still there", err)
		}
	}
	return dir, logs, err
}

type hdr = tar.Header

func file(name string) hdr        { return hdr{Name: name} }
func dir(name string) hdr         { return hdr{Name: name, Typeflag: tar.TypeDir} }
func link(name, to string) hdr    { return hdr{Name: name, Typeflag: tar.TypeSymlink, Linkname: to} }
func hard(name, to string) hdr    { return hdr{Name: name, Typeflag: tar.TypeLink, Linkname: to} }
func big(size int64) []byte       { return bytes.Repeat([]byte{0}, int(size)) }
func owned(uid int) (h hdr)       { return hdr{Name: "f", Uid: uid, Format: tar.FormatGNU} }
func long(n int, s string) string { return strings.Repeat(s, n) }

// TestRefused is about archives that must not be unpacked, and say why.
func TestRefused(t *testing.T) {
	good := tarOf(t, file("a"), file("b"))
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"upwards", tarOf(t, file("../evil")), "leads upwards"},
		{"upwards inside", tarOf(t, dir("a"), file("a/../b")), "leads upwards"},
		{"upwards at the end", tarOf(t, dir("a/..")), "leads upwards"},
		{"hard link upwards", tarOf(t, hard("a", "../../etc/passwd")), "leads upwards"},
		{"hard link to nothing", tarOf(t, hard("a", "b")), "does not exist"},
		{"absolute hard link", tarOf(t, hard("a", "/etc/passwd")), "does not exist"},
		{"hard link to a directory", tarOf(t, dir("d"), hard("a", "d")), "cannot have any"},
		{"hard link through a link", tarOf(t, link("l", "/etc"), hard("a", "l/passwd")), "does not exist"},
		{"twice", tarOf(t, file("a"), file("./a")), "second entry"},
		{"twice through a link", tarOf(t, dir("d"), link("l", "d"), file("d/a"), file("l/a")), "second entry"},
		{"directory over a link", tarOf(t, link("d", "/tmp"), dir("d")), "second entry"},
		{"file over a link", tarOf(t, link("f", "/tmp/x"), file("f")), "second entry"},
		{"directory over a file", tarOf(t, file("d"), dir("d")), "second entry"},
		{"below a file", tarOf(t, file("d"), file("d/e")), "is none"},
		{"below a dangling link", tarOf(t, link("d", "nowhere"), file("d/e")), "leads nowhere"},
		{"below a loop", tarOf(t, link("d", "d"), file("d/e")), "loop"},
		{"root is a file", tarOf(t, file("./.")), "for the root"},
		{"root is a link", tarOf(t, link("/.", "/etc")), "for the root"},
		{"the marker", tarOf(t, file(Marker)), "second entry"},
		{"long component", tarOf(t, file(long(256, "x"))), "Linux permits 255"},
		{"long name", tarOf(t, file(long(2100, "x/")+"y")), "longer than Linux permits"},
		{"owner -1", tarOf(t, owned(1<<32-1)), "out of range"},
		{"owner below 0", tarOf(t, owned(-2)), "out of range"},
		{"empty link", tarOf(t, link("a", "")), "impossible name"},
		{"cut in the data", good[:512+3], "cut off"},
		{"cut in the padding", good[:512+100], "cut off"},
		{"cut between entries", good[:1024], "cut off"},
		{"cut in a header", good[:1024+10], "cut off"},
		{"cut gzip", gz(good)[:60], "cut off"},
		{"cut end of gzip", gz(good)[:len(gz(good))-3], "cut off"},
		{"changed gzip", flip(gz(good), -6), "checksum"},
		{"changed header", flip(good, 1024), "damaged header"},
		{"empty", nil, "it is empty"},
		{"text", []byte(long(100, "hello\n")), "neither a tar"},
		{"zip", []byte("PK\x03\x04" + long(600, "x")), "zip"},
		{"unknown type", flip2(tarOf(t, file("x"))), "not supported"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := unpackBytes(t, c.data, UnpackOptions{KeepOwners: os.Geteuid() == 0})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

// flip changes a bit of b at i, from the end if that is negative.
func flip(b []byte, i int) []byte {
	b = slices.Clone(b)
	if i < 0 {
		i += len(b)
	}
	b[i] ^= 1
	return b
}

// flip2 makes the first entry of a tar archive one of a type that does not exist.
func flip2(b []byte) []byte {
	b = slices.Clone(b)
	b[156] = 'Q'
	setSum(b[:512])
	return b
}

// setSum sets the checksum of a header.
func setSum(h []byte) {
	sum := 0
	copy(h[148:156], "        ")
	for _, c := range h {
		sum += int(c)
	}
	copy(h[148:156], fmt.Sprintf("%06o\x00 ", sum))
}

// TestKeptInside is about archives whose links lead out of the target, and are
// followed within it as in a chroot.
func TestKeptInside(t *testing.T) {
	outside := t.TempDir()
	for _, c := range []struct {
		name string
		data []byte
		want string // path with the file
	}{
		{"absolute name", tarOf(t, file("/etc/x")), "etc/x"},
		{"absolute link", tarOf(t, dir("etc"), link("l", "/etc"), file("l/x")), "etc/x"},
		{"relative link", tarOf(t, dir("etc"), link("l", "../../../../etc"), file("l/x")), "etc/x"},
		{"link to a link", tarOf(t, dir("etc"), link("m", "/etc/../../etc"), link("l", "/m"), file("l/x")), "etc/x"},
		{"outside with the same path", tarOf(t, dir(outside[1:]), link("l", outside), file("l/x")), outside[1:] + "/x"},
		{"dots and slashes", tarOf(t, file(".//./etc///./x")), "etc/x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, _, err := unpackBytes(t, c.data, UnpackOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if st, err := os.Lstat(filepath.Join(d, c.want)); err != nil || !st.Mode().IsRegular() {
				t.Errorf("%s is not there: %v", c.want, err)
			}
			if names, _ := os.ReadDir(outside); len(names) > 0 {
				t.Errorf("outside there is %v", names)
			}
		})
	}
}

// TestSizes is about archives that want too much.
func TestSizes(t *testing.T) {
	huge := func(size int64) []byte { // a header without its data
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		if err := w.WriteHeader(&hdr{Name: "huge", Typeflag: tar.TypeReg, Size: size, Format: tar.FormatPAX}); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	var many []hdr
	for i := range 20 {
		many = append(many, file(fmt.Sprint(i)))
	}
	for _, c := range []struct {
		name string
		data []byte
		max  int64
		want string
	}{
		{"more than there is room for", huge(1 << 60), 0, "all that"},
		{"one over the limit", huge(1001), 1000, "too large"},
		{"sum over the limit", tarOf(t, many...), 100, "too large"},
		{"within the limit but cut", huge(1000), 1000, "cut off"},
		{"bomb", bomb(t), 0, "decompression bomb"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := unpackBytes(t, c.data, UnpackOptions{MaxSize: c.max})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

// bomb is some kilobytes that become 300 MiB.
func bomb(t *testing.T) []byte {
	var b bytes.Buffer
	z, err := archive.Compress(&b, "zst")
	if err != nil {
		t.Fatal(err)
	}
	const size = 300 << 20
	if err := tar.NewWriter(z).WriteHeader(&hdr{Name: "huge", Typeflag: tar.TypeReg, Size: size}); err != nil {
		t.Fatal(err)
	}
	for range size >> 20 {
		z.Write(big(1 << 20))
	}
	z.Close()
	return b.Bytes()
}

// TestRestart is about directories that are not new.
func TestRestart(t *testing.T) {
	data := tarOf(t, file("etc/x"))
	run := func(d string, in io.Reader, ctx context.Context) ([]string, error) {
		var logs []string
		_, err := Unpack(ctx, "-", d, UnpackOptions{Input: in, Log: func(f string, a ...any) { logs = append(logs, fmt.Sprintf(f, a...)) }})
		return logs, err
	}
	ctx := context.Background()
	t.Run("empty", func(t *testing.T) {
		d := t.TempDir()
		if _, err := run(d, bytes.NewReader(data), ctx); err != nil {
			t.Fatal(err)
		}
		if names, _ := os.ReadDir(d); len(names) != 1 {
			t.Errorf("%v", names)
		}
		if _, err := run(d, bytes.NewReader(data), ctx); err == nil || !strings.Contains(err.Error(), "not empty") {
			t.Errorf("once more: %v", err)
		}
	})
	t.Run("killed", func(t *testing.T) {
		d := t.TempDir()
		os.WriteFile(filepath.Join(d, Marker), nil, 0o600)
		os.MkdirAll(filepath.Join(d, "old/deep"), 0o755)
		os.WriteFile(filepath.Join(d, "old/deep/file"), nil, 0o600)
		os.Chmod(filepath.Join(d, "old/deep"), 0)
		logs, err := run(d, bytes.NewReader(data), ctx)
		if err != nil {
			t.Fatal(err)
		}
		if len(logs) == 0 || !strings.Contains(logs[0], "starting again") {
			t.Errorf("messages %q", logs)
		}
		if _, err := os.Lstat(filepath.Join(d, "old")); err == nil {
			t.Error("what was left is still there")
		}
	})
	t.Run("at work", func(t *testing.T) {
		d := t.TempDir()
		f, err := os.Create(filepath.Join(d, Marker))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if _, err := run(d, bytes.NewReader(data), ctx); err == nil || !strings.Contains(err.Error(), "another") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("interrupted", func(t *testing.T) {
		d := filepath.Join(t.TempDir(), "d")
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		why := errors.New("enough")
		ctx, cancel := context.WithCancelCause(ctx)
		go func() {
			w.Write(data[:700])
			cancel(why)
		}()
		if _, err := run(d, r, ctx); !errors.Is(err, why) {
			t.Errorf("got %v", err)
		}
		if _, err := os.Lstat(d); err == nil {
			t.Error("something is left")
		}
	})
}

// TestKept is about what an entry of an archive has to keep.
func TestKept(t *testing.T) {
	when := time.Unix(1234567890, 123456789)
	h := func(h hdr) hdr { h.ModTime, h.Format = when, tar.FormatPAX; return h }
	caps := "\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	data := tarOf(t,
		h(hdr{Name: "./", Typeflag: tar.TypeDir, Mode: 0o750}),
		h(hdr{Name: "d", Typeflag: tar.TypeDir, Mode: 0o1555, Uid: 7, Gid: 8}),
		h(hdr{Name: "d/suid", Mode: 0o6755, Uid: 1000, Gid: 4_000_000_000}),
		h(hdr{Name: "d/caps", PAXRecords: map[string]string{"SCHILY.xattr.security.capability": caps, "SCHILY.xattr.user.x": "a\x00b", "SCHILY.xattr.user.overlay.opaque": "y"}}),
		h(hdr{Name: "d/locked", Mode: 0o400}),
		h(hdr{Name: "d/hard", Typeflag: tar.TypeLink, Linkname: "./d/suid"}),
		h(hdr{Name: "l", Typeflag: tar.TypeSymlink, Linkname: "/nowhere", Uid: 9}),
		h(hdr{Name: "p", Typeflag: tar.TypeFifo, Mode: 0o622}),
		h(hdr{Name: "null", Typeflag: tar.TypeChar, Devmajor: 1, Devminor: 3, Mode: 0o666}),
		h(hdr{Name: "implied/parents/f"}),
	)
	root := os.Geteuid() == 0
	dir, logs, err := unpackBytes(t, data, UnpackOptions{KeepOwners: root})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(filepath.Join(dir, "d"), 0o755) }) // so that it can be removed
	stat := func(name string) (st unix.Stat_t) {
		t.Helper()
		if err := unix.Lstat(filepath.Join(dir, name), &st); err != nil {
			t.Error(name, err)
		}
		return st
	}
	for _, c := range []struct {
		name     string
		mode     uint32
		uid, gid uint32
	}{
		{"", unix.S_IFDIR | 0o750, 0, 0},
		{"d", unix.S_IFDIR | 0o1555, 7, 8},
		{"d/suid", unix.S_IFREG | 0o6755, 1000, 4_000_000_000},
		{"d/hard", unix.S_IFREG | 0o6755, 1000, 4_000_000_000},
		{"d/caps", unix.S_IFREG | 0o755, 0, 0},
		{"d/locked", unix.S_IFREG | 0o400, 0, 0},
		{"l", unix.S_IFLNK | 0o777, 9, 0},
		{"p", unix.S_IFIFO | 0o622, 0, 0},
		{"null", unix.S_IFCHR | 0o666, 0, 0},
		{"implied/parents/f", unix.S_IFREG | 0o755, 0, 0},
	} {
		if c.name == "null" && !root {
			continue
		}
		st := stat(c.name)
		if st.Mode != c.mode || st.Mtim.Sec != when.Unix() || st.Mtim.Nsec != int64(when.Nanosecond()) {
			t.Errorf("%s: mode %o, time %d.%09d; want %o", c.name, st.Mode, st.Mtim.Sec, st.Mtim.Nsec, c.mode)
		}
		if root && (st.Uid != c.uid || st.Gid != c.gid) {
			t.Errorf("%s: owner %d:%d, want %d:%d", c.name, st.Uid, st.Gid, c.uid, c.gid)
		}
	}
	if stat("d/suid").Ino != stat("d/hard").Ino {
		t.Error("d/hard is another file")
	}
	if root && stat("null").Rdev != unix.Mkdev(1, 3) {
		t.Error("null is another device")
	}
	if st := stat("implied"); st.Mode&0o777 != 0o755 {
		t.Errorf("implied: mode %o", st.Mode)
	}
	b := make([]byte, 100)
	if n, err := unix.Getxattr(filepath.Join(dir, "d/caps"), "user.x", b); err != nil || string(b[:n]) != "a\x00b" {
		t.Errorf("user.x: %q, %v", b[:max(n, 0)], err)
	}
	if _, err := unix.Getxattr(filepath.Join(dir, "d/caps"), "user.overlay.opaque", b); err != unix.ENODATA {
		t.Errorf("user.overlay.opaque: %v", err)
	}
	all := strings.Join(logs, "\n")
	if root {
		if n, err := unix.Getxattr(filepath.Join(dir, "d/caps"), "security.capability", b); err != nil || string(b[:n]) != caps {
			t.Errorf("security.capability: %q, %v", b[:max(n, 0)], err)
		}
	} else if !strings.Contains(all, "only root") || !strings.Contains(all, "security.capability") {
		t.Errorf("not told what is left out: %q", all)
	}
	if !strings.Contains(all, "overlay") {
		t.Errorf("not told of overlay's attribute: %q", all)
	}
}

// TestHoles is about zeros, which take no room.
func TestHoles(t *testing.T) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	content := append(big(1<<20), "middle"...)
	content = append(content, big(3<<20+17)...)
	if err := w.WriteHeader(&hdr{Name: "f", Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(content))}); err != nil {
		t.Fatal(err)
	}
	w.Write(content)
	w.Close()
	dir, _, err := unpackBytes(t, b.Bytes(), UnpackOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "f"))
	if err != nil || !bytes.Equal(got, content) {
		t.Error("the content differs", err)
	}
	var st unix.Stat_t
	if err := unix.Stat(filepath.Join(dir, "f"), &st); err != nil || st.Blocks > 64 {
		t.Errorf("%d blocks of 512 bytes, %v", st.Blocks, err)
	}
}

// TestNobody repeats tests as a user without privileges.
func TestNobody(t *testing.T) {
	if os.Geteuid() != 0 {
		return // then all the others run as one
	}
	tmp, err := os.MkdirTemp("", "nobody")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(tmp)
	// The test program may be where nobody can read.
	exe := filepath.Join(tmp, "test")
	b, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	for p, mode := range map[string]os.FileMode{tmp: 0o777, exe: 0o755} {
		if p == exe {
			if err := os.WriteFile(exe, b, mode); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chmod(p, mode); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(exe, "-test.run", "^(TestRefused|TestKeptInside|TestRestart|TestKept|TestHoles|TestRoundTrip)$", "-test.v")
	cmd.Dir = tmp
	cmd.Env = []string{"TMPDIR=" + tmp, "PATH=/usr/bin:/bin", "HOME=" + tmp}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: TestKept")) {
		t.Errorf("%v\n%s", err, out)
	}
}
