package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// The group of builds: what a packager waits for, in a Debian arm64 tree with the
// build dependencies of zlib. The peer runs in it by binfmt_misc and chroot, Armature
// by `armature chroot`; each has its handler registered in namespaces of its own.
const builds group = "builds"

// buildTable has what runs in a fresh copy of zlib's source package; the last lines of
// each script say whether it did what it should.
var buildTable = []struct {
	name   string
	rounds int // at most
	script string
}{
	{"fork-exec", 5, `i=0; while [ $i -lt 300 ]; do /bin/true; i=$((i+1)); done; echo $i`},
	{"configure", 3, `cd zlib-*/; ./configure >../log 2>&1; grep -c '^#define\|^SHAREDLIBV' zconf.h Makefile`},
	{"make", 1, `cd zlib-*/; { ./configure; make; make check; } >../log 2>&1; grep -c 'zlib.*test OK' ../log`},
	{"package", 1, `(cd zlib-*/; dpkg-buildpackage -d -us -uc -b -Pnobiarch) >log 2>&1; grep -c 'zlib.*test OK' log; ls *deb | sed 's/_[^_]*$//'`},
}

// nativeToolsName is Armature with the host's compiler; its translations are kept.
const nativeToolsName = "armature-native-tools"

// buildSetup makes the tree, once. $A is Armature, $B the folder for all of it.
const buildSetup = `
rm -rf $B/new-tree; mkdir -p $B $B/home
export XDG_CACHE_HOME=$B/home
$A rootfs bootstrap --variant minbase debian:bookworm $B/new-tree
sed -n 's/^deb /deb-src /p' $B/new-tree/etc/apt/sources.list >$B/src
cat $B/src >>$B/new-tree/etc/apt/sources.list
tree() { $A chroot --env DEBIAN_FRONTEND=noninteractive --workdir /root $B/new-tree "$@"; }
tree apt-get -qq update
tree apt-get -qq -y --no-install-recommends install build-essential
tree apt-get -qq -y --no-install-recommends build-dep zlib
tree sh -c 'mkdir source; cd source; apt-get -qq source zlib'
mv $B/new-tree $B/tree`

// buildFresh prepares a run: a copy of the source, and the caches as they are to be.
const buildFresh = `
rm -rf $WORK; mkdir $WORK; cp -a $B/tree/root/source/* $WORK
export XDG_CACHE_HOME=$B/home
case $ENGINE in
armature) rm -rf $B/cache; mkdir $B/cache;;
armature-native-tools) $A chroot --native-tools $B/tree true;;
esac`

// buildHead begins a run, as root of a user namespace with all of root's users.
const buildHead = `
mount --make-rprivate /; mount -t proc proc /proc
unset ARMATURE_ROOTFS; export XDG_CACHE_HOME=$B/home ARMATURE_CACHE=$B/cache
in_tree() { $A chroot "$@" --workdir /root/work $B/tree sh -ec "$SCRIPT"; }
case $ENGINE in
native)
	cd $WORK; exec sh -ec "$SCRIPT";;
peer)
	$A binfmt install --interpreter $PEER --flags OCF >/dev/null
	cd $B/tree
	mount -t proc proc proc; mount --rbind /sys sys; mount -t tmpfs -o mode=1777 tmpfs tmp; mount -t tmpfs tmpfs run
	mount -t tmpfs tmpfs dev; mkdir dev/pts dev/shm; ln -s /proc/self/fd dev/fd
	for d in null zero full random urandom tty; do : >dev/$d; mount --bind /dev/$d dev/$d; done
	env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
		chroot . sh -ec "cd /root/work; $SCRIPT";;
armature | armature-cached)
	$A binfmt install >/dev/null; in_tree;;
armature-native-tools)
	$A binfmt install >/dev/null; in_tree --native-tools;;
esac`

// buildCases lists the group's benchmarks. peer is the other emulator's command.
func buildCases(root, peer string) (list []prepared) {
	for _, c := range buildTable {
		list = append(list, prepared{c.name, builds, func() (bench, error) {
			if os.Geteuid() != 0 {
				return bench{}, fmt.Errorf("the group %q takes root", builds)
			}
			dir := filepath.Join(root, "build", "bench")
			env := []string{"A=" + filepath.Join(root, "bin", "armature"), "B=" + dir, "SCRIPT=" + c.script, "LC_ALL=C"}
			if peer != "" {
				path, err := exec.LookPath(strings.Fields(peer)[0])
				if err != nil {
					return bench{}, err
				}
				env = append(env, "PEER="+path)
			}
			if _, err := os.Stat(filepath.Join(dir, "tree")); err != nil {
				fmt.Fprintln(os.Stderr, "bench: making a Debian tree to build in; this takes minutes, once")
				if err := shell(buildSetup, env); err != nil {
					return bench{}, err
				}
			}
			engineEnv := func(e engine) []string {
				work := filepath.Join(dir, "tree/root/work")
				if e.name == nativeName {
					work = filepath.Join(dir, "native-work")
				}
				return append(env[:len(env):len(env)], "ENGINE="+e.name, "WORK="+work)
			}
			return bench{
				name: c.name, group: builds, reps: 1, cross: true, rounds: c.rounds,
				prepare: func(e engine) error { return shell(buildFresh, engineEnv(e)) },
				enter: func(e engine) (argv, env []string, sys *syscall.SysProcAttr) {
					all := []syscall.SysProcIDMap{{Size: 1<<32 - 1}}
					return []string{"/bin/sh", "-euc", buildHead}, engineEnv(e), &syscall.SysProcAttr{
						Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID,
						UidMappings: all, GidMappings: all, GidMappingsEnableSetgroups: true,
						Pdeathsig: syscall.SIGKILL,
					}
				},
			}, nil
		}})
	}
	return list
}

// shell runs a script with variables.
func shell(script string, env []string) error {
	cmd := exec.Command("/bin/sh", "-euc", script)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		return fmt.Errorf("%w: %s", err, strings.Join(lines[max(0, len(lines)-10):], "\n"))
	}
	return nil
}
