package rootfs

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"armature/binfmt"
	"armature/rootfs/lease"
)

// DebianKeyring holds the keys that Debian's archives are signed with.
const DebianKeyring = "/usr/share/keyrings/debian-archive-keyring.gpg"

// BootstrapOptions are how Bootstrap works.
type BootstrapOptions struct {
	Mirror  string   // address; "": that of the machine's apt
	Keyring string   // file; "": what apt has for the mirror, or DebianKeyring
	Variant string   // "", "minbase" or "buildd"
	Include []string // packages beside those of the variant
	// Chroot runs a command in a tree, with the variables env. It tells started the process with which
	// all others end, before anything is done in the tree.
	Chroot func(dir string, env, args []string, started func(pid int) error) error
	// Start starts a tool of the host's, and tells started the process with which all others
	// end, before the tool runs. hold is closed when it has ended.
	Start func(cmd *exec.Cmd, started func(pid int) error) (hold io.Closer, err error)
	// Log is told, in lines, what goes on.
	Log func(format string, a ...any)
}

var (
	suiteName   = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	packageName = regexp.MustCompile(`^[a-z0-9][a-z0-9+.-]*$`)
)

// Bootstrap makes the directory dir, which must be empty or not exist, a tree of the
// distribution that spec names, "debian:SUITE", for arm64. debootstrap does it, or
// mmdebstrap if only that is installed and the kernel runs ARM programs, or else apt and
// this package; they check the archive's signatures and the packages' hashes. It takes root, if only in a user namespace. When it fails or ctx is
// cancelled, dir is as it was before.
func Bootstrap(ctx context.Context, spec, dir string, o BootstrapOptions) error {
	distribution, suite, ok := strings.Cut(spec, ":")
	if !ok || distribution != "debian" || !suiteName.MatchString(suite) {
		return fmt.Errorf("%q: want debian:SUITE, as debian:bookworm; of other distributions, unpack a root archive or container image (armature rootfs unpack)", spec)
	}
	for _, p := range o.Include {
		if !packageName.MatchString(p) {
			return fmt.Errorf("%q is not the name of a package", p)
		}
	}
	switch o.Variant {
	case "", "minbase", "buildd":
	default:
		return fmt.Errorf("variant %q: want minbase or buildd", o.Variant)
	}
	if o.Mirror == "" {
		mirror, keyring, err := DebianMirror(suite)
		if err != nil {
			return fmt.Errorf("%w: name one by --mirror URL", err)
		}
		o.Mirror = mirror
		o.Keyring = cmp.Or(o.Keyring, keyring)
	}
	o.Keyring = cmp.Or(o.Keyring, DebianKeyring)
	if _, err := os.Stat(o.Keyring); err != nil {
		return fmt.Errorf("the keys that Debian signs with are not there: %w: apt install debian-archive-keyring, or name a file by --keyring", err)
	}
	b := &bootstrapper{ctx: ctx, suite: suite, o: o}
	var err error
	if b.tool, err = FindTool("debootstrap"); err == nil {
		return b.debootstrap(dir)
	}
	apt, noApt := FindTool("apt-get")
	if b.tool, err = FindTool("mmdebstrap"); err == nil {
		if err := live(); err == nil {
			return b.mmdebstrap(dir)
		} else if noApt != nil {
			return err
		}
	}
	if noApt == nil {
		b.tool = apt
		return b.apt(dir)
	}
	return errors.New("neither debootstrap nor mmdebstrap nor apt, one of which makes the tree, is installed: install debootstrap")
}

type bootstrapper struct {
	ctx   context.Context
	tool  string
	suite string
	o     BootstrapOptions
	dir   string       // the directory's absolute path
	lease *lease.Lease // of the directory
	tmp   string       // in it, for temporary files of the tool's
}

// tmpName is the name of tmp. What a tool leaves there when it is killed goes with the rest.
const tmpName = ".armature-tmp"

