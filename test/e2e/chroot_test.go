package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"armature/test/sysroot"
)

// smallTree makes a tree with a shell and the usual tools, for whoever has the ID
// uid.
func smallTree(t *testing.T, uid string) string {
	t.Helper()
	from, err := sysroot.Ensure(root)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	script := `cd "$1"
		mkdir -p "$2/usr/bin" "$2/usr/lib/aarch64-linux-gnu" "$2/etc" "$2/root"
		cp -a bin lib "$2"
		cp -a usr/bin/id usr/bin/env usr/bin/stat usr/bin/nproc "$2/usr/bin"
		cp -a usr/lib/aarch64-linux-gnu/libpcre2-8* "$2/usr/lib/aarch64-linux-gnu"
		printf 'root:x:0:0::/root:/bin/bash\nuser:x:1000:1001::/home/user:/bin/sh\n' >"$2/etc/passwd"
		printf 'root:x:0:\ngrp:x:1001:\nextra:x:7:root,user\n' >"$2/etc/group"
		chmod 755 "$2" "$2/.."
		[ "$(id -u)" != 0 ] || chown -R "$3:$3" "$2"`
	if out, err := exec.Command("/bin/sh", "-euc", script, "sh", from.Path, dir, uid).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

// identities are the ways to enter a tree: as root, and as another with and without
// subordinate IDs. Each begins a script that has $TREE. Somebody who is not root can
// test being root of a namespace only.
var identities = []struct{ name, uid, head string }{
	{"root", "0", `AS=""
`},
	{"user", "1000", `AS="setpriv --reuid=1000 --regid=1000 --clear-groups"
			mount -t tmpfs tmpfs /etc/apt; echo >/etc/apt/none
			mount --bind /etc/apt/none /etc/subuid; mount --bind /etc/apt/none /etc/subgid
`},
	{"user with subordinate IDs", "1000", `AS="setpriv --reuid=1000 --regid=1000 --clear-groups"
			mount -t tmpfs tmpfs /etc/apt; echo 1000:2000:60000 >/etc/apt/some
			printf 'root:x:0:0::/:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n' >/etc/apt/passwd
			mount --bind /etc/apt/passwd /etc/passwd
			mount --bind /etc/apt/some /etc/subuid; mount --bind /etc/apt/some /etc/subgid
`},
}

// TestChroot: one script for each identity; notes on stderr are not compared.
func TestChroot(t *testing.T) {
	for _, who := range identities {
		if os.Getuid() != 0 && who.uid != "0" {
			continue
		}
		for _, c := range []struct{ name, script, want string }{
			{"command", `
			$AS $A chroot $TREE sh -c 'id -u; id -g; uname -m; pwd; echo "$HOME $PATH $SECRET$USER$0 $1"' zero one
			$AS $A chroot $TREE sh -c 'exit 3' || echo "exit $?"
			$AS $A chroot $TREE sh -c 'kill -TERM $$' || echo "exit $?"
			$AS $A chroot $TREE nosuch 2>&1 | grep -v note:
			$AS $A chroot $TREE nosuch 2>/dev/null || echo "exit $?"
			$AS $A chroot $TREE/nosuch 2>/dev/null || echo "exit $?"
			$AS $A chroot --bind /nosuch $TREE 2>/dev/null || echo "exit $?"
			$AS $A chroot --bind /etc/passwd:relative $TREE 2>/dev/null || echo "exit $?"
			$AS $A chroot 2>/dev/null || echo "exit $?"
			echo 'echo from a pipe $-' | $AS $A chroot $TREE`, `
			0
			0
			aarch64
			/root
			/root /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin rootzero one
			exit 3
			exit 143
			armature: nosuch: no such command in the tree
			exit 127
			exit 125
			exit 2
			exit 2
			exit 2
			from a pipe hBs`},
			{"file systems", `
			mkdir $TREE/escape; chmod 777 $TREE/escape; ln -s /escape $TREE/srv
			$AS $A chroot --bind $T:/srv/deep/er --bind $T:/mnt:ro --workdir /tmp --env A=b --env SECRET $TREE sh -c '
				echo $A $SECRET $PWD
				echo x >/dev/null; test -c /dev/null; dd if=/dev/zero of=z bs=3 count=1 2>/dev/null; stat -c %s z
				stat -c "%a %n" /tmp /dev/shm /run /run/lock /dev/ptmx
				echo /proc/[0-9]* >/dev/shm/x; [ -d /proc/1 ]; readlink /proc/self/root
				echo made >/srv/deep/er/made; cat /mnt/made
				echo refused 2>/dev/null >/mnt/x || echo read-only
				echo 2>/dev/null >/sys/x || echo read-only
				grep -c nameserver /etc/resolv.conf
				ls /escape'
			cat $T/made
			ls -A $TREE/proc $TREE/dev $TREE/run $TREE/tmp
			$AS $A chroot --bind $T/made:/bin $TREE sh 2>&1 | grep -v note:`, `
			b hush /tmp
			3
			1777 /tmp
			1777 /dev/shm
			755 /run
			1777 /run/lock
			777 /dev/ptmx
			/
			made
			read-only
			read-only
			1
			deep
			made
			$TREE/dev:

			$TREE/proc:

			$TREE/run:

			$TREE/tmp:
			armature: /bin is in the tree, but not of the kind that is to be mounted there`},
			{"programs of other kinds", `
			cp $WHO $TREE/bin/who
			cp /bin/busybox $TREE/bin/host 2>/dev/null || cp $A $TREE/bin/host
			printf '#!/bin/who arg\n' >$TREE/bin/script
			printf 'nonsense' >$TREE/bin/bad
			chmod 755 $TREE/bin/script $TREE/bin/bad
			$AS $A chroot $TREE script more | grep argv
			$AS $A chroot $TREE /bin/who spawn /bin/script x 1 | grep argv
			$AS $A chroot $TREE host version >/dev/null && echo native
			$AS $A chroot $TREE sh -c 'host version >/dev/null && echo native'
			$AS $A chroot $TREE bad 2>/dev/null || echo "exit $?"`, `
			argv [/bin/who] [arg] [/bin/script] [more]
			argv [/bin/who] [arg] [/bin/script] [1]
			native
			native
			exit 126`},
			// The kernel and the caller's end of a pipe see to it that nothing is left.
			{"killed", `
			left() { for p in /proc/[0-9]*; do tr '\0' ' ' <$p/cmdline; echo; done 2>/dev/null | grep -c 'bin/sleep 98765 $' || true; }
			mkfifo $T/started; chmod 666 $T/started
			for how in KILL TERM; do
				$AS $A chroot --bind $T:/mnt $TREE sh -c 'sleep 98765 & echo >/mnt/started; exec sleep 98765' 2>/dev/null &
				read x <$T/started
				kill -$how $!
				wait $! || echo "exit $?"
				n=0; while [ "$(left)" != 0 ] && [ $n -lt 100 ]; do sleep 0.1; n=$((n+1)); done
				left
				grep -c $TREE/ /proc/mounts || true
			done`, `
			exit 137
			0
			0
			exit 143
			0
			0`},
		} {
			t.Run(who.name+"/"+c.name, func(t *testing.T) {
				tree := smallTree(t, who.uid)
				head := "SECRET=hush; export SECRET; chmod 777 $T; TREE=" + tree + "\n" + who.head
				expect(t, head+c.script, strings.ReplaceAll(c.want, "$TREE", tree))
			})
		}
	}
}

// TestChrootUsers: users of the tree, as far as there are any inside.
func TestChrootUsers(t *testing.T) {
	const script = `
			for u in user 1000 user:7 1234:root 1234:99 nosuch user:nosuch; do
				$AS $A chroot --user $u $TREE sh -c 'id -u; id -g; id -G; echo $HOME $USER; touch /tmp/x && stat -c %u:%g /tmp/x' 2>&1 | grep -v -e note: -e /etc/sub | tr '\n' ' '; echo
			done`
	many := `
			1000 1001 1001 7 / user 1000:1001 
			1000 1001 1001 7 / user 1000:1001 
			1000 7 7 / user 1000:7 
			1234 0 0 / 1234 1234:0 
			1234 99 99 / 1234 1234:99 
			armature: the tree has no user "nosuch" (its /etc/passwd) 
			armature: the tree has no group "nosuch" (its /etc/group) `
	one := `
			armature: user user cannot be had: only root exists inside (see the note on subordinate IDs) 
			armature: user 1000 cannot be had: only root exists inside (see the note on subordinate IDs) 
			armature: user user:7 cannot be had: only root exists inside (see the note on subordinate IDs) 
			armature: user 1234:root cannot be had: only root exists inside (see the note on subordinate IDs) 
			armature: user 1234:99 cannot be had: only root exists inside (see the note on subordinate IDs) 
			armature: the tree has no user "nosuch" (its /etc/passwd) 
			armature: the tree has no group "nosuch" (its /etc/group) `
	needRoot(t)
	for _, who := range identities {
		want := strings.ReplaceAll(many, "/ user", "/home/user user")
		if who.name == "user" {
			want = one
		}
		t.Run(who.name, func(t *testing.T) {
			tree := smallTree(t, who.uid)
			if err := os.Mkdir(filepath.Join(tree, "home"), 0o755); err != nil {
				t.Fatal(err)
			}
			expect(t, "TREE="+tree+"\n"+who.head+script, want)
		})
	}
}
