package e2e

import (
	"os"
	"strings"
	"testing"
)

// waiting begins a script that kills: it has functions that wait for what is to come.
// Programs are started with SIGINT as it is for those that are not in a shell's background.
const waiting = `
			left() { for p in /proc/[0-9]*; do tr '\0' ' ' <$p/cmdline; echo; done 2>/dev/null | grep -c -e 'sleep 98765 $' || true; }
			wait_for() { n=0; while ! eval "$1"; do sleep 0.05; n=$((n+1)); [ $n -lt 1200 ] || { echo "never: $1"; exit 1; }; done; }
			quiet() { wait_for '[ "$(left)" = 0 ]'; echo quiet; }
			start() { env --default-signal=INT,QUIT "$@" 2>$T/err & }
			chmod 755 $T/..; chmod 777 $T; mkfifo $T/started; chmod 666 $T/started
`

// TestKilledBootstrap has something in place of debootstrap that starts processes, in its
// process group and out of it. Killed while it is at work, nothing of it is left, and the
// next run starts again; interrupted, all is as before.
func TestKilledBootstrap(t *testing.T) {
	needRoot(t)
	for _, who := range identities {
		if who.name == "user" {
			continue // who cannot
		}
		t.Run(who.name, func(t *testing.T) {
			want := `
			KILL exit 137
			quiet
			.armature-incomplete
			.armature-tmp
			made
			TERM exit 1
			quiet
			armature: interrupted
			INT exit 1
			quiet
			armature: interrupted
			HUP exit 1
			quiet
			armature: interrupted
			0
			exit 1
			armature: $T/tree holds what an interrupted run left; starting again
			armature: $T/bin/debootstrap: exit status 3`
			if who.uid != "0" {
				// The process that is killed is not the one that works, which is told to end.
				want = strings.Replace(want, "\n\t\t\t.armature-incomplete\n\t\t\t.armature-tmp\n\t\t\tmade", "", 1)
				want = strings.Replace(want, "\n\t\t\tarmature: $T/tree holds what an interrupted run left; starting again", "", 1)
			}
			expect(t, who.head+waiting+`
			mkdir $T/bin $T/home; chmod 777 $T/home
			cat >$T/bin/debootstrap <<'END'
#!/bin/sh
for d; do case $d in */tree) break;; esac; done
[ ! -e "$GO_ON" ] || exit 3
echo made >$d/made
sleep 98765 &
setsid sh -c 'trap "" TERM INT HUP; sleep 98765 & exec sleep 98765' &
echo >$STARTED
wait
END
			chmod 755 $T/bin/debootstrap; touch $T/keys
			export PATH=$T/bin:$PATH STARTED=$T/started GO_ON=$T/go HOME=$T/home
			set -- $AS $A rootfs bootstrap --mirror http://none --keyring $T/keys debian:bookworm $T/tree
			for how in KILL TERM INT HUP; do
				start "$@"
				read x <$T/started
				kill -$how $!
				wait $! || echo "$how exit $?"
				quiet
				if [ "$how$AS" = KILL ]; then ls -A $T/tree; rm -r $T/tree; else wait_for '[ ! -e $T/tree ]'; fi
				[ $how = KILL ] || grep interrupted $T/err || true
			done
			grep -c $T/tree /proc/mounts || true
			# Killed once more, and this time there is a next run at once.
			start "$@"
			read x <$T/started
			kill -KILL $!; wait $! || true
			[ -z "$AS" ] || wait_for '[ ! -e $T/tree ]'
			touch $T/go
			"$@" 2>$T/err || echo "exit $?"
			grep -v "makes the tree" $T/err
			[ ! -e $T/tree ] || ls -A $T/tree`, want)
		})
	}
}

