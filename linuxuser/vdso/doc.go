// Package vdso holds the image of the guest's vDSO, assembled from vdso.S.
package vdso

import _ "embed"

//go:generate aarch64-linux-gnu-gcc -nostdlib -shared -Wl,-soname=linux-vdso.so.1 -Wl,--hash-style=both -Wl,--version-script=vdso.ver -Wl,-z,max-page-size=4096 -Wl,-z,norelro -Wl,--no-eh-frame-hdr -Wl,-T,vdso.lds -Wl,--build-id=none -Wl,-Bsymbolic -o vdso.so vdso.S
//go:generate aarch64-linux-gnu-strip --strip-unneeded vdso.so

// Image is an ELF file with one read-only, executable segment at offset 0; it is
// mapped as it is.
//
//go:embed vdso.so
var Image []byte
