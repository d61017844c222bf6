package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"armature/test/cbuild"
	"armature/test/sysroot"

	"golang.org/x/sys/unix"
)

var (
	length  = flag.Duration("for", 30*time.Minute, "how long to run")
	workers = flag.Int("workers", 4, "programs at a time, beside the one that runs all the time")
	emuPath = flag.String("emu", "bin/armature-aarch64", "emulator under test, with options")
)

// runLimit is far above what a program of the load takes on a busy machine.
const runLimit = 3 * time.Minute

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

func run() error {
	root, err := cbuild.Root()
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "soak")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	// Orphans of the load become this process's children, and are found at the end.
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return err
	}
	emu := strings.Fields(*emuPath)
	if emu[0], err = filepath.Abs(emu[0]); err != nil {
		return err
	}
	s := &soak{emu: emu, tmp: tmp, want: map[string]string{}}
	all, resident, err := loads(root)
	if err != nil {
		return err
	}
	fmt.Printf("%d programs, %d workers, %v\n", len(all), *workers, *length)
	for _, l := range all {
		out, err := s.once(context.Background(), l)
		if err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
		s.want[l.name] = out
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, *length)
	defer cancel()
	var wg sync.WaitGroup
	for w := range *workers {
		wg.Go(func() { s.work(ctx, all, rand.New(rand.NewPCG(uint64(w), uint64(time.Now().UnixNano())))) })
	}
	wg.Go(func() { s.fail(s.live(ctx, resident)) })
	wg.Go(func() { s.report(ctx) })
	wg.Wait()
	s.fail(s.leftovers())
	fmt.Printf("%d runs, %d failures\n", s.runs.Load(), len(s.errs))
	return errors.Join(s.errs...)
}

// soak is the state of a run.
type soak struct {
	emu  []string
	tmp  string            // TMPDIR of the load; empty when nothing runs
	want map[string]string // output of each load's first run
	runs atomic.Int64
	mu   sync.Mutex
	errs []error
}

func (s *soak) fail(err error) {
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "soak:", err)
	s.mu.Lock()
	s.errs = append(s.errs, err)
	s.mu.Unlock()
}

func (s *soak) command(ctx context.Context, l load) *exec.Cmd {
	argv := slices.Concat(s.emu, l.opts, l.guest)
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = s.tmp
	cmd.Env = append(os.Environ(), "TMPDIR="+s.tmp, "LC_ALL=C")
	cmd.Stdin = strings.NewReader(l.stdin)
	return cmd
}

// once runs a load to its end and returns how it ended and what it printed on both outputs.
func (s *soak) once(ctx context.Context, l load) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, runLimit)
	defer cancel()
	var out, errOut bytes.Buffer
	cmd := s.command(ctx, l)
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err := cmd.Run()
	if state := cmd.ProcessState; state != nil && state.Exited() {
		return state.String() + "\n" + out.String() + errOut.String(), nil
	}
	return "", fmt.Errorf("%w\n%s", err, last(errOut.String(), 2000))
}

// work draws loads until the time is up. A load that has begun is let end.
func (s *soak) work(ctx context.Context, all []load, rng *rand.Rand) {
	for ctx.Err() == nil {
		l := all[rng.IntN(len(all))]
		out, err := s.once(context.WithoutCancel(ctx), l)
		if err == nil && out != s.want[l.name] {
			err = fmt.Errorf("printed %q, at first %q", last(out, 500), last(s.want[l.name], 500))
		}
		if err != nil {
			s.fail(fmt.Errorf("%s: %w", l.name, err))
		}
		s.runs.Add(1)
	}
}

// usage is what a process holds.
type usage struct{ rssKiB, maps, fds int }

