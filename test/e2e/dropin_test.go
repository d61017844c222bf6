package e2e

import (
	"path/filepath"
	"testing"

	"armature/test/sysroot"
)

// TestDropIn: called by QEMU's name, it takes QEMU's options and variables.
func TestDropIn(t *testing.T) {
	tree, err := sysroot.Ensure(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, script, want string }{
		{"names", `
			for n in qemu-aarch64 qemu-aarch64-static; do
				ln -s $A $T/$n
				$T/$n $WHO a 2>&1 | head -n 1
				$T/$n -version | cut -d ' ' -f 1
				$T/$n 2>/dev/null || echo "exit $?"
				$T/$n /nosuch 2>/dev/null || echo "exit $?"
			done
			$A --version | cut -d ' ' -f 1
			ln -s $A $T/aarch64-binfmt-P
			$T/aarch64-binfmt-P $WHO argv0 -strace | head -n 1`, `
			argv [$WHO] [a]
			armature
			exit 2
			exit 127
			argv [$WHO] [a]
			armature
			exit 2
			exit 127
			armature
			argv [argv0] [-strace]`},
		{"options", `
			ln -s $A $T/qemu-aarch64; Q=$T/qemu-aarch64
			$Q -L $TREE $TREE/bin/echo dynamic
			(cd $TREE/bin; $Q -L .. ./echo relative)
			$Q -E WHO=set $WHO | tail -n 1
			$Q -E A=1,WHO=two $WHO | tail -n 1
			$Q -U WHO $WHO | tail -n 1
			$Q -0 zero $WHO -L | head -n 1
			$Q -cpu max -p 4096 -R 4G -s 8388608 -B 0x1000 -seed 1 -singlestep -dfilter 0..1 -cpu cortex-a53 $WHO 2>&1 | head -n 8
			$Q -cpu max,pauth-impdef=on,sve=off $WHO 2>&1 | head -n 1
			$Q -cpu max,sve=on $WHO 2>&1 | head -n 1
			$Q -cpu help | tail -n 1
			$Q -cpu help 2>&1 >/dev/full || echo "exit $?"
			$A completion bash 2>&1 >/dev/full || echo "exit $?"
			$A --help 2>/dev/null >/dev/full || echo "exit $?"
			$Q -L $TREE -r 3.2.1 $TREE/bin/uname -r
			$Q -L $TREE -r 3.2.1 $TREE/bin/sh -c '/bin/uname -sr'
			$Q -d strace $WHO 2>&1 >/dev/null | grep -c 'getuid.*= 0'
			$Q -d op,page $WHO 2>$T/d >/dev/null || true; grep -c ignored $T/d
			$Q -d nosuch $WHO 2>/dev/null || echo "exit $?"
			$Q -plugin x $WHO 2>&1 || echo "exit $?"
			$Q -h | grep -c ' -L,'
			$Q -help | grep -c ' -L,'
			$Q -strace $WHO 2>&1 >/dev/null | grep -c 'getuid.*= 0'
			$Q -d exec -D $T/log $WHO >/dev/null || true; test -s $T/log && echo logged
			$Q -nonsense $WHO 2>/dev/null || echo "exit $?"
			$Q -E 2>/dev/null || echo "exit $?"`, `
			dynamic
			relative
			WHO set
			WHO two
			WHO (none)
			argv [zero] [-L]
			armature: note: option -R is ignored: a guest has the host's addresses, and limits are for ulimit -v
			armature: note: option -s is ignored: the size of the stack is that of ulimit -s
			armature: note: option -B is ignored: a guest has the host's addresses
			armature: note: option -seed is ignored: random numbers are the host's
			armature: note: option -singlestep is ignored: with -d exec,cpu --engine=interp each instruction is shown
			armature: note: option -dfilter is ignored: all addresses are traced
			armature: note: option -cpu cortex-a53 is ignored: the CPU is always a Neoverse N1
			argv [$WHO]
			argv [$WHO]
			armature: note: option -cpu max,sve=on is ignored: the CPU is always a Neoverse N1
			  neoverse-n1
			armature: write /dev/stdout: no space left on device
			exit 1
			armature: write /dev/stdout: no space left on device
			exit 1
			exit 1
			3.2.1
			Linux 3.2.1
			1
			1
			exit 2
			armature: option -plugin: there are no plugins here (qemu-aarch64 --help lists the options)
			exit 2
			1
			1
			1
			logged
			exit 2
			exit 2`},
		{"variables", `
			ln -s $A $T/qemu-aarch64; Q=$T/qemu-aarch64
			QEMU_LD_PREFIX=$TREE $Q $TREE/bin/echo dynamic
			QEMU_SET_ENV=A=1,WHO=set $Q $WHO | tail -n 1
			QEMU_UNSET_ENV=A,WHO $Q $WHO | tail -n 1
			QEMU_SET_ENV=WHO=set $Q -E WHO=option $WHO | tail -n 1
			QEMU_ARGV0=zero $Q $WHO a | head -n 1
			QEMU_ARGV0=zero $Q -0 one $WHO a | head -n 1
			QEMU_CPU=max QEMU_RESERVED_VA=4G $Q $WHO a | head -n 1
			QEMU_UNAME=4.5.6 $Q -L $TREE $TREE/bin/uname -r
			QEMU_UNAME=4.5.6 $Q -r 7.8.9 -L $TREE $TREE/bin/uname -r
			QEMU_STACK_SIZE=1 QEMU_GUEST_BASE=1 QEMU_PAGESIZE=1 QEMU_SINGLESTEP=1 QEMU_RAND_SEED=1 QEMU_DFILTER=1 $Q $WHO a 2>&1 | head -n 1
			QEMU_LOG=exec QEMU_LOG_FILENAME=$T/log2 $Q $WHO >/dev/null || true; test -s $T/log2 && echo logged
			QEMU_STRACE=1 $Q $WHO 2>&1 >/dev/null | grep -c 'getuid.*= 0'
			ARMATURE_SET_ENV=WHO=ours QEMU_SET_ENV=WHO=theirs $Q $WHO | tail -n 1`, `
			dynamic
			WHO set
			WHO (none)
			WHO option
			argv [zero] [a]
			argv [one] [a]
			argv [$WHO] [a]
			4.5.6
			7.8.9
			argv [$WHO] [a]
			logged
			1
			WHO ours`},
	} {
		t.Run(c.name, func(t *testing.T) {
			expect(t, "TREE="+filepath.Clean(tree.Path)+"\n"+c.script, c.want)
		})
	}
}
