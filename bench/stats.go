package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// engineStats is what Armature tells of its own work in one run (--stats).
type engineStats struct {
	Regions      int     `json:"regions"`
	GuestInsts   int     `json:"guest_instructions_translated"`
	CodeBytes    int     `json:"code_bytes"`
	TranslateSec float64 `json:"translate_s"`
	WallSec      float64 `json:"wall_s"`
	HostInsts    int     `json:"host_instructions,omitempty"` // emitted for TracedInsts guest instructions
	TracedInsts  int     `json:"traced_guest_instructions,omitempty"`
}

var statsLine = regexp.MustCompile(`(\d+) regions.*?, (\d+) guest instructions translated, (\d+) bytes of code.*?, ([0-9.µa-z]+) translating`)

// ownStats runs the benchmark once more under Armature with --stats. It returns
// nil when the emulator does not know the option or says nothing that is
// understood, as another emulator given by -emu may.
func ownStats(ctx context.Context, e engine, b bench, timeout time.Duration) *engineStats {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	argv := slices.Concat(e.argv, []string{"--stats"}, b.opts, b.guest)
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = slices.Concat(os.Environ(), b.env, e.env)
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	start := time.Now()
	if cmd.Run() != nil {
		return nil
	}
	wall := time.Since(start)
	m := statsLine.FindStringSubmatch(errOut.String())
	if m == nil {
		return nil
	}
	s := engineStats{WallSec: wall.Seconds()}
	var err [4]error
	s.Regions, err[0] = strconv.Atoi(m[1])
	s.GuestInsts, err[1] = strconv.Atoi(m[2])
	s.CodeBytes, err[2] = strconv.Atoi(m[3])
	var d time.Duration
	d, err[3] = time.ParseDuration(m[4])
	s.TranslateSec = d.Seconds()
	if errors.Join(err[:]...) != nil {
		return nil
	}
	s.HostInsts, s.TracedInsts = countEmitted(ctx, e, b)
	return &s
}

// countEmitted runs the benchmark once more with a trace of the translated code,
// and counts its instructions in both languages. It returns zeros when the run
// fails.
func countEmitted(ctx context.Context, e engine, b bench) (host, guest int) {
	r, w, err := os.Pipe()
	if err != nil {
		return 0, 0
	}
	defer r.Close()
	argv := slices.Concat(e.argv, []string{"--trace=out_asm", "-D", "/dev/fd/3"}, b.opts, b.guest)
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = slices.Concat(os.Environ(), b.env, e.env)
	cmd.ExtraFiles = []*os.File{w}
	err = cmd.Start()
	w.Close()
	if err != nil {
		return 0, 0
	}
	host, guest = countTrace(r)
	if cmd.Wait() != nil {
		return 0, 0
	}
	return host, guest
}

// countTrace counts the instructions in a trace of emitted code: blocks of a
// line "OUT: PC: N guest instructions, ..." and an indented line for each host
// instruction.
func countTrace(r io.Reader) (host, guest int) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := lines.Bytes()
		if bytes.HasPrefix(line, []byte("  0x")) {
			host++
			continue
		}
		var pc, n int
		if k, _ := fmt.Sscanf(lines.Text(), "OUT: %v: %d guest", &pc, &n); k == 2 {
			guest += n
		}
	}
	return host, guest
}