func usageOf(pid int) (u usage, err error) {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	status, err := os.ReadFile(filepath.Join(dir, "status"))
	if err != nil {
		return u, err
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmRSS:" {
			u.rssKiB, _ = strconv.Atoi(f[1])
		}
	}
	maps, err := os.ReadFile(filepath.Join(dir, "maps"))
	if err != nil {
		return u, err
	}
	u.maps = bytes.Count(maps, []byte("\n"))
	fds, err := os.ReadDir(filepath.Join(dir, "fd"))
	u.fds = len(fds)
	return u, err
}

// live runs the resident load until the time is up, and compares what it holds
// in the middle of its life with the end. Bounds are generous: what leaks does so
// thousands of times.
func (s *soak) live(ctx context.Context, l load) error {
	cmd := s.command(context.Background(), l)
	cmd.Stdin = nil
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	if err := cmd.Start(); err != nil {
		return err
	}
	var rounds atomic.Int64
	lines := make(chan string, 1)
	go func() {
		in, text := bufio.NewScanner(out), ""
		for in.Scan() {
			text = in.Text()
			rounds.Add(1)
		}
		lines <- text
	}()
	var middle, end usage
	half := time.After(*length / 2)
	ended := false
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for stuck := int64(-1); !ended; {
		select {
		case <-half:
			middle, err = usageOf(cmd.Process.Pid)
		case <-tick.C:
			if n := rounds.Load(); n == stuck {
				cmd.Process.Kill()
				<-lines
				cmd.Wait()
				return fmt.Errorf("%s: no progress for a minute after %d rounds", l.name, n)
			} else {
				stuck = n
			}
		case <-ctx.Done():
			end, err = usageOf(cmd.Process.Pid)
			ended = true
		}
		if err != nil {
			break
		}
	}
	cmd.Process.Signal(syscall.SIGTERM)
	kill := time.AfterFunc(runLimit, func() { cmd.Process.Kill() })
	text := <-lines
	waitErr := cmd.Wait()
	kill.Stop()
	fmt.Printf("%s: %d rounds; held %+v in the middle, %+v at the end\n", l.name, rounds.Load(), middle, end)
	switch {
	case waitErr != nil:
		return fmt.Errorf("%s: %w after %d rounds, last line %q\n%s", l.name, waitErr, rounds.Load(), text, last(errOut.String(), 2000))
	case err != nil:
		return fmt.Errorf("%s: %w", l.name, err)
	case middle.rssKiB > 0 && (end.rssKiB > middle.rssKiB*3/2+32<<10 || end.maps > middle.maps+100 || end.fds > middle.fds+16):
		return fmt.Errorf("%s: grew from %+v to %+v", l.name, middle, end)
	}
	return nil
}

func (s *soak) report(ctx context.Context) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for start := time.Now(); ; {
		select {
		case <-tick.C:
			fmt.Printf("%v: %d runs\n", time.Since(start).Round(time.Second), s.runs.Load())
		case <-ctx.Done():
			return
		}
	}
}

// leftovers looks for processes and files that outlived their program.
func (s *soak) leftovers() error {
	var errs []error
	time.Sleep(time.Second)
	var status syscall.WaitStatus
	for {
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		if pid == 0 {
			errs = append(errs, errors.New("a process of the load is still running"))
		}
		if pid <= 0 || err != nil {
			break
		}
	}
	files, err := os.ReadDir(s.tmp)
	if err != nil {
		errs = append(errs, err)
	}
	for _, f := range files {
		errs = append(errs, fmt.Errorf("left behind: %s", f.Name()))
	}
	return errors.Join(errs...)
}

func last(text string, n int) string { return text[max(0, len(text)-n):] }

// load is a program of the mix.
type load struct {
	name        string
	opts, guest []string
	stdin       string
}

// guests are C programs of test/guest/c whose output is always the same.
var guests = []struct {
	name  string
	flags []string
	args  []string
}{
	{name: "threads", flags: []string{"-pthread"}},
	{name: "atomics_mt", flags: []string{"-pthread"}},
	{name: "aba", flags: []string{"-pthread"}},
	{name: "processes", flags: []string{"-w"}},
	{name: "sig_segv"},
	{name: "sig_stack", flags: []string{"-Wno-infinite-recursion"}},
	{name: "smc"},
	{name: "mapping"},
	{name: "heap"},
	{name: "neon_int"},
	{name: "sig_flood", flags: []string{"-pthread"}, args: []string{"1000000"}},
	{name: "soak", flags: []string{"-pthread"}, args: []string{"10"}},
}

