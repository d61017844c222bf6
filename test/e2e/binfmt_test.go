package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"armature/test/cbuild"
)

func init() { otherSources["who"] = true }

// namespacedJob is a shell script that runs in user and mount namespaces of its own, and so
// with a binfmt_misc of its own: nothing that it registers or mounts is left when
// it ends, however it ends. Root keeps its user IDs; others are root by one ID.
// $A is the program under test, $T an empty directory, $WHO a guest program.
func namespacedJob(t *testing.T, flags uintptr, script string) job {
	t.Helper()
	who, err := cbuild.Build(cbuild.Spec{Name: "who", Target: cbuild.ARM64, Flags: []string{"-O1", "-static"}, Srcs: []string{filepath.Join(root, "test/guest/c/who.c")}})
	if err != nil {
		t.Fatal(err)
	}
	ids := func(id int) []syscall.SysProcIDMap {
		if os.Getuid() == 0 {
			return []syscall.SysProcIDMap{{Size: 65536}}
		}
		return []syscall.SysProcIDMap{{HostID: id, Size: 1}}
	}
	sys := syscall.SysProcAttr{Cloneflags: flags, Pdeathsig: syscall.SIGKILL}
	if flags&syscall.CLONE_NEWUSER != 0 {
		sys.UidMappings, sys.GidMappings = ids(os.Getuid()), ids(os.Getgid())
		sys.GidMappingsEnableSetgroups = os.Getuid() == 0
	}
	return job{
		argv: []string{"/bin/sh", "-euc", script},
		env: []string{
			"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "HOME=/", "ARMATURE_CACHE=off", "T=" + t.TempDir(), "WHO=" + who,
			"A=" + filepath.Join(filepath.Dir(emulate[0]), "armature"),
			"QEMU=" + refer[0],
		},
		sys: sys,
	}
}

// Flags for namespacedJob: with a user namespace, and without, which takes root.
const (
	rootOfNamespace = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID
	rootOfMachine   = syscall.CLONE_NEWNS | syscall.CLONE_NEWPID
)

// ownProc begins a script: it looks at its own processes, and its mounts are its own.
const ownProc = "mount --make-rprivate /; mount -t proc proc /proc\n"