// target makes and takes the directory.
func (b *bootstrapper) target(dir string) (*target, error) {
	t, err := newTarget(dir, b.o.Log)
	if err != nil {
		return nil, err
	}
	b.lease = t.lease
	if b.dir, err = filepath.Abs(dir); err == nil {
		t.tmp = filepath.Join(b.dir, tmpName)
		b.tmp = t.tmp
		err = os.Mkdir(t.tmp, 0o755)
	}
	if err != nil {
		return nil, b.failed(t, err)
	}
	return t, nil
}

// failed removes what there is of a tree after an error, which it gives.
func (b *bootstrapper) failed(t *target, err error) error {
	return t.failed(b.ctx, err, "what there is")
}

// common are the options that both tools have.
func (b *bootstrapper) common() (args []string) {
	args = append(args, "--keyring="+b.o.Keyring)
	if b.o.Variant != "" {
		args = append(args, "--variant="+b.o.Variant)
	}
	if len(b.o.Include) > 0 {
		args = append(args, "--include="+strings.Join(b.o.Include, ","))
	}
	return args
}

// containerEnv tells debootstrap that it may not be able to make device nodes.
const containerEnv = "container=lxc"

// debootstrap downloads and unpacks with the host's programs, and has the tree's own
// configure it.
func (b *bootstrapper) debootstrap(dir string) (err error) {
	t, err := b.target(dir)
	if err != nil {
		return err
	}
	defer func() { err = b.failed(t, err) }()
	b.o.Log("%s makes the tree from %s, checked with %s", b.tool, b.o.Mirror, b.o.Keyring)
	args := append([]string{"--arch=arm64", "--foreign", "--force-check-gpg"}, b.common()...)
	cmd := b.command(append(args, b.suite, b.dir, b.o.Mirror)...)
	var env []string
	if !initialUsers() {
		env = []string{containerEnv}
		cmd.Env = append(cmd.Environ(), env...)
	}
	if err := b.run(cmd, nil, nil); err != nil {
		return err
	}
	// In some containers it leaves a link to itself there.
	if proc := filepath.Join(b.dir, "proc"); isLink(proc) {
		if err := errors.Join(os.Remove(proc), os.Mkdir(proc, 0o555)); err != nil {
			return err
		}
	}
	b.o.Log("the tree's own programs configure it")
	env = append(env, "DEBIAN_FRONTEND=noninteractive", "DEBCONF_NONINTERACTIVE_SEEN=true")
	if err := b.o.Chroot(b.dir, env, []string{"/debootstrap/debootstrap", "--second-stage"}, b.lease.Add); err != nil {
		return fmt.Errorf("debootstrap's second stage: %w%s", err, tail(filepath.Join(b.dir, "debootstrap/debootstrap.log")))
	}
	if b.ctx.Err() != nil {
		return context.Cause(b.ctx)
	}
	if err := lockDir(filepath.Join(b.dir, "run")); err != nil {
		return err
	}
	return t.done()
}

// lockDir makes run/lock, which base-files makes where Chroot has mounted a /run that is
// gone by now: sbuild and others want it in the tree.
func lockDir(run string) error {
	if st, err := os.Lstat(run); err != nil || !st.IsDir() {
		return nil // nothing that is known
	}
	dir := filepath.Join(run, "lock")
	if err := os.Mkdir(dir, 0o755); err != nil {
		if errors.Is(err, os.ErrExist) {
			return nil
		}
		return err
	}
	return os.Chmod(dir, 0o777|os.ModeSticky)
}

func isLink(path string) bool {
	st, err := os.Lstat(path)
	return err == nil && st.Mode()&os.ModeSymlink != 0
}

// initialUsers tells whether this process is in the machine's first user namespace,
// where root can make device nodes.
func initialUsers() bool {
	b, err := os.ReadFile("/proc/self/uid_map")
	return err == nil && strings.Join(strings.Fields(string(b)), " ") == "0 0 4294967295"
}

