package main

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestFailures(t *testing.T) {
	for _, c := range []struct{ out, want string }{
		{"PASS\n", ""},
		{"--- FAIL: TestA (0.00s)\n    --- FAIL: TestA/b (0.00s)\nFAIL\n", "TestA"},
		{"--- FAIL: TestA (0.00s)\n--- FAIL: ExampleB (1.20s)\n--- FAIL: TestA (0.01s)\nFAIL\n", "TestA ExampleB"},
		{"a test prints --- FAIL: TestA\nPASS\n", ""},
		{"panic: no\n\ngoroutine 1 [running]:\n", ""},
	} {
		if got := strings.Join(failures([]byte(c.out)), " "); got != c.want {
			t.Errorf("%q: %q, want %q", c.out, got, c.want)
		}
	}
}

// TestEnds: a run counts as passed only if the program says so and exits with 0.
func TestEnds(t *testing.T) {
	tr := &tree{root: t.TempDir()}
	for _, c := range []struct {
		script string
		err    string // of run; "" for success
	}{
		{"echo PASS", ""},
		{"echo text; echo PASS", ""},
		{"echo COMPASS", "ended early without an error"},
		{"echo '--- FAIL: TestA (0.00s)'; echo FAIL; exit 1", errFailed.Error()},
		{"echo PASS; exit 3", "exit status 3"},
		{"echo text; exit 1", "exit status 1"},
		{"kill -SEGV $$", "signal: segmentation fault"},
	} {
		r := new(result)
		_, err := r.run(t.Context(), []string{"/bin/sh", "-c", c.script}, tr, t.TempDir())
		if err == nil {
			err = errors.New("")
		}
		if err.Error() != c.err {
			t.Errorf("%s: %q, want %q", c.script, err, c.err)
		}
	}
}

func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		r    result
		want string
	}{
		{result{wall: 1}, "ok"},
		{result{}, "no tests"},
		{result{wall: 1, native: []string{"TestA"}}, "as native"},
		{result{wall: 1, native: []string{"TestA"}, failed: []string{"TestB"}}, "FAIL"},
		{result{err: errFailed}, "FAIL"},
	} {
		if got := c.r.verdict(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.r, got, c.want)
		}
	}
}

// TestEnv: settings of the build around it stay out of the tests.
func TestEnv(t *testing.T) {
	t.Setenv("GOFLAGS", "-tags=x")
	t.Setenv("GOEXPERIMENT", "x")
	env := (&tree{root: "/r", cache: "/c"}).env("PWD=/d")
	for _, kv := range env {
		if strings.HasPrefix(kv, "GOFLAGS=") || strings.HasPrefix(kv, "GOEXPERIMENT=") {
			t.Errorf("%s of the project's build goes to the tests", kv)
		}
	}
	if !slices.Contains(env, "GOROOT=/r") || !slices.Contains(env, "PWD=/d") {
		t.Errorf("GOROOT or PWD missing in %q", env)
	}
}