// TestBinfmt: each step prints one line on what matters, or what a command says.
func TestBinfmt(t *testing.T) {
	for _, c := range []struct{ name, script, want string }{
		{"install, run, remove", `
			$A binfmt status >$T/s || echo "status $?"
			$A binfmt install
			$A binfmt install
			$WHO a b || echo "exit $?"
			$A binfmt status | grep -c 'enabled, in use'
			$A binfmt remove
			$A binfmt remove
			$WHO 2>$T/e || echo "exit $?"`, `
			status 1
			aarch64 programs now run by $A-aarch64 (flags POCF)
			aarch64 programs run by $A-aarch64 (flags POCF), as before
			argv [$WHO] [a] [b]
			execfn $WHO
			uid 0 euid 0 secure 0
			WHO $WHO
			exit 7
			1
			removed armature-aarch64
			armature-aarch64 was not registered
			exit 126`},
		{"argv[0], relative paths, names like options", `
			$A binfmt install >/dev/null
			cp $WHO $T/-strace
			cd $T
			PATH=$T
			-strace x || echo "exit $?"
			exec ./-strace -L y`, `
			argv [-strace] [x]
			execfn $T/-strace
			uid 0 euid 0 secure 0
			WHO $WHO
			exit 7
			argv [./-strace] [-L] [y]
			execfn ./-strace
			uid 0 euid 0 secure 0
			WHO $WHO`},
		{"argv[0] of its own", `
			$A binfmt install >/dev/null
			$WHO exec $WHO other z`, `
			argv [other] [z]
			execfn $WHO
			uid 0 euid 0 secure 0
			WHO $WHO`},
		{"in a chroot, without /proc", `
			$A binfmt install >/dev/null
			cp $WHO $T/who
			chroot $T /who exec /who inner 1`, `
			argv [inner] [1]
			execfn /who
			uid 0 euid 0 secure 0
			WHO $WHO`},
		{"script", `
			$A binfmt install >/dev/null
			mkdir $T/d
			cp $WHO $T/d/who
			printf '#!%s arg\n' $T/d/who >$T/script
			chmod +x $T/script
			$T/script more`, `
			argv [$T/d/who] [arg] [$T/script] [more]
			execfn $T/d/who
			uid 0 euid 0 secure 0
			WHO $WHO`},
		{"another emulator's handler", `
			mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
			cd /proc/sys/fs/binfmt_misc
			m='\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
			printf '%s' ":qemu-aarch64:M::$m:$QEMU:F" >register
			printf '%s' ":qemu-aarch64-too:M::$m:$QEMU:F" >register
			printf '%s' ":other:E::xyz::/bin/true:" >register
			$A binfmt install 2>&1 || echo "exit $?"
			ls
			$A binfmt install --replace
			$A binfmt install --replace
			ls
			$A binfmt status || echo "exit $?"
			head -n 1 qemu-aarch64 qemu-aarch64-too
			$A binfmt remove
			head -n 1 qemu-aarch64 qemu-aarch64-too
			ls`, `
			armature: aarch64 programs are handled by qemu-aarch64 ($QEMU), qemu-aarch64-too ($QEMU): use --replace to take its place until |armature binfmt remove|
			exit 1
			other
			qemu-aarch64
			qemu-aarch64-too
			register
			status
			disabled qemu-aarch64 ($QEMU); |armature binfmt remove| enables it again
			disabled qemu-aarch64-too ($QEMU); |armature binfmt remove| enables it again
			aarch64 programs now run by $A-aarch64 (flags POCF)
			aarch64 programs run by $A-aarch64 (flags POCF), as before
			armature-aarch64
			armature-aarch64-replaces-qemu-aarch64
			armature-aarch64-replaces-qemu-aarch64-too
			other
			qemu-aarch64
			qemu-aarch64-too
			register
			status
			aarch64 programs: run by $A
			handler armature-aarch64: $A-aarch64, flags POCF (enabled, in use)
			handler qemu-aarch64: $QEMU, flags F (disabled in favour of armature-aarch64)
			handler qemu-aarch64-too: $QEMU, flags F (disabled in favour of armature-aarch64)
			==> qemu-aarch64 <==
			disabled

			==> qemu-aarch64-too <==
			disabled
			removed armature-aarch64
			enabled qemu-aarch64 again
			enabled qemu-aarch64-too again
			==> qemu-aarch64 <==
			enabled

			==> qemu-aarch64-too <==
			enabled
			other
			qemu-aarch64
			qemu-aarch64-too
			register
			status`},
		{"stale", `
			cp $A $T/armature
			$T/armature binfmt install
			cp $A $T/new
			mv $T/new $T/armature
			$A binfmt status | tail -n +2
			$T/armature binfmt install
			$A binfmt status | tail -n +2
			rm $T/armature
			$A binfmt status || echo "exit $?"`, `
			aarch64 programs now run by $T/armature (flags POCF)
			handler armature-aarch64: $T/armature, flags POCF (enabled, in use, stale)
			   its interpreter has been replaced since it was registered; the kernel uses the older file; |armature binfmt install| renews it
			aarch64 programs run by $T/armature (flags POCF), as before
			handler armature-aarch64: $T/armature, flags POCF (enabled, in use)
			aarch64 programs: run by $T/armature (deleted)
			handler armature-aarch64: $T/armature, flags POCF (enabled, in use, stale)
			   its interpreter is gone (it may be one of a container or an uninstalled package); it works from the copy that the kernel has open; |armature binfmt install| renews it`},
		{"flags and failures", `
			$A binfmt install --flags X 2>&1 || echo "exit $?"
			$A binfmt install --interpreter /nonexistent 2>&1 || echo "exit $?"
			$A binfmt install surplus 2>&1 || echo "exit $?"
			$A binfmt install --flags C
			head -n 3 /proc/sys/fs/binfmt_misc/armature-aarch64
			$A binfmt install --flags ''
			head -n 3 /proc/sys/fs/binfmt_misc/armature-aarch64
			echo 0 >/proc/sys/fs/binfmt_misc/status
			$A binfmt status | head -n 2
			$A binfmt install --interpreter /bin/false
			$A binfmt status | head -n 1`, `
			armature: unknown flag 'X': want letters of POCF
			exit 2
			armature: the interpreter: stat /nonexistent: no such file or directory
			exit 1
			armature: install takes no argument ("surplus")
			exit 2
			aarch64 programs now run by $A-aarch64 (flags OCF)
			enabled
			interpreter $A-aarch64
			flags: OCF
			aarch64 programs now run by $A-aarch64 (flags F), before by $A-aarch64 (OCF)
			enabled
			interpreter $A-aarch64
			flags: F
			binfmt_misc is switched off as a whole (|armature binfmt install| switches it on)
			aarch64 programs: not handled: no handler takes aarch64 programs
			binfmt_misc was switched off as a whole; it is on now
			aarch64 programs now run by /bin/false (flags POCF), before by $A-aarch64 (F)
			aarch64 programs: not handled: an aarch64 program does not run as it should (exit status 1)`},
		{"persist", `
			mkdir -p $T/proc $T/usr/lib/binfmt.d $T/usr/lib/systemd
			mount -t proc proc $T/proc
			mount -t binfmt_misc binfmt_misc $T/proc/sys/fs/binfmt_misc
			m='\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
			printf '%s' ":qemu-aarch64:M::$m:$QEMU:F" >$T/proc/sys/fs/binfmt_misc/register
			printf '%s\n' ":qemu-aarch64:M::$m:$QEMU:F" >$T/usr/lib/binfmt.d/qemu-aarch64.conf
			$A binfmt install --root $T --persist --replace | grep -c 'no systemd'
			touch $T/usr/lib/systemd/systemd-binfmt
			$A binfmt install --root $T --persist --replace
			$A binfmt install --root $T --persist
			tail -n 2 $T/etc/binfmt.d/armature-aarch64.conf
			# What is written is what the kernel takes.
			echo -1 >$T/proc/sys/fs/binfmt_misc/armature-aarch64
			tail -n 1 $T/etc/binfmt.d/armature-aarch64.conf >$T/proc/sys/fs/binfmt_misc/register
			$A binfmt status --root $T | tail -n 1
			$A binfmt remove --root $T
			ls $T/etc/binfmt.d`, `
			1
			aarch64 programs run by $A-aarch64 (flags POCF), as before
			wrote $T/etc/binfmt.d/armature-aarch64.conf
			hid qemu-aarch64.conf by $T/etc/binfmt.d/qemu-aarch64.conf
			aarch64 programs run by $A-aarch64 (flags POCF), as before
			wrote $T/etc/binfmt.d/armature-aarch64.conf
			# hides: qemu-aarch64.conf
			:armature-aarch64:M::\x7f\x45\x4c\x46\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:$A-aarch64:POCF
			registered at boot by $T/etc/binfmt.d/armature-aarch64.conf
			removed $T/etc/binfmt.d/qemu-aarch64.conf
			removed $T/etc/binfmt.d/armature-aarch64.conf
			removed armature-aarch64
			enabled qemu-aarch64 again`},
		{"json", `
			$A binfmt status --json | tr -d ' \n' || true; echo
			$A binfmt install --flags F >/dev/null
			$A binfmt status --json | tr -d ' \n'`, `
			{"supported":["linux/amd64"],"emulators":[],"mounted":false,"enabled":false,"handlers":[],"live":{"ok":false,"error":"binfmt_miscisnotmountedat/proc/sys/fs/binfmt_misc"}}
			{"supported":["linux/amd64","linux/arm64"],"emulators":["armature-aarch64"],"mounted":true,"enabled":true,"handlers":[{"name":"armature-aarch64","interpreter":"$A-aarch64","flags":"F","enabled":true,"ours":true,"running":true,"stale":false}],"live":{"ok":true,"interpreter":"$A"}}`},
		{"nobody may", `
			mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
			chmod 000 /proc/sys/fs/binfmt_misc/register
			setpriv --bounding-set=-all --no-new-privs $A binfmt install 2>&1 | cut -d '(' -f 1`, `
			armature: mounting binfmt_misc in this user namespace: operation not permitted `},
	} {
		t.Run(c.name, func(t *testing.T) {
			expect(t, c.script, c.want)
		})
	}
}

