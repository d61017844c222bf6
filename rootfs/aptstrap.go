package rootfs

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"armature/rootfs/tree"
)

// aptWork is the directory in the tree for what is needed while it is made. It begins as
// Marker does, so that nothing takes it for a file of the distribution's.
const aptWork = ".armature-apt"

// aptConfig is for an apt with an empty system of its own, for arm64: of the machine's
// configuration there remain proxies, credentials and the like. It has the tree's working directory.
const aptConfig = `Dir "%s/";
Dir::Bin::methods "/usr/lib/apt/methods";
Dir::State::status "%[1]s/status";
Dir::Etc::netrc "/etc/apt/auth.conf";
Dir::Etc::netrcparts "/etc/apt/auth.conf.d";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
#clear APT::Architectures;
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
#clear APT::Default-Release;
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Install-Pkgs;
APT::Update::Error-Mode "any";
APT::Sandbox::User "root";
APT::Install-Recommends "false";
APT::Install-Suggests "false";
APT::Get::Assume-Yes "true";
APT::Get::AllowUnauthenticated "false";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::Languages "none";
Acquire::Retries "3";
`

// aptSecond is run in the tree: the packages that all others rely on are there as files, but
// not installed. dpkg's warnings about that stay in its log, unless it fails.
const aptSecond = `
cd /` + aptWork + `
step() {
	rm -f done
	{ dpkg "$@" && touch done; } 2>&1 | tee -a log | grep --line-buffered -e "^Unpacking " -e "^Setting up " || true
	[ -e done ] || { tail -n 20 log; exit 1; }
}
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
[ -e /usr/bin/awk ] || ln -s mawk /usr/bin/awk
step --force-depends --install archives/base-passwd_*.deb
step --force-depends --install $(cat required)
[ ! -s others ] || step --force-depends --unpack $(cat others)
step --configure --pending
rm /usr/sbin/policy-rc.d
wrong=$(dpkg --audit)
[ -z "$wrong" ] || { echo "$wrong"; exit 1; }
`

// apt makes the tree with the machine's apt, which checks signatures and hashes and knows
// which packages belong together; the rest is done here and by the tree's own programs.
func (b *bootstrapper) apt(dir string) (err error) {
	t, err := b.target(dir)
	if err != nil {
		return err
	}
	defer func() { err = b.failed(t, err) }()
	b.o.Log("apt makes the tree from %s, checked with %s", b.o.Mirror, b.o.Keyring)
	work := filepath.Join(b.dir, aptWork)
	required, others, err := b.download(work)
	if err != nil {
		return err
	}
	if err := skeleton(b.dir); err != nil {
		return err
	}
	b.o.Log("unpacking %d packages", len(required))
	if err := b.unpackDebs(b.dir, required); err != nil {
		return err
	}
	if err := errors.Join(
		os.WriteFile(filepath.Join(work, "required"), nameList(required), 0o644),
		os.WriteFile(filepath.Join(work, "others"), nameList(others), 0o644),
		settle(b.dir, fmt.Sprintf("deb %s %s main\n", b.o.Mirror, b.suite)),
	); err != nil {
		return err
	}
	b.o.Log("the tree's own programs install %d packages", len(required)+len(others))
	env := []string{"DEBIAN_FRONTEND=noninteractive", "DEBCONF_NONINTERACTIVE_SEEN=true"}
	if err := b.o.Chroot(b.dir, env, []string{"/bin/sh", "-euc", aptSecond}, b.lease.Add); err != nil {
		return fmt.Errorf("installing the packages in the tree: %w", err)
	}
	if b.ctx.Err() != nil {
		return context.Cause(b.ctx)
	}
	if err := errors.Join(os.RemoveAll(work), lockDir(filepath.Join(b.dir, "run"))); err != nil {
		return err
	}
	return t.done()
}

