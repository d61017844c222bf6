package enter

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func TestParseBind(t *testing.T) {
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	here := filepath.Join(wd, "doc.go")
	for _, c := range []struct {
		in   string
		want Bind
		ok   bool
	}{
		{"/", Bind{"/", "/", false}, true},
		{"doc.go", Bind{here, here, false}, true},
		{"doc.go:/x//y/", Bind{here, "/x/y", false}, true},
		{"doc.go:ro", Bind{here, here, true}, true},
		{"doc.go:/x:ro", Bind{here, "/x", true}, true},
		{"doc.go:/x:rw", Bind{here, "/x", false}, true},
		{"doc.go:x", Bind{}, false},
		{"doc.go:/x:/y", Bind{}, false},
		{"", Bind{}, false},
		{":/x", Bind{}, false},
		{"/nosuch", Bind{}, false},
	} {
		got, err := ParseBind(c.in)
		if (err == nil) != c.ok || c.ok && got != c.want {
			t.Errorf("%q: %+v, %v; want %+v", c.in, got, err, c.want)
		}
	}
}

func TestFindUser(t *testing.T) {
	fields := func(s string) (rows [][]string) {
		for line := range strings.Lines(s) {
			rows = append(rows, strings.Split(strings.TrimSuffix(line, "\n"), ":"))
		}
		return rows
	}
	passwd := fields("root:x:0:0:root:/root:/bin/bash\n# comment\nbad:x:many:1::/:/bin/sh\nann:x:5:6::/home/ann:\n")
	group := fields("root:x:0:\nstaff:x:50:ann,bob\nodd:x:y:ann\n")
	for _, c := range []struct {
		spec     string
		name     string // "": refused
		uid, gid uint32
		groups   []uint32
		home     string
	}{
		{"", "root", 0, 0, nil, "/root"},
		{"root", "root", 0, 0, nil, "/root"},
		{"ann", "ann", 5, 6, []uint32{50}, "/home/ann"},
		{"5", "ann", 5, 6, []uint32{50}, "/home/ann"},
		{"ann:staff", "ann", 5, 50, nil, "/home/ann"},
		{"ann:7", "ann", 5, 7, nil, "/home/ann"},
		{"77", "77", 77, 77, nil, "/"},
		{"bad", "", 0, 0, nil, ""},
		{"carl", "", 0, 0, nil, ""},
		{"ann:nosuch", "", 0, 0, nil, ""},
		{"-1", "", 0, 0, nil, ""},
		{"4294967296", "", 0, 0, nil, ""},
	} {
		u, err := findUser(c.spec, passwd, group)
		if c.name == "" {
			if err == nil {
				t.Errorf("%q: %+v, want an error", c.spec, u)
			}
			continue
		}
		if err != nil || u.name != c.name || u.uid != c.uid || u.gid != c.gid || !slices.Equal(u.groups, c.groups) || u.home != c.home {
			t.Errorf("%q: %+v, %v", c.spec, u, err)
		}
	}
	if u, err := findUser("root", nil, nil); err == nil {
		t.Errorf("a tree without users: %+v", u)
	}
	if u, err := findUser("", nil, nil); err != nil || u.home != "/root" {
		t.Errorf("a tree without users: %+v, %v", u, err)
	}
}

func TestSwapped(t *testing.T) {
	own := []syscall.SysProcIDMap{{Size: 500}, {ContainerID: 500, HostID: 500, Size: 5000}}
	for _, id := range []int{0, 1, 2, 499, 500, 1000} {
		seen := map[int]int{}
		for _, m := range swapped(id, own) {
			for i := range m.Size {
				if _, twice := seen[m.ContainerID+i]; twice {
					t.Errorf("%d: %d is mapped twice", id, m.ContainerID+i)
				}
				seen[m.ContainerID+i] = m.HostID + i
			}
		}
		if len(seen) != 5500 {
			t.Errorf("%d: %d IDs", id, len(seen))
		}
		for in, out := range seen {
			want := in
			switch in {
			case 0:
				want = id
			case id:
				want = 0
			}
			if out != want {
				t.Errorf("%d: %d maps to %d, want %d", id, in, out, want)
			}
		}
	}
}
