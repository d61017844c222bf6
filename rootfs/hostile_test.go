package rootfs

import (
	"archive/tar"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// layersOf is an image of layers.
func layersOf(t *testing.T, layers ...[]byte) []byte {
	l := layout{}
	l.index(l.image("arm64", gz, layers...))
	return l.tar(t)
}

// changed gives a tar archive in whose headers old is new, of the same length, with the right checksums.
func changed(t *testing.T, b []byte, old, new string) []byte {
	t.Helper()
	if len(old) != len(new) || !strings.Contains(string(b), old) {
		t.Fatalf("no %q to be replaced by %q", old, new)
	}
	b = []byte(strings.ReplaceAll(string(b), old, new))
	for at := 0; at+512 <= len(b); at += 512 {
		if h := b[at : at+512]; string(h[257:262]) == "ustar" {
			setSum(h)
		}
	}
	return b
}

func pax(h hdr, key, value string) hdr {
	h.PAXRecords, h.Format = map[string]string{key: value}, tar.FormatPAX
	return h
}

// TestHostile: archives that somebody made to do harm, and that are refused.
func TestHostile(t *testing.T) {
	sparse := func(m, size string) []byte {
		h := pax(file("f"), "GNU.sparse.major", "0")
		h.PAXRecords["GNU.sparse.minor"], h.PAXRecords["GNU.sparse.map"], h.PAXRecords["GNU.sparse.size"], h.PAXRecords["GNU.sparse.numblocks"] = "1", m, size, "2"
		// The library writes no such records: they are written under names of the same length.
		r := map[string]string{}
		for k, v := range h.PAXRecords {
			r["XYZ"+k[3:]] = v
		}
		h.PAXRecords = r
		return changed(t, tarOf(t, h), "XYZ.sparse", "GNU.sparse")
	}
	skippable := append([]byte{0x50, 0x2a, 0x4d, 0x18, 0xff, 0xff, 0xff, 0xff}, zst(tarOf(t, file("a")))...)
	window := []byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xf8, 0x01, 0x00, 0x00} // of a frame of 2 TiB
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"NUL in a name", changed(t, tarOf(t, pax(file("a"), "comment", "path=aXb")), "comment=path=aXb", "path=aaaaaaaa\x00bb"), "damaged header"},
		{"size in a PAX record", changed(t, tarOf(t, pax(file("a"), "comment", "999999999999999")), "comment=9999", "size=9999999"), "too large"},
		{"negative size", changed(t, tarOf(t, pax(file("a"), "comment", "12345678")), "comment=1234", "size=-999912"), "damaged header"},
		{"sparse map that overlaps", sparse("0,10,5,10", "100"), "damaged header"},
		{"sparse map beyond its end", sparse("0,10,1000,10", "100"), "damaged header"},
		{"sparse map that overflows", sparse("9223372036854775807,10,0,1", "100"), "damaged header"},
		{"attribute too long", tarOf(t, pax(file("f"), "SCHILY.xattr.user.x", long(65537, "x"))), `set attribute "user.x"`},
		{"attribute's name too long", tarOf(t, pax(file("f"), "SCHILY.xattr.user."+long(300, "x"), "y")), "set attribute"},
		{"NUL in an attribute's name", tarOf(t, pax(file("f"), "LIBARCHIVE.xattr.user.a%00b", "eA")), "set attribute"},
		{"hard link to the marker", tarOf(t, hard("a", Marker), file(Marker)), "second entry"},
		{"below a device", tarOf(t, hdr{Name: "p", Typeflag: tar.TypeFifo}, file("p/x")), "is none"},
		{"window of zstd", window, "zst"},
		{"skipped frame of zstd that is cut", skippable, ""},
		{"deb of another compression", arOf("debian-binary", "2.0\n", "control.tar.gz", "odd", "data.tar.lzma", "\x5d\x00\x00\x80\x00"+long(90, "x")), "known compression"},
		{"deb whose data is a deb", debOf(debOf(tarOf(t, file("a")))), "known compression"},
		{"deb of a negative size", changedAr(arOf("debian-binary", "2.0\n", "data.tar", "12345678")), "damaged header"},
		{"whiteout of nothing", layersOf(t, tarOf(t, file("d/a")), tarOf(t, file("d/.wh."))), "whiteout"},
		{"whiteout of its folder", layersOf(t, tarOf(t, file("d/a")), tarOf(t, file("d/.wh.."))), "whiteout"},
		{"whiteout of the parent", layersOf(t, tarOf(t, file("d/a")), tarOf(t, file("d/e/.wh..."))), "whiteout"},
		{"file below a whiteout's link", layersOf(t, tarOf(t, link("l", "nowhere")), tarOf(t, file("l/x"))), "leads nowhere"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := unpackBytes(t, c.data, UnpackOptions{KeepOwners: os.Geteuid() == 0})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

// changedAr makes the size of the last member of an ar archive negative.
func changedAr(b []byte) []byte {
	return []byte(strings.Replace(string(b), "8         `", "-8        `", 1))
}

// TestHarmless: archives that look for a way out, and have it within the target only.
func TestHarmless(t *testing.T) {
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "x"), []byte("as it was"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		data []byte
		want []string
	}{
		{"hard link to a link that leads out", tarOf(t, link("l", outside+"/x"), hard("a", "l"), hard("b", "a")), []string{"a", "b", "l"}},
		{"newline and more in a name", tarOf(t, file("a\nb"), file("\x1b[31m"), file("-rf *")), []string{"\x1b[31m", "-rf *", "a\nb"}},
		{"folder that becomes a link that leads out", layersOf(t, tarOf(t, file("d/x")), tarOf(t, link("d", outside), dir(outside[1:])), tarOf(t, file("d/x"))),
			append([]string{"d"}, parents(outside)...)},
		{"opaque whiteout through a link that leads out", layersOf(t, tarOf(t, link("d", outside), file("y")), tarOf(t, file("d/.wh..wh..opq"), file("d/.wh.x"))), []string{"d", "y"}},
		{"opaque whiteout of all", layersOf(t, tarOf(t, file("a"), file("d/b")), tarOf(t, file(".wh..wh..opq"), file("c"))), []string{"c"}},
		{"whiteout of the marker", layersOf(t, tarOf(t, file("a")), tarOf(t, file(".wh."+Marker))), []string{"a"}},
		{"whiteout of the marker through a link", layersOf(t, tarOf(t, file("a"), link("l", "/")), tarOf(t, file("l/.wh."+Marker))), []string{"a", "l"}},
		{"whiteout of what is not there", layersOf(t, tarOf(t, file("a")), tarOf(t, file("no/such/.wh.x"), file("a/.wh.x"), file("e/.wh..wh..opq"))), []string{"a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, _, err := unpackBytes(t, c.data, UnpackOptions{})
			if err != nil {
				t.Fatal(err)
			}
			got := names(t, d)
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if b, err := os.ReadFile(filepath.Join(outside, "x")); string(b) != "as it was" {
				t.Errorf("outside: %q, %v", b, err)
			}
		})
	}
}

// parents lists a path with the file x below it, and all folders on the way.
func parents(path string) (list []string) {
	for p := path[1:] + "/x"; p != "."; p = filepath.Dir(p) {
		list = append(list, p)
	}
	slices.Sort(list)
	return list
}
