package rootfs

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"armature/rootfs/archive"
	"armature/rootfs/oci"
)

// names lists what is below a directory.
func names(t *testing.T, dir string) (list []string) {
	t.Helper()
	filepath.WalkDir(dir, func(p string, _ os.DirEntry, err error) error {
		if err != nil {
			t.Error(err)
		}
		if rel, _ := filepath.Rel(dir, p); rel != "." {
			list = append(list, rel)
		}
		return nil
	})
	return list
}

func digest(b []byte) string {
	s := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(s[:])
}

func toJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

type object = map[string]any

// layout is an OCI image layout: contents by path.
type layout map[string][]byte

// blob adds one, and gives its descriptor.
func (l layout) blob(b []byte) object {
	d := digest(b)
	l["blobs/"+strings.Replace(d, ":", "/", 1)] = b
	return object{"mediaType": "x", "digest": d, "size": len(b)}
}

// image adds one of layers, each uncompressed, which pack packs.
func (l layout) image(arch string, pack func([]byte) []byte, layers ...[]byte) object {
	var ds []object
	ids := []string{}
	for _, b := range layers {
		ids = append(ids, digest(b))
		ds = append(ds, l.blob(pack(b)))
	}
	conf := l.blob(toJSON(object{"os": "linux", "architecture": arch, "rootfs": object{"type": "layers", "diff_ids": ids}}))
	m := l.blob(toJSON(object{"schemaVersion": 2, "config": conf, "layers": ds}))
	m["platform"] = object{"os": "linux", "architecture": arch}
	return m
}

// index makes the layout's index of images.
func (l layout) index(images ...object) layout {
	l["oci-layout"] = []byte(`{"imageLayoutVersion":"1.0.0"}`)
	l["index.json"] = toJSON(object{"schemaVersion": 2, "manifests": images})
	return l
}

