package e2e

import "testing"

// Tools that enter trees of another machine by themselves, from their Debian
// packages, with this emulator registered in place of another.

// TestSchroot: a session with the mounts that Debian's build machines use, but for
// /sys, which a user namespace cannot bind alone.
func TestSchroot(t *testing.T) {
	needRoot(t)
	tree := smallTree(t, "0")
	expect(t, `TREE=`+tree+`
			mkdir -p $TREE/dev $TREE/proc $TREE/sys $TREE/tmp $TREE/dev/pts $TREE/dev/shm $TREE/build
			$A binfmt install >/dev/null
			mount -t tmpfs tmpfs /run; mkdir /run/lock
			mount -t tmpfs tmpfs /var/lib/schroot
			mkdir -p /var/lib/schroot/session /var/lib/schroot/mount /var/lib/schroot/union/overlay /var/lib/schroot/union/underlay
			grep -v -e ^/sys -e ^/var -e sbuild /etc/schroot/buildd/fstab >$T/fstab
			sed 's/rw,bind/rw,rbind/' $T/fstab >$T/fstab2
			mount -t tmpfs tmpfs /etc/schroot/chroot.d
			mount --bind $T/fstab2 /etc/schroot/buildd/fstab
			printf '%s\n' '[arm]' type=directory directory=$TREE root-users=root users=root profile=buildd >/etc/schroot/chroot.d/arm
			schroot -c arm -d / -- sh -c 'uname -m; id -u; (exit 3); echo "sub $?"; readlink /proc/self/exe'
			schroot -c arm -d / -- sh -c 'exit 4' || echo "exit $?"
			s=$(schroot -b -c arm)
			schroot -r -c $s -d / -- sh -c 'echo "$0 in a session"' zero
			schroot -e -c $s
			grep -c $TREE /proc/mounts || true`, `
			aarch64
			0
			sub 3
			/bin/readlink
			exit 4
			zero in a session
			0`)
}

// TestNspawn: with a network namespace of its own, without which a user namespace
// cannot have /sys.
func TestNspawn(t *testing.T) {
	needRoot(t)
	tree := smallTree(t, "0")
	expect(t, `TREE=`+tree+`
			mkdir -p $TREE/usr/lib; echo 'ID=test' >$TREE/usr/lib/os-release
			$A binfmt install >/dev/null
			mount -t tmpfs tmpfs /run
			unshare -n -i -u -C systemd-nspawn -q --pipe --register=no --keep-unit -D $TREE sh -c 'uname -m; echo $$; (exit 3); echo "sub $?"; stat -c %a /tmp; exit 5' </dev/null || echo "exit $?"`, `
			aarch64
			1
			sub 3
			1777
			exit 5`)
}

// TestMmdebstrap has the tool make a small tree, whose own programs configure it, and
// pack it. It takes packages from the machine's mirror.
func TestMmdebstrap(t *testing.T) {
	needRoot(t)
	expectLong(t, `
			$A binfmt install >/dev/null
			mkdir $T/cache; chmod 755 $T $T/..; export ARMATURE_CACHE=$T/cache
			mmdebstrap --quiet --mode=root --arch=arm64 --variant=custom --skip=check/empty \
				--include=base-files,base-passwd,dash,dpkg,coreutils,sed,diffutils,libc-bin,debianutils \
				--setup-hook='mkdir -p "$1/usr/bin" "$1/usr/lib" "$1/usr/sbin"; ln -s usr/bin usr/lib usr/sbin "$1"' \
				--customize-hook='chroot "$1" /bin/sh -c "uname -m; dpkg --print-architecture; dpkg-query -W | wc -l" >"$1/said"' \
				bookworm $T/tree.tar 2>$T/log || { tail -n 20 $T/log; exit 1; }
			$A rootfs unpack $T/tree.tar $T/tree 2>/dev/null
			cat $T/tree/said | tr '\n' ' '; echo
			chroot $T/tree sh -c 'dpkg --verify; dpkg-query -W -f "\${db:Status-Abbrev}\n" | sort -u'
			grep -c $T/ /proc/mounts || true`, `
			aarch64 arm64 25 
			ii 
			0`)
}

// TestPodman runs a tree, an image made of it, and a build on top of that, by podman and
// crun, in namespaces with a cgroup file system as they want it, and unpacks what it saves. Who is
// not root does the same in a user namespace of podman's.
func TestPodman(t *testing.T) {
	needRoot(t)
	for _, who := range identities {
		if who.name == "user" {
			continue // podman needs subordinate IDs
		}
		t.Run(who.name, func(t *testing.T) {
			tree := smallTree(t, "0")
			want := `
			aarch64
			exit 4
			aarch64
			0
			aarch64 0 1
			aarch64 0 1
			aarch64 0 1`
			if who.uid == "0" {
				want = `
			aarch64
			sub 3` + want
			}
			expectLong(t, who.head+`
			cat >$T/run <<'END'
			$A binfmt install >/dev/null
			mount -t cgroup2 none /sys/fs/cgroup
			mount -t tmpfs tmpfs /run; mkdir -m 700 /run/podman; chown $OWNER:$OWNER /run/podman
			mkdir $T/tmp $T/mine; chmod 777 $T/tmp; mount --bind $T/tmp /var/tmp
			$A rootfs pack $TREE $T/mine/tree.tar 2>/dev/null
			printf 'FROM localhost/small\nRUN uname -m >/said && id -u >>/said && rm /bin/sed\n' >$T/mine/Containerfile
			chown -R $OWNER:$OWNER $T/mine; chmod 755 $T $T/..
			cd $T/mine
			exec $AS env HOME=$T/mine XDG_RUNTIME_DIR=/run/podman sh -eu $T/podman
END
			cat >$T/podman <<'END'
			p="podman --root $HOME/images --runroot /run/podman --storage-driver vfs --cgroup-manager cgroupfs --runtime crun"
			r="--rm --pull=never --cgroups=disabled --network=none --log-driver=none"
			[ -n "$AS" ] || $p run $r --rootfs $TREE /bin/sh -c 'uname -m; (exit 3); echo "sub $?"'
			$p import --quiet --arch arm64 tree.tar localhost/small 2>&1 | grep -i error || true
			$p run $r --arch arm64 localhost/small /bin/sh -c 'uname -m; exit 4' || echo "exit $?"
			$p build --quiet --platform linux/arm64 --isolation chroot --network=host --pull=never --tag built -f Containerfile . >log 2>&1 || cat log
			$p run $r --arch arm64 localhost/built cat /said
			for f in docker-archive oci-archive oci-dir; do
				$p save --quiet --format $f --output $f localhost/built >log 2>&1 || cat log
				$A rootfs unpack --no-same-owner $f out-$f 2>/dev/null
				echo $(cat out-$f/said; ls out-$f/bin | grep -c -x -e sed -e cat)
			done
			$p rmi --all --force >/dev/null
END
			export TREE=`+tree+` OWNER=`+who.uid+` AS
			unshare --cgroup --net --ipc --uts sh -eu $T/run 2>&1 | grep -v WARN`, want)
		})
	}
}
