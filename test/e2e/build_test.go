package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestBuild: results belong to the project's owner, and the tree stays as it is.
func TestBuild(t *testing.T) {
	for _, who := range identities {
		if os.Getuid() != 0 && who.uid != "0" {
			continue
		}
		t.Run(who.name, func(t *testing.T) {
			tree := smallTree(t, who.uid)
			dir := t.TempDir()
			project := filepath.Join(dir, "project")
			// Root builds for somebody else, as under sudo.
			owner := who.uid
			if owner == "0" && os.Getuid() == 0 {
				owner = "1234"
			}
			script := `mkdir -p "$1/sub" "$2/rootfs"; echo 'int x;' >"$1/x.c"; ln -s "$4" "$2/rootfs/small"; chmod 755 "$2" "$2/.."
				[ "$(id -u)" != 0 ] || { chown -R "$3:$3" "$1"; chown -R "$5:$5" "$2/rootfs"; mkdir "$2/cache"; chown "$5:$5" "$2/cache"; }`
			if out, err := exec.Command("/bin/sh", "-euc", script, "sh", project, dir, owner, tree, who.uid).CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			head := who.head + "D=" + dir + " P=" + project + " TREE=" + tree + `
			chmod 755 $T
			export ARMATURE_ROOTFS=$D/rootfs XDG_CACHE_HOME=$D/cache
			`
			want := `
			$P
			x.c 0
			1
			usr-changed
			gone 0
			exit 5
			2
			first
			second
			one of $TREE
			[{"name":"one","tree":"$TREE","bytes":N,"in_use":false}]
			one of $TREE  in use
			armature: layer one: another build uses it
			exit 1
			$P/sub
			armature: layer one is one of the tree $TREE, not of $P: use another name
			exit 125
			armature: no layer "one" (|armature layer list| lists them)
			exit 1
			armature: layer "../x": want a name, not a path
			exit 2
			OWN:OWN 644 made
			OWN:OWN 755 dir
			OWN:OWN 644 dir/deep
			OWN:OWN 644 mine
			0
			/run/armature/cache
			1
			exit 137
			0
			OWN
			half
			0`
			flags := uintptr(rootOfNamespace)
			if os.Getuid() == 0 {
				flags = rootOfMachine
			}
			expectAs(t, flags, head+`cd $P
			$AS $A build --rootfs small -- sh -c 'pwd; echo x.c $(stat -c %u x.c); echo 1 >made; cat made; mkdir dir; echo 2 >dir/deep; echo usr-changed >/usr/new; cat /usr/new; rm /bin/sed'
			$AS $A build sh -c 'echo gone $(ls /usr/new 2>/dev/null | grep -c new); exit 5' || echo "exit $?"
			$AS $A build --rootfs $TREE cat dir/deep
			$AS $A build --layer one -- sh -c 'echo first >/usr/kept'
			$AS $A build --layer one -- sh -c 'cat /usr/kept; echo second >>/usr/kept'
			$AS $A build --layer one -- sh -c '{ read a; read b; echo $b; } </usr/kept'
			$AS $A layer list | sed 's/one .* of/one of/'
			$AS $A layer list --json | tr -d ' \t\n' | sed 's/"bytes":[0-9]*/"bytes":N/'; echo
			$AS $A build --layer one -- sh -c 'echo >>used; until [ -e done ]; do sleep 0.1; done' &
			until [ -e used ]; do sleep 0.1; done
			$AS $A layer list | sed 's/one .* of/one of/'
			$AS $A layer remove one 2>&1 | grep -v note:; $AS $A layer remove one 2>/dev/null || echo "exit $?"
			touch done; wait; rm -f used done
			(cd sub; $AS $A build --project .. pwd)
			$AS $A build --layer one --rootfs $P pwd 2>$T/e || { s=$?; grep -v note: $T/e; echo "exit $s"; }
			$AS $A layer remove one
			$AS $A layer remove one 2>&1 | grep -v note:; $AS $A layer remove one 2>/dev/null || echo "exit $?"
			$AS $A layer remove ../x 2>&1 || echo "exit $?"
			$AS $A layer list
			ls $D/cache/armature/layers
			$AS $A build -- sh -c 'umask 077; echo x >mine; chmod 644 mine'
			stat -c '%u:%g %a %n' made dir dir/deep mine
			ls $TREE/usr | grep -c -e new -e kept || true
			# Translations are kept beside the tree, not in it.
			unset ARMATURE_CACHE
			$AS $A build sh -c 'echo $ARMATURE_CACHE'
			ls $D/cache/armature/trees | wc -l
			ls -A $TREE/root
			# Killed: the results so far stay, the rest goes.
			left() { for p in /proc/[0-9]*; do tr '\0' ' ' <$p/cmdline; echo; done 2>/dev/null | grep -c 'bin/sleep 98765 $' || true; }
			mkfifo $T/started; chmod 666 $T/started; chmod 777 $T
			$AS $A build --bind $T:/mnt sh -c 'echo half >half; sleep 98765 & echo >/mnt/started; exec sleep 98765' 2>/dev/null &
			read x <$T/started
			kill -KILL $!
			wait $! || echo "exit $?"
			n=0; while [ "$(left)" != 0 ] && [ $n -lt 200 ]; do sleep 0.1; n=$((n+1)); done
			left
			stat -c %u half; cat half
			grep -c -e $TREE -e $P /proc/mounts || true`, strings.NewReplacer("$P", project, "$TREE", tree, "OWN", owner).Replace(want))
		})
	}
	t.Run("errors", func(t *testing.T) {
		expect(t, `
			export ARMATURE_ROOTFS=$T/none XDG_CACHE_HOME=$T/cache
			cd $T
			$A build true 2>&1 || echo "exit $?"
			$A build --rootfs nosuch true 2>&1 || echo "exit $?"
			mkdir -p none/a none/b
			$A build true 2>&1 || echo "exit $?"
			cd /
			$A build --rootfs a true 2>&1 || echo "exit $?"
			cd $T
			$A build --rootfs a --layer ../x true 2>&1 || echo "exit $?"
			touch none/a/.armature-incomplete
			$A chroot none/a true 2>&1 || echo "exit $?"`, `
			armature: no tree to build in: |armature rootfs bootstrap debian:bookworm $T/none/bookworm-arm64| makes one
			exit 125
			armature: no tree "nosuch", neither here nor in $T/none, $T/cache/armature/rootfs, /var/lib/armature/rootfs: |armature rootfs bootstrap debian:bookworm $T/none/nosuch| makes one
			exit 125
			armature: which tree? --rootfs with one of $T/none/a, $T/none/b
			exit 125
			armature: the project is /, which the tree has itself: change to the project's directory, or use --project
			exit 2
			armature: --layer "../x": want a name, not a path
			exit 125
			armature: note: none/a is incomplete: what makes it is at work, or was interrupted; the same |armature rootfs| command starts again
			armature: true: no such command in the tree
			exit 127`)
	})
}
