package difftest

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

//go:embed guest/runner.c
var runnerSource string

// BuildRunner compiles guest/runner.c into dir with Debian's cross compiler and gives the program's path.
func BuildRunner(dir string) (string, error) {
	prog := filepath.Join(dir, "runner")
	cmd := exec.Command("aarch64-linux-gnu-gcc", "-O2", "-ffreestanding", "-fno-stack-protector",
		"-fno-tree-vectorize", "-nostdlib", "-static",
		"-Wl,-Ttext-segment=0x3a7c51230000", // where no address of a case goes by chance
		"-x", "c", "-o", prog, "-")
	cmd.Stdin = strings.NewReader(runnerSource)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("difftest: needs gcc-aarch64-linux-gnu: %w\n%s", err, out)
	}
	return prog, nil
}

// Remote is a process that runs guest/runner.c.
type Remote struct {
	Timeout time.Duration // of a batch; then the process is killed, as a case does not end. 0: none

	args []string
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	err  *strings.Builder

	results []Result
	lines   []Line
}

// NewRemote gives an executor that runs a command; the last argument is the program of BuildRunner.
func NewRemote(args ...string) *Remote { return &Remote{args: args} }

func (r *Remote) start() error {
	cmd := exec.Command(r.args[0], r.args[1:]...)
	r.err = new(strings.Builder)
	cmd.Stderr = r.err
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	if err := cmd.Start(); err != nil {
		return err
	}
	r.cmd, r.in, r.out = cmd, in, bufio.NewReaderSize(out, 1<<20)
	return nil
}

// Close ends the process.
func (r *Remote) Close() error {
	if r.cmd == nil {
		return nil
	}
	cmd := r.cmd
	r.cmd = nil
	r.in.Close()
	return cmd.Wait()
}

// Run sends a batch and reads the results. After an error the next Run begins with a new process.
func (r *Remote) Run(b *Batch) ([]Result, error) {
	if len(b.Cases) == 0 || len(b.Cases) > MaxCases {
		return nil, fmt.Errorf("difftest: %d cases", len(b.Cases))
	}
	if r.cmd == nil {
		if err := r.start(); err != nil {
			return nil, fmt.Errorf("difftest: %s: %w", r.args[0], err)
		}
	}
	if r.Timeout > 0 {
		p := r.cmd.Process
		defer time.AfterFunc(r.Timeout, func() { p.Kill() }).Stop()
	}
	res, err := r.run(b)
	if err != nil {
		r.cmd.Process.Kill()
		if w := r.Close(); w != nil {
			err = errors.Join(err, w)
		}
		return nil, fmt.Errorf("difftest: %s: %w\n%s", strings.Join(r.args, " "), err, r.err)
	}
	return res, nil
}

func (r *Remote) run(b *Batch) ([]Result, error) {
	head := [2]uint32{uint32(len(b.Cases))}
	for _, part := range [][]byte{bytesOf(&head), b.Page[:]} {
		if _, err := r.in.Write(part); err != nil {
			return nil, err
		}
	}
	for i := range b.Cases {
		if _, err := r.in.Write(bytesOf(&b.Cases[i])); err != nil {
			return nil, err
		}
	}
	if cap(r.results) < len(b.Cases) {
		r.results = make([]Result, MaxCases)
	}
	r.results, r.lines = r.results[:len(b.Cases)], r.lines[:0]
	for i := range r.results {
		var w wireResult
		if _, err := io.ReadFull(r.out, bytesOf(&w)); err != nil {
			return nil, fmt.Errorf("case %d: %w", i, err)
		}
		if w.NDirty < 0 || w.NDirty > DataSize/lineSize {
			return nil, fmt.Errorf("case %d: %d lines", i, w.NDirty)
		}
		first := len(r.lines)
		for range w.NDirty {
			var l Line
			if _, err := io.ReadFull(r.out, bytesOf(&l)); err != nil {
				return nil, fmt.Errorf("case %d: %w", i, err)
			}
			r.lines = append(r.lines, l)
		}
		r.results[i] = Result{
			State: State{X: w.X, V: w.V, PC: w.PC, NZCV: w.NZCV, FPCR: w.FPCR, FPSR: w.FPSR},
			Sig:   w.Sig, Code: w.Code, Addr: w.Addr,
			Dirty: r.lines[first:len(r.lines):len(r.lines)],
		}
	}
	return r.results, nil
}