func expect(t *testing.T, script, want string) {
	t.Helper()
	expectAs(t, rootOfNamespace, script, want)
}

// expectLong is expect for a script that takes long.
func expectLong(t *testing.T, script, want string) {
	t.Helper()
	expectWithin(t, rootOfNamespace, longLimit, script, want)
}

func expectAs(t *testing.T, flags uintptr, script, want string) {
	t.Helper()
	expectWithin(t, flags, runLimit, script, want)
}

// expectWithin runs a script and compares its output with lines; in these, the names of
// the script's variables stand for their values, and | for a backquote.
func expectWithin(t *testing.T, flags uintptr, limit time.Duration, script, want string) {
	t.Helper()
	var vars []string
	j := namespacedJob(t, flags, `printf '%s\n' "$A" "$T" "$WHO" "$QEMU" >&2; echo . >&2; `+ownProc+script)
	j.limit = limit
	o := run(t, j)
	head, rest, _ := strings.Cut(o.Stderr, ".\n")
	if vars = strings.Split(head, "\n"); len(vars) < 4 {
		t.Fatalf("%s: %s", o.end(), o.Stderr)
	}
	subst := strings.NewReplacer("$A", vars[0], "$T", vars[1], "$WHO", vars[2], "$QEMU", vars[3], "|", "`")
	var lines []string
	for l := range strings.Lines(strings.TrimPrefix(want, "\n")) {
		lines = append(lines, strings.TrimPrefix(strings.TrimSuffix(l, "\n"), "\t\t\t"))
	}
	w := subst.Replace(strings.Join(lines, "\n"))
	if got := strings.TrimSuffix(o.Stdout, "\n"); got != w {
		t.Errorf("output differs: %s\nwhole output:\n%s\n%s; stderr: %s", difference(w, got), got, o.end(), rest)
	}
}

