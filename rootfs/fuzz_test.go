package rootfs

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"armature/rootfs/archive"
)

// fuzzUnpack unpacks what the fuzzer makes up. There must be no panic, no hang, and
// nothing outside of the target.
func fuzzUnpack(f *testing.F, seeds ...[]byte) {
	for _, s := range seeds {
		f.Add(s)
	}
	base, err := os.MkdirTemp("/dev/shm", "fuzz") // many times faster than a disk
	if err != nil {
		base, err = os.MkdirTemp("", "fuzz")
	}
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { os.RemoveAll(base) })
	f.Fuzz(func(t *testing.T, data []byte) {
		in := filepath.Join(base, "in")
		if err := os.MkdirAll(in, 0o755); err != nil {
			t.Fatal(err)
		}
		_, err := Unpack(context.Background(), "-", filepath.Join(in, "tree"), UnpackOptions{Input: bytes.NewReader(data), MaxSize: 1 << 20})
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
	})
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
