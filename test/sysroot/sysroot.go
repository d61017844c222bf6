// Package sysroot unpacks a small Debian arm64 tree (C library, compiler proper,
// Python, shell and tools) below build/, from the package sources that the
// machine's own apt is configured with. Nothing is installed on the machine, and
// its dpkg architectures are left as they are: apt runs with folders of its own.
package sysroot

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// packages are what tests and benchmarks run; apt adds what they depend on.
var packages = []string{
	"cpp-12", "gcc-12", "binutils", "python3-minimal", "libpython3.11-stdlib",
	"bash", "dash", "coreutils", "sed", "grep", "gawk", "perl-base", "openssl", "make",
	"musl-dev", "gzip", "xz-utils", "bzip2", "file", "bc",
}

// Tree is an unpacked tree.
type Tree struct {
	Path string // absolute path of its root folder
}

// Find returns the one path in the tree that matches a glob pattern, relative to
// its root. It returns an error when none matches, and the first of several.
func (t Tree) Find(pattern string) (string, error) {
	m, err := filepath.Glob(filepath.Join(t.Path, pattern))
	if err != nil {
		return "", err
	}
	if len(m) == 0 {
		return "", fmt.Errorf("%s: nothing matches %s", t.Path, pattern)
	}
	return m[0], nil
}

// Ensure returns the tree below root/build/sysroot, downloading and unpacking it
// when it is not there or the list of packages has changed. Concurrent callers
// wait for one another.
func Ensure(root string) (Tree, error) {
	base := filepath.Join(root, "build", "sysroot")
	if err := os.MkdirAll(base, 0o755); err != nil {
		return Tree{}, err
	}
	lock, err := os.Create(filepath.Join(base, "lock"))
	if err != nil {
		return Tree{}, err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return Tree{}, fmt.Errorf("lock %s: %w", lock.Name(), err)
	}
	sum := sha256.Sum256([]byte(strings.Join(packages, " ")))
	tree := Tree{filepath.Join(base, "arm64-"+hex.EncodeToString(sum[:4]))}
	if _, err := os.Stat(tree.Path); err == nil {
		return tree, nil
	}
	debs, err := download(filepath.Join(base, "apt"))
	if err != nil {
		return Tree{}, err
	}
	tmp := tree.Path + ".tmp"
	if err := os.RemoveAll(tmp); err != nil {
		return Tree{}, err
	}
	if err := os.MkdirAll(tmp, 0o755); err != nil {
		return Tree{}, err
	}
	for _, deb := range debs {
		if msg, err := exec.Command("dpkg-deb", "-x", deb, tmp).CombinedOutput(); err != nil {
			return Tree{}, fmt.Errorf("dpkg-deb -x %s: %w\n%s", deb, err, msg)
		}
	}
	return tree, os.Rename(tmp, tree.Path)
}

// download fetches the packages and what they depend on into a private apt
// archive below dir, and returns the paths of the .deb files.
func download(dir string) ([]string, error) {
	for _, d := range []string{"state/lists/partial", "cache/archives/partial", "etc/apt.conf.d", "etc/preferences.d"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			return nil, err
		}
	}
	status := filepath.Join(dir, "state", "status")
	if err := os.WriteFile(status, nil, 0o644); err != nil {
		return nil, err
	}
	// Everything about sources, keys, proxies and transport stays the
	// machine's; state, cache and architecture are private.
	opts := []string{
		"-q", "-y",
		"-o", "APT::Architecture=arm64", "-o", "APT::Architectures::=arm64",
		"-o", "Dir::State=" + filepath.Join(dir, "state"),
		"-o", "Dir::State::status=" + status,
		"-o", "Dir::Cache=" + filepath.Join(dir, "cache"),
		"-o", "Debug::NoLocking=1",
		"-o", "APT::Sandbox::User=root",
		"-o", "APT::Install-Recommends=false",
		"-o", "Acquire::Languages=none",
		"-o", "DPkg::Post-Invoke=", "-o", "APT::Update::Post-Invoke=",
		"-o", "Binary::apt::APT::Keep-Downloaded-Packages=1",
		"-o", "APT::Keep-Downloaded-Packages=1",
	}
	if out, err := apt(append(opts, "update")); err != nil {
		return nil, fmt.Errorf("apt-get update for arm64: %w\n%s", err, out)
	}
	args := append(append([]string{}, opts...), "install", "--download-only")
	if out, err := apt(append(args, packages...)); err != nil {
		return nil, fmt.Errorf("apt-get download for arm64: %w\n%s", err, out)
	}
	debs, err := filepath.Glob(filepath.Join(dir, "cache", "archives", "*.deb"))
	if err == nil && len(debs) == 0 {
		err = fmt.Errorf("apt-get downloaded nothing to %s", dir)
	}
	return debs, err
}

func apt(args []string) ([]byte, error) {
	cmd := exec.Command("apt-get", args...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.Bytes(), err
}
