package archive

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"
)

// The newc format: a header of 6 magic characters and 13 numbers of 8 hexadecimal
// digits, the name with its NUL, padding to 4 bytes, the data, padding to 4 bytes.
const (
	newcMagic    = "070701"
	newcSumMagic = "070702" // the sum of the data's bytes is in the check field
	newcHeader   = 110
	newcTrailer  = "TRAILER!!!"
)

// Numbers of a newc header, in order.
const (
	newcIno = iota
	newcMode
	newcUID
	newcGID
	newcNlink
	newcMtime
	newcSize
	newcDevMajor
	newcDevMinor
	newcRdevMajor
	newcRdevMinor
	newcNameSize
	newcCheck
	newcFields
)

// Linux's file types, the S_IFMT bits of a mode.
var modeTypes = map[uint32]Type{
	0o010000: FIFO,
	0o020000: Char,
	0o040000: Dir,
	0o060000: Block,
	0o100000: File,
	0o120000: Symlink,
	0o140000: Socket,
}

// inode identifies a file among those of a cpio archive.
type inode struct{ major, minor, ino uint32 }

type cpioReader struct {
	r     *bufio.Reader
	off   int64 // bytes of this archive that were read
	left  int64 // bytes of the current entry's data that were not
	sum   *byteSum
	want  uint32 // its sum
	names map[inode]string
	done  error
}

// byteSum is the checksum of newc archives.
type byteSum uint32

func (s *byteSum) Write(p []byte) (int, error) {
	for _, c := range p {
		*s += byteSum(c)
	}
	return len(p), nil
}

func newCpioReader(r *bufio.Reader) Reader {
	return &cpioReader{r: r, names: map[inode]string{}}
}

func (c *cpioReader) Read(p []byte) (int, error) {
	if c.left == 0 {
		if c.sum != nil && uint32(*c.sum) != c.want {
			return 0, errors.New("cpio: the data does not match its checksum")
		}
		return 0, io.EOF
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	c.off += int64(n)
	if c.sum != nil {
		c.sum.Write(p[:n])
	}
	return n, unexpected(err)
}

func (c *cpioReader) Next() (*Entry, error) {
	if c.done != nil {
		return nil, c.done
	}
	e, err := c.next()
	if err != nil {
		if err != io.EOF {
			err = fmt.Errorf("cpio: %w", err)
		}
		c.done = err
	}
	return e, err
}

// full reads len(b) bytes.
func (c *cpioReader) full(b []byte) error {
	n, err := io.ReadFull(c.r, b)
	c.off += int64(n)
	return unexpected(err)
}

// align skips the padding.
func (c *cpioReader) align() error {
	var pad [3]byte
	return c.full(pad[:-c.off&3])
}

func (c *cpioReader) next() (*Entry, error) {
	if c.left > 0 {
		if _, err := io.Copy(io.Discard, c); err != nil {
			return nil, err
		}
	}
	c.sum = nil
	for {
		if err := c.align(); err != nil {
			return nil, err
		}
		f, sums, err := c.header()
		if err != nil {
			return nil, err
		}
		name := make([]byte, f[newcNameSize])
		if err := c.full(name); err != nil {
			return nil, err
		}
		if name[len(name)-1] != 0 {
			return nil, errors.New("a name without its end")
		}
		if err := c.align(); err != nil {
			return nil, err
		}
		if string(name[:len(name)-1]) != newcTrailer {
			return c.entry(string(name[:len(name)-1]), f, sums)
		}
		if more, err := c.another(); err != nil || !more {
			if err == nil {
				err = io.EOF
			}
			return nil, err
		}
	}
}

// header reads the numbers of one.
func (c *cpioReader) header() (f [newcFields]uint32, sums bool, err error) {
	var h [newcHeader]byte
	if err := c.full(h[:]); err != nil {
		return f, false, err
	}
	switch string(h[:6]) {
	case newcMagic:
	case newcSumMagic:
		sums = true
	default:
		return f, false, errors.New("damaged header")
	}
	for i := range f {
		var b [4]byte
		if _, err := hex.Decode(b[:], h[6+8*i:14+8*i]); err != nil {
			return f, false, errors.New("damaged header: a number is none")
		}
		f[i] = uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	}
	if f[newcNameSize] < 1 || f[newcNameSize] > maxName+1 {
		return f, false, fmt.Errorf("damaged header: a name of %d bytes", f[newcNameSize])
	}
	return f, sums, nil
}

// another tells whether a further archive follows, as in initramfs images.
func (c *cpioReader) another() (bool, error) {
	for {
		b, err := c.r.ReadByte()
		if err == io.EOF {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if b == 0 {
			continue
		}
		if err := c.r.UnreadByte(); err != nil {
			return false, err
		}
		c.off = 0
		clear(c.names)
		if h, err := c.r.Peek(6); err != nil || string(h) != newcMagic && string(h) != newcSumMagic {
			return false, errors.New("something else follows the archive; if it is a compressed initramfs, unmkinitramfs or tail -c can split it")
		}
		return true, nil
	}
}

func (c *cpioReader) entry(name string, f [newcFields]uint32, sums bool) (*Entry, error) {
	typ, ok := modeTypes[f[newcMode]&0o170000]
	if !ok {
		return nil, fmt.Errorf("entry %q: mode %#o has no known file type", name, f[newcMode])
	}
	uid, gid, err := ids(int64(f[newcUID]), int64(f[newcGID]))
	if err != nil {
		return nil, fmt.Errorf("entry %q: %w", name, err)
	}
	e := &Entry{Name: name, Type: typ, Mode: f[newcMode] & 0o7777, UID: uid, GID: gid,
		ModTime: time.Unix(int64(f[newcMtime]), 0), Major: f[newcRdevMajor], Minor: f[newcRdevMinor]}
	switch typ {
	case File:
		e.Size = int64(f[newcSize])
		if f[newcNlink] > 1 {
			// All names of a file are entries, one of them, usually the last, with
			// the data.
			id := inode{f[newcDevMajor], f[newcDevMinor], f[newcIno]}
			if first, ok := c.names[id]; ok {
				e.Type, e.Link = Hardlink, first
			} else {
				c.names[id] = name
			}
		}
		c.left = e.Size
		if sums && c.left > 0 {
			c.sum, c.want = new(byteSum), f[newcCheck]
		}
	case Symlink:
		if f[newcSize] < 1 || f[newcSize] > maxName {
			return nil, fmt.Errorf("entry %q: a link of %d bytes", name, f[newcSize])
		}
		link := make([]byte, f[newcSize])
		if err := c.full(link); err != nil {
			return nil, err
		}
		e.Link = string(link)
	default:
		if f[newcSize] != 0 {
			return nil, fmt.Errorf("entry %q: a %v with data", name, typ)
		}
	}
	return e, nil
}
