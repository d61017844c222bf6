package rootfs

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"armature/rootfs/archive"
)

// fuzzUnpack unpacks what the fuzzer makes up. There must be no panic, no hang, no
// descriptor left open, and nothing outside of the target.
func fuzzUnpack(f *testing.F, seeds ...[]byte) {
	for _, s := range seeds {
		f.Add(s)
	}
	unpack := fuzzTarget(f)
	f.Fuzz(func(t *testing.T, data []byte) { unpack(t, data) })
}

// fuzzTarget gives what unpacks data and looks at what has become of it.
func fuzzTarget(f *testing.F) func(t *testing.T, data []byte) {
	base, err := os.MkdirTemp("/dev/shm", "fuzz") // many times faster than a disk
	if err != nil {
		base, err = os.MkdirTemp("", "fuzz")
	}
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { os.RemoveAll(base) })
	descriptors := func() int {
		names, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			f.Fatal(err)
		}
		return len(names)
	}
	return func(t *testing.T, data []byte) {
		in := filepath.Join(base, "in")
		if err := os.MkdirAll(in, 0o755); err != nil {
			t.Fatal(err)
		}
		before := descriptors()
		_, err := Unpack(context.Background(), "-", filepath.Join(in, "tree"), UnpackOptions{Input: bytes.NewReader(data), MaxSize: 1 << 20})
		if n := descriptors(); n > before {
			t.Fatalf("%d descriptors are left open", n-before)
		}
		for dir, want := range map[string]string{base: "in", in: "tree"} {
			names, err2 := os.ReadDir(dir)
			if err2 != nil {
				t.Fatal(err2)
			}
			for _, n := range names {
				if n.Name() != want {
					t.Fatalf("%s is outside of the target", n.Name())
				}
			}
			if dir == in && err != nil && len(names) > 0 {
				t.Fatalf("after the error %v the target is there", err)
			}
		}
		if err := os.RemoveAll(in); err != nil {
			// Directories without rights, made as a user who is not root.
			filepath.WalkDir(in, func(p string, d os.DirEntry, _ error) error { return os.Chmod(p, 0o700) })
			if err := os.RemoveAll(in); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func FuzzTar(f *testing.F) {
	fuzzUnpack(f,
		tarOf(f, dir("d"), file("d/f"), link("l", "/d"), file("l/g"), hard("h", "d/f")),
		tarOf(f, hdr{Name: "x", PAXRecords: map[string]string{"SCHILY.xattr.user.a": "b", "path": long(200, "p/")}}),
		gz(tarOf(f, file("../x"))), zst(tarOf(f, file("/x"))))
}

func FuzzCpio(f *testing.F) {
	fuzzUnpack(f,
		cpioOf(newc("a", cpioFile, 1, 2, ""), newc("b", cpioFile, 1, 2, "data"), newc("l", cpioLink, 2, 1, "/"), newc("l/x", cpioFile, 3, 1, "x")),
		cpioOf(newc("d", 0o040000, 1, 1, ""), newc("d/p", 0o010644, 2, 1, "")))
}

func FuzzDeb(f *testing.F) {
	fuzzUnpack(f, debOf(tarOf(f, file("./a"))), arOf("debian-binary", "2.0\n", "_x", "y", "data.tar", string(tarOf(f, file("a")))))
}

func FuzzImage(f *testing.F) {
	ls, _ := layers(f)
	l := layout{}
	fuzzUnpack(f, l.index(l.image("arm64", plain, ls...)).tar(f))
}

// FuzzDocker is about what docker save writes.
func FuzzDocker(f *testing.F) {
	ls, _ := layers(f)
	fuzzUnpack(f, dockerSave(ls).tar(f))
}

// FuzzLayers makes an image of two layers that the fuzzer makes up: their digests are
// right, as those of whoever means harm are.
func FuzzLayers(f *testing.F) {
	ls, _ := layers(f)
	f.Add(ls[0], ls[1])
	f.Add(tarOf(f, dir("d"), link("l", "d")), tarOf(f, file("d/.wh..wh..opq"), file(".wh.l"), file("l/x")))
	unpack := fuzzTarget(f)
	f.Fuzz(func(t *testing.T, a, b []byte) {
		l := layout{}
		unpack(t, l.index(l.image("arm64", plain, a, b)).tar(t))
		unpack(t, dockerSave([][]byte{a, b}).tar(t))
	})
}

// FuzzManifest makes up each of the documents that lead to an image's layers.
func FuzzManifest(f *testing.F) {
	one := [][]byte{tarOf(f, file("a"))}
	l, d := layout{}, dockerSave(one)
	l.index(l.image("arm64", gz, one...))
	for _, docs := range []layout{l, d} {
		for _, b := range docs {
			if b[0] == '{' || b[0] == '[' {
				f.Add(b)
			}
		}
	}
	unpack := fuzzTarget(f)
	f.Fuzz(func(t *testing.T, doc []byte) {
		l := layout{}
		m := l.image("arm64", gz, one...)
		l.index(m)
		l["index.json"] = doc
		unpack(t, l.tar(t))
		unpack(t, layout{}.with(l).index(l.blob(doc)).tar(t)) // as manifest
		conf := l.blob(doc)
		m = l.blob(toJSON(object{"schemaVersion": 2, "config": conf, "layers": []object{l.blob(one[0])}}))
		unpack(t, l.index(m).tar(t))
		d := dockerSave(one)
		d["manifest.json"] = doc
		unpack(t, d.tar(t))
	})
}

// FuzzCompressed is about archives in each kind of compression.
func FuzzCompressed(f *testing.F) {
	kinds := []string{"gz", "xz", "zst"}
	for i := range kinds {
		f.Add(uint8(i), uint16(0), byte(0), tarOf(f, file("a"), dir("d")))
		f.Add(uint8(i), uint16(30), byte(1), cpioOf(newc("d", 0o040000, 1, 1, "")))
	}
	unpack := fuzzTarget(f)
	f.Fuzz(func(t *testing.T, kind uint8, at uint16, flip byte, data []byte) {
		var b bytes.Buffer
		w, err := archive.Compress(&b, kinds[int(kind)%len(kinds)])
		if err != nil {
			t.Fatal(err)
		}
		w.Write(data)
		w.Close()
		out := b.Bytes()
		out[int(at)%len(out)] ^= flip
		unpack(t, out)
		unpack(t, out[:int(at)%len(out)])
	})
}

// FuzzPack makes trees, and archives of them, which must give the trees again.
func FuzzPack(f *testing.F) {
	f.Add("a", "b", "c", uint16(0o644), uint32(0), int64(1e9), []byte("x"))
	f.Add(long(120, "n"), "ü\n", "../..", uint16(0o7777), uint32(1<<31), int64(-5), []byte{})
	base, err := os.MkdirTemp("/dev/shm", "fuzz")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { os.RemoveAll(base) })
	f.Fuzz(func(t *testing.T, name, sub, target string, mode uint16, owner uint32, mtime int64, data []byte) {
		src, out := filepath.Join(base, "src"), filepath.Join(base, "out")
		defer func() {
			filepath.WalkDir(base, func(p string, d os.DirEntry, _ error) error { return os.Chmod(p, 0o700) })
			os.RemoveAll(src)
			os.RemoveAll(out)
		}()
		in := filepath.Join(src, "d"+filepath.Base("/"+name))
		if os.MkdirAll(in, 0o755) != nil {
			return // not a name
		}
		p := filepath.Join(in, "f"+filepath.Base("/"+sub))
		if os.WriteFile(p, data, 0o600) != nil {
			return
		}
		os.Symlink(target, filepath.Join(in, "link"))
		os.Link(p, filepath.Join(in, "zzz"))
		if os.Geteuid() == 0 && owner != 1<<32-1 {
			os.Lchown(p, int(owner), int(owner^1))
		}
		when := time.Unix(mtime%(1<<33), mtime&0xffff)
		os.Chtimes(p, when, when)
		if err := syscall.Chmod(p, uint32(mode)&0o7777); err != nil {
			t.Fatal(err)
		}
		if os.Geteuid() != 0 && mode&0o400 == 0 {
			return // not to be read
		}
		for _, kind := range []string{"t.tar", "t.cpio"} {
			arc := filepath.Join(base, kind)
			err := Pack(context.Background(), src, arc, PackOptions{})
			if err != nil {
				if kind == "t.cpio" && when.Unix() < 0 || strings.Contains(err.Error(), "time") {
					continue // has no such times
				}
				t.Fatalf("%s: %v", kind, err)
			}
			if _, err := Unpack(context.Background(), arc, out, UnpackOptions{KeepOwners: os.Geteuid() == 0}); err != nil {
				t.Fatalf("%s: %v", kind, err)
			}
			want, got := describe(t, src, kind == "t.cpio"), describe(t, out, kind == "t.cpio")
			if !slices.Equal(want[1:], got[1:]) { // the root's time is not compared
				t.Fatalf("%s:\ngot  %q\nwant %q", kind, got, want)
			}
			os.RemoveAll(out)
			os.Remove(arc)
		}
	})
}

// FuzzDecompress is about the libraries that unpack.
func FuzzDecompress(f *testing.F) {
	for _, name := range []string{"gz", "xz", "zst"} {
		var b bytes.Buffer
		w, err := archive.Compress(&b, name)
		if err != nil {
			f.Fatal(err)
		}
		w.Write([]byte("some data, some data"))
		w.Close()
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := archive.Decompress(bytes.NewReader(data), false)
		if err == nil {
			io.Copy(io.Discard, io.LimitReader(r, 16<<20))
		}
	})
}
