package rootfs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRemove: "armature rootfs remove ." or "~" is a mistake that nothing brings back.
func TestRemove(t *testing.T) {
	for _, c := range []struct {
		name, remove, home, wd string // of a, a/b and a/bc; remove as seen from wd
		want                   string // "" for removed
	}{
		{"tree", "a", "elsewhere", ".", ""},
		{"dot", ".", "elsewhere", "a", "the working directory"},
		{"parent", "..", "elsewhere", "a/b", "the working directory"},
		{"above", "../../a", "elsewhere", "a/b", "the working directory"},
		{"beside", "../b", "elsewhere", "a/bc", ""},
		{"home", "a", "a", ".", "your home directory"},
		{"above home", "a", "a/b", ".", "your home directory"},
		{"home beside", "a/b", "a/bc", ".", ""},
		{"home by a link", "a", "link", ".", "your home directory"},
		{"no home", "a", "", ".", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			top := t.TempDir()
			for _, d := range []string{"a/b", "a/bc", "elsewhere"} {
				if err := os.MkdirAll(filepath.Join(top, d), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Symlink("a/b", filepath.Join(top, "link")); err != nil {
				t.Fatal(err)
			}
			t.Chdir(filepath.Join(top, c.wd))
			home := c.home
			if home != "" {
				home = filepath.Join(top, home)
			}
			t.Setenv("HOME", home)
			gone, err := filepath.Abs(c.remove)
			if err != nil {
				t.Fatal(err)
			}
			err = Remove(c.remove)
			_, left := os.Stat(gone)
			if c.want == "" && (err != nil || left == nil) {
				t.Errorf("%v, and what is left: %v", err, left)
			}
			if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || left != nil) {
				t.Errorf("%v, want %s; what is left: %v", err, c.want, left)
			}
		})
	}
}
