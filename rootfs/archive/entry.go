package archive

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// Type is what an entry is.
type Type uint8

const (
	File Type = iota
	Dir
	Symlink
	Hardlink // to an earlier entry of the archive
	Char
	Block
	FIFO
	Socket
)

var typeNames = [...]string{"file", "directory", "symbolic link", "hard link", "character device", "block device", "FIFO", "socket"}

func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return fmt.Sprintf("type %d", uint8(t))
}

// Entry describes one entry of an archive. The zero values of fields that a type
// does not use are ignored.
type Entry struct {
	Name    string // as the archive has it: "./usr/bin/", "/etc", "a/../b" all occur
	Type    Type
	Mode    uint32 // permissions, set-id and sticky bits: 07777 at most
	UID     uint32 // never the -1 that chown(2) takes for "leave it"
	GID     uint32
	ModTime time.Time
	Link    string // target of a Symlink; name of the earlier entry for a Hardlink
	// Size is the number of bytes that the Reader has for the entry, holes
	// included. A Hardlink may have data in cpio archives: it is then the
	// content of all the file's names.
	Size         int64
	Linked       bool              // a File that Hardlinks lead to; only a Writer looks at it
	Major, Minor uint32            // of a device
	Xattrs       map[string]string // extended attributes by full name, as "security.capability"
}

// Reader gives the entries of an archive one after another, and as an io.Reader
// the data of the entry that Next gave last. Next returns io.EOF after the last
// entry of a complete archive, and io.ErrUnexpectedEOF for one that is cut off.
type Reader interface {
	io.Reader
	Next() (*Entry, error)
}

// Limits of what a Reader accepts.
const (
	maxName = 4095      // bytes of a path or link: Linux's PATH_MAX without the NUL
	maxDict = 256 << 20 // bytes of a decompressor's window
)

// ErrFormat is wrapped by errors that tell that the data is no archive of a kind
// that Open knows.
var ErrFormat = errors.New("unknown format")

// ids checks the owner that an archive names.
func ids(uid, gid int64) (u, g uint32, err error) {
	const top = 1<<32 - 2 // -1 would mean "unchanged"
	if uid < 0 || uid > top || gid < 0 || gid > top {
		return 0, 0, fmt.Errorf("owner %d:%d is out of range", uid, gid)
	}
	return uint32(uid), uint32(gid), nil
}

// unexpected makes the plain EOF of a read that had to succeed what it is.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