// live gives an error if the kernel does not run ARM programs.
func live() error {
	s, err := binfmt.Inspect(binfmt.AArch64, "")
	if err == nil && !s.Live.OK {
		err = fmt.Errorf("mmdebstrap needs a kernel that runs ARM programs, and that does not work (%s): armature binfmt install, or install debootstrap, which needs none", s.Live.Error)
	}
	return err
}

// mergedUsrHooks make /bin a link to /usr/bin from the start, as debootstrap does; see usrIsMerged.
const mergedUsrHooks = "/usr/share/mmdebstrap/hooks/maybe-merged-usr"

// mmdebstrap has the tree as a tar archive from the tool, which runs the tree's own
// programs by itself.
func (b *bootstrapper) mmdebstrap(dir string) error {
	t, err := b.target(dir)
	if err != nil {
		return err
	}
	b.o.Log("%s makes the tree from %s, checked with %s", b.tool, b.o.Mirror, b.o.Keyring)
	args := append([]string{"--architectures=arm64", "--format=tar"}, b.common()...)
	if _, err := os.Stat(mergedUsrHooks); err == nil {
		args = append(args, "--hook-dir="+mergedUsrHooks)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return b.failed(t, err)
	}
	defer r.Close()
	ctx, cancel := context.WithCancelCause(b.ctx)
	b.ctx = ctx // the tool ends with it
	cmd := b.command(append(args, b.suite, "-", b.o.Mirror)...)
	cmd.Stdout = w
	done := make(chan error, 1)
	ended, started := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		err := b.run(cmd, started, nil)
		w.Close() // if it has not started
		if err != nil {
			cancel(err)
		}
		done <- err
	}()
	t.stop = func() {
		cancel(nil)
		<-ended
	}
	defer t.stop()
	select {
	case err := <-done:
		return b.failed(t, err)
	case <-started:
		w.Close()
	}
	o := UnpackOptions{KeepOwners: os.Geteuid() == 0, Log: b.o.Log}
	o.setDefaults()
	_, err = unpackTo(ctx, t, &source{name: "mmdebstrap's archive", r: &untilExit{r, done}}, o)
	return err
}

// untilExit is the output of a program; its end is an error if the program failed.
type untilExit struct {
	r    io.Reader
	done chan error
}

func (u *untilExit) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	if err != nil && u.done != nil {
		failed := <-u.done
		u.done = nil
		if failed != nil {
			return n, failed
		}
	}
	return n, err
}

// command is the tool, which has some time to end when the context does.
func (b *bootstrapper) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(b.ctx, b.tool, args...)
	cmd.Env = append(os.Environ(), "TMPDIR="+b.tmp)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// run runs the tool and hands its messages on, those that filter takes if that is not nil. It closes started, if that is not nil,
// when the tool runs.
func (b *bootstrapper) run(cmd *exec.Cmd, started chan struct{}, filter func(string) bool) error {
	lines := &lineWriter{log: b.o.Log, filter: filter}
	cmd.Stderr = lines
	if started == nil {
		cmd.Stdout = lines
	}
	hold, err := b.o.Start(cmd, b.lease.Add)
	if err != nil {
		return fmt.Errorf("%s: %w", b.tool, err)
	}
	defer hold.Close()
	if started != nil {
		close(started)
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%s: %w", b.tool, err)
	}
	return nil
}

// lineWriter hands lines on.
type lineWriter struct {
	log    func(string, ...any)
	filter func(string) bool
	rest   []byte
}

func (l *lineWriter) Write(p []byte) (int, error) {
	l.rest = append(l.rest, p...)
	for {
		i := bytes.IndexByte(l.rest, '\n')
		if i < 0 {
			return len(p), nil
		}
		if line := string(l.rest[:i]); l.filter == nil || l.filter(line) {
			l.log("%s", line)
		}
		l.rest = l.rest[i+1:]
	}
}

// tail gives the end of a log file, for an error message.
func tail(name string) string {
	f, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	var last []string
	for s := bufio.NewScanner(f); s.Scan(); {
		if last = append(last, s.Text()); len(last) > 10 {
			last = last[1:]
		}
	}
	return "\n" + strings.Join(last, "\n")
}
