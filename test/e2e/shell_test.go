package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"armature/test/sysroot"
)

// Shell, make and compiler of Debian, as a build uses them. What they print is
// judged by the reference emulator, which needs no compiler for that: programs
// that it starts are the host's.

const forkScript = `
x=$(echo hello | tr a-z A-Z | sed s/L/1/g); echo "$x"
( exit 3 ); echo "sub $?"
for i in 1 2 3 4 5; do echo $i; done | sort -r | while read n; do echo "n$n"; done
false || echo "false ok"
sh -c 'kill -9 $$' 2>/dev/null; echo "killed $?"
/nonexistent/prog 2>/dev/null; echo "missing $?"
cat <(echo procsub)
trap 'echo chld' USR1; (kill -USR1 $$); trap - USR1
sleep 0 & wait $!; echo "bg $?"
set -m; sleep 0 & wait $!; echo "job $?"; set +m
echo $(( $(seq 1 10 | wc -l) * 2 ))
i=0; while [ $i -lt 100 ]; do ( exit $i ) ; [ $? = $i ] || echo bad; /bin/true || echo bad; i=$((i+1)); done; echo $i
echo a b c | { read p q r; echo "$r$q$p"; }
f() { local v=$(f2 $1); echo "f:$v"; }; f2() { echo "<$1>"; }; f $(f $(f x))
exec 5>&1; echo five >&5; exec 5>&-
yes | head -n 3; echo "${PIPESTATUS[*]}"
cat <<END | tr a b
heredoc a
END
`

func TestShell(t *testing.T) {
	tree, err := sysroot.Ensure(root)
	if err != nil {
		t.Fatal(err)
	}
	guest := []string{filepath.Join(tree.Path, "bin/bash"), "-c", forkScript}
	opts := []string{"-L", tree.Path}
	j := job{argv: underTest(opts, guest)}
	compare(t, j, run(t, j), reference(t, job{argv: slices.Concat(refer, opts, guest)}))
}

// TestMake: GNU make runs gcc, which runs cc1, as and collect2, which runs ld.
func TestMake(t *testing.T) {
	tree, err := sysroot.Ensure(root)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files := map[string]string{
		"Makefile": "CC = /usr/bin/aarch64-linux-musl-gcc -static\nOBJS = a.o b.o main.o\nhello: $(OBJS)\n\t$(CC) -o $@ $(OBJS)\n%.o: %.c\n\t$(CC) -O2 -c -o $@ $<\n",
		"a.c":      "#include <stdio.h>\nint a(int x) { printf(\"a %d\\n\", x); return x + 1; }\n",
		"b.c":      "#include <stdio.h>\nint b(int x) { printf(\"b %d\\n\", x); return x * 3; }\n",
		"main.c":   "int a(int), b(int);\nint main(void) { return b(a(1)); }\n",
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	opts := []string{"-L", tree.Path}
	o := run(t, job{argv: underTest(opts, []string{filepath.Join(tree.Path, "usr/bin/make"), "-C", dir, "-j2"})})
	if o.end() != "exit status 0" {
		t.Fatalf("make: %s\n%s%s", o.end(), o.Stdout, o.Stderr)
	}
	o = run(t, job{argv: underTest(nil, []string{filepath.Join(dir, "hello")})})
	if o.Exit != 6 || o.Stdout != "a 1\nb 2\n" {
		t.Errorf("hello: %s\n%s%s", o.end(), o.Stdout, o.Stderr)
	}
}