// loads builds the programs of the mix and the resident one.
func loads(root string) (all []load, resident load, err error) {
	for _, g := range guests {
		path, err := cbuild.Build(cbuild.Spec{
			Name: g.name, Target: cbuild.ARM64, Libs: []string{"-lm"},
			Flags: append([]string{"-O2", "-static", "-ffp-contract=off", "-fno-strict-aliasing"}, g.flags...),
			Srcs:  []string{filepath.Join(root, "test", "guest", "c", g.name+".c")},
		})
		if err != nil {
			return nil, resident, err
		}
		all = append(all, load{name: g.name, guest: append([]string{path}, g.args...)})
		if g.name == "soak" {
			resident = load{name: "resident", guest: []string{path}}
		}
	}
	dir, err := cbuild.Dir()
	if err != nil {
		return nil, resident, err
	}
	goGuest := filepath.Join(dir, "go-arm64")
	cmd := exec.Command("go", "build", "-trimpath", "-o", goGuest, "./test/guest/go")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0", "GOEXPERIMENT=", "GOFLAGS=")
	if msg, err := cmd.CombinedOutput(); err != nil {
		return nil, resident, fmt.Errorf("go build: %w\n%s", err, msg)
	}
	all = append(all, load{name: "go", guest: []string{goGuest}})

	tree, err := sysroot.Ensure(root)
	if err != nil {
		return nil, resident, err
	}
	for _, d := range []struct {
		name, prog string
		args       []string
	}{
		{"bash", "bin/bash", []string{"-c", "for i in 1 2 3 4 5 6 7 8; do x=$(echo $i | tr 1-4 a-d | sed s/a/A/); (exit $i); echo $x $?; done; seq 2000 | sort -rn | head -3; wait"}},
		{"jobs", "bin/bash", []string{"-c", "trap : USR1; for i in 1 2 3 4 5 6; do (sleep 0.0$i; kill -USR1 $$) & p=\"$p $!\"; done; for q in $p; do while kill -0 $q 2>/dev/null; do wait $q; done; done; echo done"}},
		{"perl", "usr/bin/perl", []string{"-e", "for (1..5) { my $p = fork; if (!$p) { exit $_ } waitpid $p, 0; print $? >> 8, qq( ) } print `echo from a shell`; my %h; $h{$_ % 97} .= $_ for 1..20000; print length(join '', values %h), qq(\\n)"}},
		{"python3", "usr/bin/python3.*[0-9]", []string{"-I", "-B", "-c", "import threading, subprocess, os\nr = []\nts = [threading.Thread(target=lambda i=i: r.append(sum(range(i * 1000)))) for i in range(8)]\n[t.start() for t in ts]; [t.join() for t in ts]\nprint(sorted(r), subprocess.run(['/bin/echo', 'child'], capture_output=True).stdout)\n"}},
		{"cc1", "usr/lib/gcc/aarch64-linux-gnu/*/cc1", []string{"-quiet", "-O2", "-", "-o", "-"}},
		{"xz", "usr/bin/xz", []string{"-6c", "-T2"}},
	} {
		path, err := tree.Find(d.prog)
		if err != nil {
			return nil, resident, err
		}
		l := load{name: d.name, opts: []string{"-L", tree.Path}, guest: append([]string{path}, d.args...)}
		switch d.name {
		case "cc1":
			l.stdin = "int f(int *p, int n) { int t = 0; for (int i = 0; i < n; i++) t += p[i] * i; return t; }\n"
		case "xz":
			l.stdin = strings.Repeat("all work and no play ", 5000)
		}
		all = append(all, l)
	}
	return all, resident, nil
}