// TestBinfmtSetuid: with credentials a setuid program has its owner's rights, and
// what the user set for the emulator is ignored.
func TestBinfmtSetuid(t *testing.T) {
	needRoot(t)
	const script = `
			cp $WHO $T/su
			chmod 04711 $T/su
			chmod 755 $T $T/..
			mkdir $T/etc
			for flags in POCF PF; do
				$A binfmt install --flags $flags >/dev/null
				chmod 0711 $T/su; setpriv --reuid=1000 --clear-groups $T/su 2>&1 | grep -e ^uid -e denied || true
				chmod 04755 $T/su; QEMU_STRACE=1 ARMATURE_STRACE=1 setpriv --reuid=1000 --clear-groups $T/su 2>$T/err | grep ^uid
				grep -c getuid $T/err || true
				# From another ARM program, which starts programs by itself otherwise.
				setpriv --reuid=1000 --clear-groups $WHO exec $T/su su | grep ^uid
			done`
	expect(t, script, `
			uid 1000 euid 1000 secure 0
			uid 1000 euid 0 secure 1
			0
			uid 1000 euid 0 secure 1
			armature: $T/su: permission denied
			uid 1000 euid 1000 secure 0
			1
			uid 1000 euid 1000 secure 0`)
}

// TestDirectExec: called as BuildKit does, for a program by its name.
func TestDirectExec(t *testing.T) {
	expect(t, `
			ln -s $A $T/.buildkit_qemu_emulator
			ln -s $A $T/qemu-aarch64
			cp $WHO $T/armwho
			printf '#!%s arg\n' $T/armwho >$T/script
			chmod +x $T/script
			E=$T/.buildkit_qemu_emulator
			(cd /; PATH=/usr/bin:$T $E armwho a || echo "exit $?")
			cd $T
			PATH=/usr/bin $E armwho a || echo "exit $?"
			PATH=/usr/bin:$T $E script || echo "exit $?"
			PATH=/usr/bin $E nosuch 2>&1 || echo "exit $?"
			$E $T/armwho spawn $T/armwho x y || echo "exit $?"`, `
			argv [armwho] [a]
			execfn $T/armwho
			uid 0 euid 0 secure 0
			WHO $WHO
			exit 7
			argv [armwho] [a]
			execfn ./armwho
			uid 0 euid 0 secure 0
			WHO $WHO
			exit 7
			argv [$T/armwho] [arg] [./script]
			execfn ./script
			uid 0 euid 0 secure 0
			WHO $WHO
			exit 7
			armature: nosuch: no such file or directory
			exit 127
			argv [x] [y]
			execfn $T/armwho
			uid 0 euid 0 secure 0
			WHO $WHO
			exit 7`)
}
