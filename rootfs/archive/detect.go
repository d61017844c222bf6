package archive

import (
	"archive/tar"
	"bufio"
	"bytes"
	"fmt"
	"io"
)

// Format is a kind of archive.
type Format string

const (
	Tar  Format = "tar"
	Cpio Format = "cpio"
	Deb  Format = "deb"
)

// others are kinds of file that people try, and what to do with them.
var others = [...]struct {
	offset int
	magic  string
	what   string
}{
	{0, "PK\x03\x04", "a zip archive; unzip it and pack its content as tar"},
	{0, "hsqs", "a squashfs image; unsquashfs unpacks it"},
	{0, "\x04\x22\x4d\x18", "compressed by lz4; give the output of lz4 -dc on standard input"},
	{0, "070707", "a cpio archive of the old portable format; only newc is supported (cpio -H newc)"},
	{0, "\xc7\x71", "a cpio archive of the old binary format; only newc is supported (cpio -H newc)"},
	{0, "\xed\xab\xee\xdb", "an RPM package; give the output of rpm2cpio on standard input"},
	{0, "7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it and pack its content as tar"},
	{0, "QFI\xfb", "a qcow2 disk image; mount it and pack its content as tar"},
	{0, "\x7fELF", "a program, not an archive"},
	{0, "\x5d\x00\x00", "compressed by lzma; give the output of xz -dc on standard input"},
	{0x438, "\x53\xef", "an ext4 image; mount it, or use debugfs's rdump"},
	{0x200, "EFI PART", "a disk image; mount its partition and pack the content as tar"},
}

const blockSize = 512 // of a tar archive

// sniff tells the format of a stream from its beginning.
func sniff(r *bufio.Reader) (Format, error) {
	head, err := r.Peek(0x440)
	if err != nil && err != io.EOF {
		return "", err
	}
	switch {
	case len(head) == 0:
		return "", fmt.Errorf("%w: it is empty", ErrFormat)
	case bytes.HasPrefix(head, []byte("070701")), bytes.HasPrefix(head, []byte("070702")):
		return Cpio, nil
	case bytes.HasPrefix(head, []byte(arMagic)):
		return Deb, nil
	case len(head) >= blockSize && isTarHeader(head[:blockSize]):
		return Tar, nil
	}
	for _, o := range others {
		if len(head) > o.offset && bytes.HasPrefix(head[o.offset:], []byte(o.magic)) {
			return "", fmt.Errorf("%w: it is %s", ErrFormat, o.what)
		}
	}
	return "", fmt.Errorf("%w: neither a tar, cpio or .deb archive nor one compressed by gzip, xz, zstd or bzip2", ErrFormat)
}

// isTarHeader tells whether b is the first block of a tar archive: one with the
// right checksum, or, for an empty archive, of zeros.
func isTarHeader(b []byte) bool {
	sum, signed, field := 0, 0, 0
	for i, c := range b {
		if i >= 148 && i < 156 {
			c = ' '
		}
		sum += int(c)
		signed += int(int8(c)) // as some old programs did
	}
	if sum == 8*' ' {
		return b[148] == 0
	}
	for _, c := range bytes.Trim(b[148:156], " \x00") {
		if c < '0' || c > '7' {
			return false
		}
		field = field<<3 | int(c-'0')
	}
	return field == sum || field == signed
}

// Options are how Open reads.
type Options struct {
	// Trust accepts any compression ratio.
	Trust bool
}

// Stream is an open archive.
type Stream struct {
	Reader
	Format      Format
	Compression string // "gz", "xz", "zst", "bz2" or ""
}

// Open tells what r is from its content and gives a reader of its entries. The
// error wraps ErrFormat when it is nothing known.
func Open(r io.Reader, o Options) (*Stream, error) {
	br, comp, err := decompress(r, o.Trust)
	if err != nil {
		return nil, err
	}
	f, err := sniff(br)
	if err != nil {
		if comp != "" {
			err = fmt.Errorf("within %s: %w", comp, err)
		}
		return nil, err
	}
	s := &Stream{Format: f, Compression: comp}
	switch f {
	case Tar:
		s.Reader = NewTarReader(br)
	case Cpio:
		s.Reader = newCpioReader(br)
	case Deb:
		s.Reader, err = newDebReader(br, o)
	}
	return s, err
}

// drain reads r to its end, so that the checksums of the compression are looked
// at and whoever writes to a pipe is not cut off.
func drain(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

// FirstName gives the name of the first entry of an uncompressed tar archive,
// without consuming anything.
func FirstName(r *bufio.Reader) (string, bool) {
	head, err := r.Peek(blockSize)
	if err != nil || !isTarHeader(head) {
		return "", false
	}
	// Enough for a PAX header with its records before the first entry.
	head, _ = r.Peek(32 << 10)
	h, err := tar.NewReader(bytes.NewReader(head)).Next()
	if err != nil {
		return "", false
	}
	return h.Name, true
}

// IsPlainTar tells whether the file f begins as an uncompressed tar archive.
func IsPlainTar(f io.ReaderAt) bool {
	var b [blockSize]byte
	_, err := f.ReadAt(b[:], 0)
	return err == nil && isTarHeader(b[:])
}