// download has apt fetch the packages to work/archives: those that are required, with all
// that they need, and the others.
func (b *bootstrapper) download(work string) (required, others []string, err error) {
	for _, d := range []string{"etc/apt/apt.conf.d", "etc/apt/preferences.d", "etc/apt/sources.list.d", "etc/apt/trusted.gpg.d", "var/lib/apt/lists/partial", "archives/partial", "var/log/apt"} {
		if err := os.MkdirAll(filepath.Join(work, d), 0o755); err != nil {
			return nil, nil, err
		}
	}
	mirror := b.o.Mirror
	if rest, ok := strings.CutPrefix(mirror, "file:"); ok {
		mirror = "copy:" + rest // apt would leave the files where they are
	}
	archives := filepath.Join(work, "archives")
	conf := filepath.Join(work, "apt.conf")
	if err := errors.Join(
		os.WriteFile(filepath.Join(work, "status"), nil, 0o644),
		os.WriteFile(conf, fmt.Appendf(nil, aptConfig+"Dir::Cache::archives \"%[2]s/\";\n", work, archives), 0o644),
		os.WriteFile(filepath.Join(work, "etc/apt/sources.list"), fmt.Appendf(nil, "deb [arch=arm64 signed-by=%s] %s %s main\n", b.o.Keyring, mirror, b.suite), 0o644),
	); err != nil {
		return nil, nil, err
	}
	apt := func(args ...string) error {
		return b.run(b.command(append([]string{"-q", "-c", conf}, args...)...), nil, aptNews)
	}
	if err := apt("update"); err != nil {
		return nil, nil, err
	}
	cmd := exec.CommandContext(b.ctx, filepath.Join(filepath.Dir(b.tool), "apt-cache"), "-c", conf, "dumpavail")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	list, err := cmd.Output()
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", cmd.Path, err)
	}
	first, second := choose(list, b.o.Variant)
	if len(first) == 0 {
		return nil, nil, fmt.Errorf("%s has no packages for arm64 in %s", b.o.Mirror, b.suite)
	}
	second = append(second, b.o.Include...)
	if strings.HasPrefix(b.o.Mirror, "https:") {
		second = append(second, "ca-certificates")
	}
	if err := apt(append([]string{"--download-only", "install"}, first...)...); err != nil {
		return nil, nil, err
	}
	if required, err = filepath.Glob(filepath.Join(archives, "*.deb")); err != nil {
		return nil, nil, err
	}
	if err := apt(slices.Concat([]string{"--download-only", "install"}, first, second)...); err != nil {
		return nil, nil, err
	}
	all, err := filepath.Glob(filepath.Join(archives, "*.deb"))
	if err != nil {
		return nil, nil, err
	}
	return required, slices.DeleteFunc(all, func(p string) bool { return slices.Contains(required, p) }), nil
}

// aptNews tells whether a line of apt's is worth handing on.
func aptNews(line string) bool {
	word, _, _ := strings.Cut(line, ":")
	return slices.Contains([]string{"Get", "Err", "E", "W"}, word)
}

// choose names the packages of a variant from the paragraphs of a list of all: those that are
// required, and more, as debootstrap has them.
func choose(list []byte, variant string) (required, more []string) {
	merged, wanted := false, false
	for p := range bytes.SplitSeq(list, []byte("\n\n")) {
		f := map[string]string{}
		for s := bufio.NewScanner(bytes.NewReader(p)); s.Scan(); {
			k, v, _ := strings.Cut(s.Text(), ": ")
			switch k {
			case "Package", "Priority", "Essential", "Depends":
				f[k] = v
			}
		}
		name, need := f["Package"], f["Essential"] == "yes" || f["Priority"] == "required"
		merged = merged || name == usrIsMerged
		switch {
		case name == "":
		case need:
			required = append(required, name)
			wanted = wanted || strings.Contains(f["Depends"], usrIsMerged)
		case f["Priority"] == "important" && variant == "":
			more = append(more, name)
		}
	}
	if merged && wanted {
		required = append(required, usrIsMerged)
	}
	switch variant {
	case "minbase":
		more = append(more, "apt")
	case "buildd":
		more = append(more, "apt", "build-essential")
	}
	return required, more
}

