package e2e

import (
	"os"
	"testing"

	"armature/test/sysroot"
)

// TestNativeTools: the host's compiler makes of the tree's headers what the tree's
// would, and only if it is the same.
func TestNativeTools(t *testing.T) {
	from, err := sysroot.Ensure(root)
	if err != nil {
		t.Fatal(err)
	}
	flags := uintptr(rootOfNamespace)
	if os.Getuid() == 0 {
		flags = rootOfMachine
	}
	head := "export XDG_CACHE_HOME=$T/cache; TREE=" + from.Path + " SMALL=" + smallTree(t, "0") + `
			B="$A build --project $T/p --rootfs $TREE"
			mkdir $T/p; cd $T/p
			# Whether the machine has a handler is not the test's, and neither is the note on it.
			try() { "$@" 2>$T/e || { s=$?; grep -v note: $T/e | sed 's/on the host ".*/on the host .../'; echo "exit $s"; }; }
			`
	for _, c := range []struct{ name, script, want string }{
		{"same results", `
			cat >f.c <<'END'
#include <stdint.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv)
{
	char b[100] = "";
	for (int i = 0; i < argc; i++)
		strcat(b, argv[i]);
	double d = offsetof(struct { char c; int64_t x; }, x) / 3.0;
	printf("%s %.3f %s\n", b + 2, d, strrchr(__FILE__, '/') ? "path" : __FILE__);
	return 0;
}
END
			cat >build.sh <<'END'
set -e
CC="aarch64-linux-musl-gcc -O2"
$CC -c f.c -MD -o $1.o
$CC -static -o $1 f.c
aarch64-linux-gnu-ar rcs $1.a $1.o
aarch64-linux-gnu-objcopy -R .comment $1.o $1.bare
aarch64-linux-gnu-gcc-12 -S -O1 -g -o - -x c - <f.c 2>/dev/null >$1.s || true
echo '#include <stddef.h>' | aarch64-linux-gnu-gcc-12 -nostdinc -E - >/dev/null 2>&1 || echo nostdinc
echo '#include <asm/types.h>' | aarch64-linux-gnu-gcc-12 -isysroot /nosuch -E - >/dev/null 2>&1 || echo isysroot
for f in bin/aarch64-linux-gnu-as bin/aarch64-linux-gnu-ld.bfd lib/gcc/aarch64-linux-gnu/12/cc1 bin/aarch64-linux-gnu-gcc-12; do
	aarch64-linux-gnu-readelf -h /usr/$f | sed -n 's/ *Machine: *//p'
done
./$1 c d
END
			$B sh build.sh arm
			$B --native-tools sh build.sh x86
			cmp arm.bare x86.bare
			sed s/arm/x86/ arm.d | cmp - x86.d
			$B --native-tools ls /run/armature/native | grep -c sample || true
			ls cache 2>/dev/null || ls $XDG_CACHE_HOME/armature/native-tools | grep -vc sums-`, `
			nostdinc
			isysroot
			AArch64
			AArch64
			AArch64
			AArch64
			armcd 2.667 f.c
			nostdinc
			isysroot
			Advanced Micro Devices X86-64
			Advanced Micro Devices X86-64
			Advanced Micro Devices X86-64
			AArch64
			x86cd 2.667 f.c
			0
			1`},
		{"refusal", `
			try $A build --project . --rootfs $SMALL --native-tools true
			$B --layer other -- sh -c 'rm /usr/bin/aarch64-linux-gnu-as; printf "#!/bin/sh\necho GNU assembler 9.9\n" >/usr/bin/aarch64-linux-gnu-as; chmod 755 /usr/bin/aarch64-linux-gnu-as'
			try $B --layer other --native-tools true
			$B --layer eleven -- mv /usr/lib/gcc/aarch64-linux-gnu/12 /usr/lib/gcc/aarch64-linux-gnu/1
			try $B --layer eleven --native-tools true`, `
			armature: --native-tools: the tree has no compiler (apt-get install gcc in it; |armature build --layer NAME| keeps that)
			exit 125
			armature: --native-tools: /usr/bin/aarch64-linux-gnu-as is of another version: in the tree "GNU assembler 9.9", on the host ...
			exit 125
			armature: --native-tools: the tree's compiler is version 1, which the host has no cross compiler of (Debian's package gcc-1-aarch64-linux-gnu)
			exit 125`},
	} {
		t.Run(c.name, func(t *testing.T) { expectAs(t, flags, head+c.script, c.want) })
	}
}
