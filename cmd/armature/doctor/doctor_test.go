package doctor

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"armature/binfmt"
)

// TestMain lets the checks that run this program again find what they look for.
func TestMain(m *testing.M) {
	if os.Args[0] == "armature-aarch64" {
		os.Exit(binfmt.TestStatus)
	}
	if len(os.Args) == 2 && os.Args[1] == "version" {
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestRun(t *testing.T) {
	r, err := Run()
	if err != nil {
		t.Fatal(err)
	}
	problems := false
	for _, c := range r.Results {
		problems = problems || c.Status == Problem
		if c.Found == "" || c.Status != OK && c.Status != Limited && c.Status != Problem || c.Status == OK && c.Fix != "" {
			t.Errorf("%+v", c)
		}
	}
	if r.OK == problems {
		t.Errorf("OK is %v", r.OK)
	}
	b, err := json.Marshal(r)
	if err != nil || !bytes.Contains(b, []byte(`"checks":[{"mode":"run","check":"processor","status":"ok"`)) {
		t.Errorf("%v %s", err, b)
	}
	var text bytes.Buffer
	r.Write(&text)
	for _, m := range Modes() {
		if !strings.Contains(text.String(), m+"\n") {
			t.Errorf("no %s in\n%s", m, &text)
		}
	}
	if _, err := Run("nonsense"); err == nil || !strings.Contains(err.Error(), "gdb") {
		t.Errorf("an unknown mode: %v", err)
	}
}

// TestMissing is about a machine without tools.
func TestMissing(t *testing.T) {
	if _, err := os.Stat("/usr/sbin/mke2fs"); err != nil {
		t.Fatal("the test needs e2fsprogs")
	}
	t.Setenv("PATH", t.TempDir())
	r, err := Run("gdb", "image", "build", "cache")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"overlay file system", "a tree", "mke2fs", "directory", "debugger"}
	var got []string
	for _, c := range r.Results {
		got = append(got, c.Check)
		switch c.Check {
		case "debugger":
			if c.Status != Problem || !strings.Contains(c.Fix, "gdb-multiarch") {
				t.Errorf("%+v", c)
			}
		case "mke2fs": // it is found where a user's PATH does not look
			if c.Status != OK {
				t.Errorf("%+v", c)
			}
		case "a tree", "directory":
			if c.Status != Limited || c.Fix == "" {
				t.Errorf("%+v", c)
			}
		}
	}
	if !slices.Equal(got, want) || r.OK {
		t.Errorf("checks %q, OK %v", got, r.OK)
	}
}
