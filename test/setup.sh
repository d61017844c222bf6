#!/usr/bin/env bash
# Installs the distribution packages that the tests, the benchmarks and the demo
# use and that are missing: compilers for both machines, and the emulator that
# results are compared with. Does nothing, and asks for nothing, when all are there.
set -euo pipefail

# command it provides : package
needed=(
	gcc:gcc
	/usr/lib/x86_64-linux-gnu/libc.a:libc6-dev
	aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu
	aarch64-linux-gnu-gcc-12:gcc-12-aarch64-linux-gnu
	/usr/aarch64-linux-gnu/lib/libc.a:libc6-dev-arm64-cross
	aarch64-linux-gnu-objdump:binutils-aarch64-linux-gnu
	qemu-aarch64-static:qemu-user-static
	gdb-multiarch:gdb-multiarch
	/usr/bin/python3:python3-minimal
	/usr/sbin/debootstrap:debootstrap
	/usr/share/keyrings/debian-archive-keyring.gpg:debian-archive-keyring
	schroot:schroot
	systemd-nspawn:systemd-container
	/usr/sbin/mke2fs:e2fsprogs
	cpio:cpio
	man:man-db
	zsh:zsh
	fish:fish
	newuidmap:uidmap
	dh_testdir:debhelper
	mmdebstrap:mmdebstrap
	podman:podman
	crun:crun
)

missing=()
for entry in "${needed[@]}"; do
	thing=${entry%%:*}
	if [[ $thing == /* ]]; then
		[[ -e $thing ]] || missing+=("${entry#*:}")
	else
		command -v "$thing" >/dev/null || missing+=("${entry#*:}")
	fi
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

if ! command -v apt-get >/dev/null; then
	echo "setup: these Debian packages or their like are needed: ${missing[*]}" >&2
	exit 1
fi
as_root=()
[[ $(id -u) == 0 ]] || as_root=(sudo)
export DEBIAN_FRONTEND=noninteractive
echo "setup: installing ${missing[*]}"
"${as_root[@]}" apt-get -qq update
"${as_root[@]}" apt-get -qq -y --no-install-recommends install "${missing[@]}"