// TestKilledSecondStage kills it while the tree's own programs are at work, and lets it
// start again at once.
func TestKilledSecondStage(t *testing.T) {
	needRoot(t)
	for _, how := range []struct{ signal, want string }{
		{"KILL", `
			exit 137
			2
			armature: $T/tree holds what an interrupted run left; starting again
			complete
			0
			quiet`},
		{"TERM", `
			exit 1
			0
			complete
			0
			quiet`},
	} {
		t.Run(how.signal, func(t *testing.T) {
			tree := smallTree(t, "0")
			expect(t, "HOW="+how.signal+"; export TREE="+tree+waiting+`
			mkdir $T/bin
			cat >$T/bin/debootstrap <<'END'
#!/bin/sh
for d; do case $d in */tree) break;; esac; done
cp -a $TREE/. $d
mkdir $d/debootstrap
printf '#!/bin/sh\n%s\n' "$SECOND" >$d/debootstrap/debootstrap
chmod 755 $d/debootstrap/debootstrap
END
			chmod 755 $T/bin/debootstrap; touch $T/keys
			export PATH=$T/bin:$PATH SECOND='sleep 98765 & echo second >&2; exec sleep 98765'
			set -- $A rootfs bootstrap --mirror http://none --keyring $T/keys debian:bookworm $T/tree
			start "$@"
			wait_for "grep -q ^second $T/err"
			kill -$HOW $!; wait $! || echo "exit $?"
			# The processes that the next run has to wait for: the tool's and the tree's.
			cat $T/tree/.armature-incomplete 2>/dev/null | wc -l
			SECOND='touch /complete' "$@" 2>$T/err
			grep holds $T/err || true
			ls -A $T/tree | grep -e complete -e armature
			left
			quiet`, how.want)
		})
	}
}

// TestKilledImage: of a file that was not complete nothing is left.
func TestKilledImage(t *testing.T) {
	expect(t, waiting+`
			mkdir $T/bin $T/tree $T/out
			printf '#!/bin/sh\necho x >&3; echo >%s/started; exec sleep 98765\n' $T >$T/bin/mke2fs
			chmod 755 $T/bin/mke2fs
			export PATH=$T/bin:$PATH
			for how in KILL TERM INT HUP; do
				start $A rootfs image --size 8M $T/tree $T/out/image
				read x <$T/started
				kill -$how $!
				wait $! || echo "$how exit $?"
				quiet
				ls -A $T/out
			done`, `
			KILL exit 137
			quiet
			TERM exit 1
			quiet
			INT exit 1
			quiet
			HUP exit 1
			quiet`)
}

// TestMountedBelow: what is mounted in a tree is not emptied with it.
func TestMountedBelow(t *testing.T) {
	expect(t, `
			mkdir -p $T/tree/a/b; touch $T/tree/.armature-incomplete
			mount -t tmpfs tmpfs $T/tree/a/b; echo keep >$T/tree/a/b/me
			mkdir $T/in; echo x >$T/in/x; tar -C $T/in -cf $T/x.tar x
			$A rootfs unpack --no-same-owner $T/x.tar $T/tree 2>&1 || echo "exit $?"
			$A rootfs remove $T/tree 2>&1 || echo "exit $?"
			cat $T/tree/a/b/me
			umount $T/tree/a/b
			$A rootfs unpack --no-same-owner $T/x.tar $T/tree 2>/dev/null; ls -A $T/tree`, `
			armature: $T/tree holds what an interrupted run left; starting again
			armature: remove $T/tree/a: something is mounted there: umount it first
			exit 1
			armature: $T/tree/a/b is mounted there: umount it first
			exit 1
			keep
			x`)
}

// TestTerminal: commands on a terminal that is closed, and interrupted by its key.
func TestTerminal(t *testing.T) {
	for _, who := range identities {
		if os.Getuid() != 0 && who.uid != "0" {
			continue
		}
		t.Run(who.name, func(t *testing.T) {
			tree := smallTree(t, who.uid)
			expect(t, "TREE="+tree+"\n"+who.head+waiting+`
			mkdir $T/project $T/home; chmod 777 $T/project $T/home; cd $T/project; export HOME=$T/home
			mkfifo $T/keys
			for command in "chroot" "build --rootfs"; do
				for how in closed key; do
					rm -f $T/log
					script -qfec "$AS $A $command $TREE sh -c 'sleep 98765 & echo started; exec sleep 98765'" $T/log <$T/keys >/dev/null 2>&1 &
					exec 9>$T/keys
					wait_for "grep -q ^started $T/log 2>/dev/null"
					if [ $how = closed ]; then kill -KILL $!; else printf '\003' >&9; fi
					wait $! 2>/dev/null || echo "$command, $how, exit $?"
					exec 9>&-
					quiet
				done
			done
			grep -c $TREE /proc/mounts || true`, `
			chroot, closed, exit 137
			quiet
			chroot, key, exit 130
			quiet
			build --rootfs, closed, exit 137
			quiet
			build --rootfs, key, exit 130
			quiet
			0`)
		})
	}
}