// usrIsMerged is the package that says so of a tree whose /bin is /usr/bin. Without it, its
// alternative is taken in bookworm, which would move files, and has Perl with it.
const usrIsMerged = "usr-is-merged"

// nameList is a list for xargs of files in the work directory.
func nameList(paths []string) []byte {
	var b bytes.Buffer
	for _, p := range paths {
		fmt.Fprintf(&b, "archives/%s\n", filepath.Base(p))
	}
	return b.Bytes()
}

// skeleton makes what is there before any package: /usr with what was beside it, and
// dpkg's empty lists.
func skeleton(dir string) error {
	for _, d := range []string{"usr/bin", "usr/sbin", "usr/lib", "var/lib/dpkg"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			return err
		}
	}
	for _, l := range []string{"bin", "sbin", "lib"} {
		if err := os.Symlink("usr/"+l, filepath.Join(dir, l)); err != nil {
			return err
		}
	}
	return errors.Join(
		os.WriteFile(filepath.Join(dir, "var/lib/dpkg/status"), nil, 0o644),
		os.WriteFile(filepath.Join(dir, "var/lib/dpkg/available"), nil, 0o644))
}

// unpackDebs unpacks the files of packages.
func (b *bootstrapper) unpackDebs(dir string, debs []string) error {
	limits, err := limitsOf(dir, 0)
	if err != nil {
		return err
	}
	u := &unpacker{ctx: b.ctx, dir: dir, src: &source{debs: debs}, trust: true, // apt has checked them
		o: UnpackOptions{Log: b.o.Log, Progress: func(int64, int64) {}}}
	u.w, err = tree.New(dir, tree.Options{KeepOwners: true, Limits: limits, FollowDirs: true, Warn: func(m string) { b.o.Log("%s", m) }})
	if err != nil {
		return err
	}
	defer u.w.Close()
	if err := u.run(); err != nil {
		return err
	}
	return u.w.Finish()
}

// devices are those of a tree before anything is mounted in it.
var devices = []struct {
	name         string
	mode         uint32
	major, minor int
}{
	{"null", 0o666, 1, 3}, {"zero", 0o666, 1, 5}, {"full", 0o666, 1, 7}, {"random", 0o666, 1, 8},
	{"urandom", 0o666, 1, 9}, {"tty", 0o666, 5, 0}, {"console", 0o600, 5, 1}, {"ptmx", 0o666, 5, 2},
}

// settle makes the files of a tree that belong to no package.
func settle(dir, sources string) error {
	var errs []error
	for _, d := range []string{"dev/pts", "dev/shm", "etc/apt"} {
		errs = append(errs, os.MkdirAll(filepath.Join(dir, d), 0o755))
	}
	errs = append(errs, os.WriteFile(filepath.Join(dir, "etc/apt/sources.list"), []byte(sources), 0o644))
	for link, to := range map[string]string{"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2"} {
		errs = append(errs, os.Symlink(to, filepath.Join(dir, "dev", link)))
	}
	for _, d := range devices {
		name := filepath.Join(dir, "dev", d.name)
		if err := syscall.Mknod(name, syscall.S_IFCHR|d.mode, d.major<<8|d.minor); err != nil {
			if errors.Is(err, syscall.EPERM) && !initialUsers() {
				break // nobody can in a user namespace
			}
			errs = append(errs, &os.PathError{Op: "mknod", Path: name, Err: err})
		} else {
			errs = append(errs, os.Chmod(name, os.FileMode(d.mode)))
		}
	}
	for _, name := range []string{"etc/hostname", "etc/resolv.conf"} {
		if b, err := os.ReadFile("/" + name); err == nil {
			errs = append(errs, os.WriteFile(filepath.Join(dir, name), b, 0o644))
		}
	}
	return errors.Join(errs...)
}