func (l layout) dir(t *testing.T) string {
	dir := t.TempDir()
	for n, b := range l {
		p := filepath.Join(dir, n)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func (l layout) tar(t testing.TB) []byte {
	var list []string
	for n := range l {
		list = append(list, n)
	}
	slices.Sort(list)
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, n := range list {
		if err := w.WriteHeader(&hdr{Name: n, Size: int64(len(l[n])), Typeflag: tar.TypeReg, Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		w.Write(l[n])
	}
	w.Close()
	return b.Bytes()
}

// with adds the files of another.
func (l layout) with(other layout) layout {
	maps.Copy(l, other)
	return l
}

// dockerSave is what docker save writes of an image.
func dockerSave(layers [][]byte) layout {
	return dockerNames(layers, plain, "", func(i int, _ string) string { return fmt.Sprintf("%064d/layer.tar", i) }, ".json")
}

// dockerNames is the same with names as other programs choose them: of layers by number and
// digest, and of the configuration with something before and behind.
func dockerNames(layers [][]byte, pack func([]byte) []byte, before string, layer func(int, string) string, behind string) layout {
	l := layout{}
	var paths, ids []string
	for i, b := range layers {
		p := layer(i, strings.TrimPrefix(digest(b), "sha256:"))
		l[p] = pack(b)
		paths, ids = append(paths, p), append(ids, digest(b))
	}
	conf := toJSON(object{"os": "linux", "architecture": "arm64", "rootfs": object{"diff_ids": ids}})
	name := before + strings.TrimPrefix(digest(conf), "sha256:") + behind
	l[name] = conf
	l["manifest.json"] = toJSON([]object{{"Config": name, "RepoTags": []string{"debian:12"}, "Layers": paths}})
	return l
}

func plain(b []byte) []byte { return b }

func zst(b []byte) []byte {
	var out bytes.Buffer
	w, _ := archive.Compress(&out, "zst")
	w.Write(b)
	w.Close()
	return out.Bytes()
}

// layers of an image that tries all kinds of changes, and what they come to.
func layers(t testing.TB) (list [][]byte, want []string) {
	return [][]byte{
			tarOf(t, dir("etc"), file("etc/keep"), file("etc/gone"), dir("old"), file("old/a"), dir("old/sub"), file("old/sub/b"),
				dir("opq"), file("opq/lower"), dir("was"), file("was/a"), link("lib", "usr/lib"), dir("usr"), dir("usr/lib"), file("turn"), file("twice")),
			tarOf(t, dir("etc"), file("etc/.wh.gone"), file(".wh.old"), dir("opq"), file("opq/upper"), file("opq/.wh..wh..opq"),
				file("was"), file("was/.wh.nothing"), dir("turn"), file("turn/in"), file("lib/so"), file(".wh..wh.plnk"), file(".wh..wh.aufs")),
			tarOf(t, file("old"), file("twice"), hard("again", "etc/keep"), file("usr/.wh.none"), file("etc/.wh.fresh"), file("etc/fresh")),
		}, []string{"again", "etc", "etc/fresh", "etc/keep", "lib", "old", "opq", "opq/upper", "turn", "turn/in", "twice",
			"usr", "usr/lib", "usr/lib/so", "was"}
}

// TestImages unpacks images of all kinds.
func TestImages(t *testing.T) {
	ls, want := layers(t)
	other := [][]byte{tarOf(t, file("other"))}
	nested := func() layout {
		l := layout{}
		arm, amd := l.image("arm64", gz, ls...), l.image("amd64", gz, other...)
		note := l.image("unknown", gz, other...)
		note["platform"] = object{"os": "unknown", "architecture": "unknown"}
		inner := l.blob(toJSON(object{"schemaVersion": 2, "manifests": []object{amd, note, arm}}))
		inner["annotations"] = object{"org.opencontainers.image.ref.name": "v1"}
		return l.index(inner)
	}
	bare := func(pack func([]byte) []byte) layout {
		l := layout{}
		m := l.image("arm64", pack, ls...)
		delete(m, "platform")
		return l.index(m)
	}
	docker := dockerSave(ls)
	for name, data := range map[string][]byte{
		"nested tar":      nested().tar(t),
		"nested tar.gz":   gz(nested().tar(t)),
		"bare plain":      bare(plain).tar(t),
		"bare zstd":       bare(zst).tar(t),
		"docker save":     docker.tar(t),
		"docker save zst": zst(docker.tar(t)),
		"podman save":     dockerNames(ls, plain, "", func(_ int, d string) string { return d + ".tar" }, ".json").tar(t),
		"crane":           dockerNames(ls, gz, "sha256:", func(_ int, d string) string { return d + ".tar.gz" }, "").tar(t),
	} {
		t.Run(name, func(t *testing.T) {
			d, _, err := unpackBytes(t, data, UnpackOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if got := names(t, d); !slices.Equal(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
	t.Run("directory", func(t *testing.T) {
		d := filepath.Join(t.TempDir(), "d")
		if _, err := Unpack(context.Background(), nested().dir(t), d, UnpackOptions{}); err != nil {
			t.Fatal(err)
		}
		if got := names(t, d); !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	})
	t.Run("other platform", func(t *testing.T) {
		d, _, err := unpackBytes(t, nested().tar(t), UnpackOptions{Platform: oci.Platform{OS: "linux", Architecture: "amd64"}})
		if err != nil {
			t.Fatal(err)
		}
		if got := names(t, d); !slices.Equal(got, []string{"other"}) {
			t.Errorf("got  %q", got)
		}
	})
	t.Run("file system that looks like one", func(t *testing.T) {
		d, _, err := unpackBytes(t, gz(tarOf(t, dir("blobs"), file("blobs/x"))), UnpackOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got := names(t, d); !slices.Equal(got, []string{"blobs", "blobs/x"}) {
			t.Errorf("got  %q", got)
		}
	})
}

// TestBadImages is about images that must not be unpacked.
func TestBadImages(t *testing.T) {
	one := tarOf(t, file("a"))
	change := func(f func(l layout, m object)) []byte {
		l := layout{}
		m := l.image("arm64", gz, one)
		l.index(m)
		f(l, m)
		return l.tar(t)
	}
	find := func(l layout, b []byte) string { return "blobs/" + strings.Replace(digest(b), ":", "/", 1) }
	named := func(l layout, name string, b []byte) object {
		m := l.image("arm64", gz, b)
		m["annotations"] = object{"org.opencontainers.image.ref.name": name}
		return m
	}
	two := layout{}
	two.index(named(two, "v1", one), named(two, "v2", tarOf(t, file("b"))))
	for _, c := range []struct {
		name string
		data []byte
		o    UnpackOptions
		want string
	}{
		{"layer changed", change(func(l layout, m object) { l[find(l, gz(one))] = gz(tarOf(t, file("b"))) }), UnpackOptions{}, "does not match the digest"},
		{"layer shorter", change(func(l layout, m object) { l[find(l, gz(one))] = gz(one)[:20] }), UnpackOptions{}, "the image says"},
		{"manifest changed", change(func(l layout, m object) {
			l["blobs/"+strings.Replace(m["digest"].(string), ":", "/", 1)][1] ^= 1
		}), UnpackOptions{}, "does not match the digest"},
		{"no layer", change(func(l layout, m object) { delete(l, find(l, gz(one))) }), UnpackOptions{}, "layer 1"},
		{"digest is a path", change(func(l layout, m object) { m["digest"] = "../../../etc/passwd"; l.index(m) }), UnpackOptions{}, "is not one of"},
		{"digest in capitals", change(func(l layout, m object) { m["digest"] = strings.ToUpper(m["digest"].(string)); l.index(m) }), UnpackOptions{}, "is not one of"},
		{"no JSON", change(func(l layout, m object) { l["index.json"] = []byte("{") }), UnpackOptions{}, "index.json"},
		{"index of itself", change(func(l layout, m object) {
			d := l.blob(toJSON(object{"manifests": []object{}}))
			for range 6 {
				d = l.blob(toJSON(object{"manifests": []object{d}}))
			}
			l.index(d)
		}), UnpackOptions{}, "nested too deeply"},
		{"other platform", change(func(l layout, m object) {}), UnpackOptions{Platform: oci.Platform{OS: "linux", Architecture: "s390x"}}, "no image for linux/s390x; there are: linux/arm64"},
		{"platform is not the configuration's", change(func(l layout, _ object) {
			m := l.image("amd64", gz, one)
			m["platform"] = object{"os": "linux", "architecture": "arm64"}
			l.index(m)
		}), UnpackOptions{}, "no image for linux/arm64"},
		{"which", two.tar(t), UnpackOptions{}, "say which one"},
		{"none of this name", two.tar(t), UnpackOptions{Image: "v3"}, "called v3; there are: v1, v2"},
		{"twice in a layer", change(func(l layout, m object) { l.index(l.image("arm64", gz, tarOf(t, file("a"), file("a")))) }), UnpackOptions{}, "second entry"},
		{"diff id", change(func(l layout, m object) {
			conf := l.blob(toJSON(object{"os": "linux", "architecture": "arm64", "rootfs": object{"diff_ids": []string{digest(nil)}}}))
			l.index(l.blob(toJSON(object{"config": conf, "layers": []object{l.blob(gz(one))}})))
		}), UnpackOptions{}, "does not match the digest"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := unpackBytes(t, c.data, c.o)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
	t.Run("v2 by its name", func(t *testing.T) {
		d, _, err := unpackBytes(t, two.tar(t), UnpackOptions{Image: "v2"})
		if err != nil {
			t.Fatal(err)
		}
		if got := names(t, d); !slices.Equal(got, []string{"b"}) {
			t.Errorf("got %q", got)
		}
	})
	t.Run("links out of the directory", func(t *testing.T) {
		l := layout{}
		d := l.index(l.image("arm64", gz, one)).dir(t)
		p := filepath.Join(d, find(l, gz(one)))
		outside := filepath.Join(t.TempDir(), "x")
		if err := os.Rename(p, outside); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(outside, p); err != nil {
			t.Fatal(err)
		}
		if _, err := Unpack(context.Background(), d, filepath.Join(t.TempDir(), "t"), UnpackOptions{}); err == nil || !strings.Contains(err.Error(), "escapes") {
			t.Errorf("got %v", err)
		}
	})
}

// arOf makes an ar archive of names and contents.
func arOf(members ...string) []byte {
	b := []byte("!<arch>\n")
	for i := 0; i < len(members); i += 2 {
		b = fmt.Appendf(b, "%-16s%-12d%-6d%-6d%-8s%-10d`\n%s", members[i], 0, 0, 0, "100644", len(members[i+1]), members[i+1])
		if len(members[i+1])&1 == 1 {
			b = append(b, '\n')
		}
	}
	return b
}

func debOf(data []byte) []byte {
	return arOf("debian-binary", "2.0\n", "control.tar.gz", "odd", "data.tar.zst", string(zst(data)))
}

func TestDebs(t *testing.T) {
	write := func(t *testing.T, debs map[string][]byte) string {
		d := t.TempDir()
		for n, b := range debs {
			if err := os.WriteFile(filepath.Join(d, n), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return d
	}
	t.Run("several", func(t *testing.T) {
		src := write(t, map[string][]byte{
			"a.deb": debOf(tarOf(t, dir("./"), dir("./usr"), dir("./usr/lib"), link("./lib", "usr/lib"), file("./usr/x"))),
			"b.deb": debOf(tarOf(t, dir("./"), dir("./lib"), file("./lib/so"))),
			"c.txt": []byte("no package"),
		})
		d := filepath.Join(t.TempDir(), "d")
		if _, err := Unpack(context.Background(), src, d, UnpackOptions{}); err != nil {
			t.Fatal(err)
		}
		if got, want := names(t, d), []string{"lib", "usr", "usr/lib", "usr/lib/so", "usr/x"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
	good := debOf(tarOf(t, file("a")))
	for _, c := range []struct {
		name string
		deb  []byte
		want string
	}{
		{"cut", good[:len(good)-9], "cut off"},
		{"cut in a header", good[:40], "cut off"},
		{"no data", arOf("debian-binary", "2.0\n", "control.tar", ""), "no data.tar"},
		{"other ar", arOf("x.o", "data"), "no Debian package"},
		{"other version", arOf("debian-binary", "3.0\n"), "not supported"},
		{"strange member", arOf("debian-binary", "2.0\n", "evil", ""), "unknown member"},
		{"negative size", bytes.Replace(good, []byte("4         `"), []byte("-4        `"), 1), "damaged header"},
		{"data is no tar", arOf("debian-binary", "2.0\n", "data.tar.gz", "hello"), "no tar archive"},
		{"upwards", debOf(tarOf(t, file("../x"))), "leads upwards"},
		{"other format", gz(tarOf(t, file("a"))), "no Debian package"},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := write(t, map[string][]byte{"a.deb": c.deb})
			d := filepath.Join(t.TempDir(), "d")
			_, err := Unpack(context.Background(), src, d, UnpackOptions{})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "a.deb") {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
	t.Run("same file in two", func(t *testing.T) {
		src := write(t, map[string][]byte{"a.deb": good, "b.deb": good})
		_, err := Unpack(context.Background(), src, filepath.Join(t.TempDir(), "d"), UnpackOptions{})
		if err == nil || !strings.Contains(err.Error(), "b.deb") || !strings.Contains(err.Error(), "second entry") {
			t.Errorf("got %v", err)
		}
	})
}

// newc makes an entry of a cpio archive.
func newc(name string, mode, ino, nlink int, data string) []byte {
	b := fmt.Appendf(nil, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%s\x00",
		ino, mode, 0, 0, nlink, 1000, len(data), 0, 0, 0, 0, len(name)+1, 0, name)
	b = append(b, make([]byte, -len(b)&3)...)
	b = append(b, data...)
	return append(b, make([]byte, -len(b)&3)...)
}

const (
	cpioFile = 0o100644
	cpioLink = 0o120777
)

func cpioOf(entries ...[]byte) []byte {
	return append(slices.Concat(entries...), newc("TRAILER!!!", 0, 0, 1, "")...)
}

func TestCpio(t *testing.T) {
	good := cpioOf(newc("a", cpioFile, 1, 1, "data"))
	t.Run("several archives", func(t *testing.T) {
		d, _, err := unpackBytes(t, slices.Concat(good, make([]byte, 512), cpioOf(newc("b", cpioFile, 1, 1, "x")), make([]byte, 100)), UnpackOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got := names(t, d); !slices.Equal(got, []string{"a", "b"}) {
			t.Errorf("got %q", got)
		}
	})
	t.Run("links with the data at the end", func(t *testing.T) {
		d, _, err := unpackBytes(t, cpioOf(newc("a", 0o100444, 7, 2, ""), newc("b", 0o100444, 7, 2, "data")), UnpackOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(filepath.Join(d, "a")); err != nil || string(b) != "data" {
			t.Errorf("%q, %v", b, err)
		}
	})
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"cut before the trailer", good[:len(good)-124], "cut off"},
		{"cut in the trailer", good[:len(good)-10], "cut off"},
		{"cut in the data", good[:114], "cut off"},
		{"upwards", cpioOf(newc("../x", cpioFile, 1, 1, "")), "leads upwards"},
		{"through a link", cpioOf(newc("l", cpioLink, 1, 1, "/nowhere"), newc("l/x", cpioFile, 2, 1, "")), "leads nowhere"},
		{"no number", bytes.Replace(good, []byte("0000000100"), []byte("0000000x00"), 1), "a number is none"},
		{"no file type", cpioOf(newc("x", 0o644, 1, 1, "")), "no known file type"},
		{"directory with data", cpioOf(newc("x", 0o040755, 1, 1, "data")), "with data"},
		{"link to nothing", cpioOf(newc("x", cpioLink, 1, 1, "")), "0 bytes"},
		{"link of a megabyte", cpioOf(newc("x", cpioLink, 1, 1, long(1<<20, "x"))), "bytes"},
		{"name of a megabyte", cpioOf(newc(long(1<<20, "x"), cpioFile, 1, 1, "")), "a name of"},
		{"name with a NUL", cpioOf(newc("a\x00b", cpioFile, 1, 1, "")), "NUL"},
		{"something behind", append(slices.Clone(good), "more"...), "something else follows"},
		{"bad sum", bytes.Replace(good, []byte("070701"), []byte("070702"), 1), "checksum"},
		{"old format", []byte("070707" + long(100, "0")), "only newc"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := unpackBytes(t, c.data, UnpackOptions{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

// TestIsImage: what archives of images begin with.
func TestIsImage(t *testing.T) {
	id := strings.Repeat("0a", 32)
	for name, want := range map[string]bool{
		"oci-layout": true, "./blobs/": true, "blobs/sha256/x": true, "manifest.json": true,
		id + ".json": true, id + "/": true, id + "/VERSION": true, id + "/layer.tar": true, // docker
		id + ".tar":    true,                       // podman, skopeo
		"sha256:" + id: true, id + ".tar.gz": true, // crane, kaniko
		"./": false, "usr/": false, "etc/passwd": false, id + "/bin": false, id[1:] + ".tar": false, id + ".tar.gz.json": false, "blob": false,
	} {
		if got := oci.IsImage(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
