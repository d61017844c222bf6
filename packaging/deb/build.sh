#!/usr/bin/env bash
# Makes the Debian package: packaging/deb/build.sh OUT.deb VERSION. The program must
# be built. The same program gives the same bytes: times are SOURCE_DATE_EPOCH, which
# is that of the last commit unless it is set.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$1 version=$2
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct)}"
export SOURCE_DATE_EPOCH TZ=UTC LC_ALL=C
umask 022

command -v dpkg-deb >/dev/null || { echo "make deb: dpkg-deb is needed (package dpkg)" >&2; exit 1; }
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
make -s install DESTDIR="$root" PREFIX=/usr ZSHDIR=/usr/share/zsh/vendor-completions
gzip -9n "$root/usr/share/man/man1/armature.1"
ln -sf armature.1.gz "$root/usr/share/man/man1/armature-aarch64.1.gz"
rm "$root/usr/share/man/man1/armature-aarch64.1"
install -d "$root/usr/share/doc/armature" "$root/DEBIAN"
install -m 644 README.md docs/process.md docs/engine.md docs/syscalls.md "$root/usr/share/doc/armature"
install -m 644 packaging/deb/copyright "$root/usr/share/doc/armature/copyright"
install -m 755 packaging/deb/postinst packaging/deb/prerm "$root/DEBIAN"

# In KiB, each file rounded up.
size=$(find "$root/usr" -type f -printf '%s\n' | awk '{s += int(($1 + 1023) / 1024)} END {print s}')
sed -e "s/@VERSION@/$version/" -e "s/@SIZE@/$size/" packaging/deb/control.in > "$root/DEBIAN/control"
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum > DEBIAN/md5sums)
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

mkdir -p "$(dirname "$out")"
dpkg-deb --root-owner-group -Zxz --build "$root" "$out" >/dev/null
echo "$out: version $version, $(stat -c %s "$out") bytes"
