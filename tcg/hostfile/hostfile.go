// Package hostfile reads the host's files by descriptor, without package os, which
// would make the Go runtime's poller with descriptors that a guest sees.
package hostfile

import (
	"io"
	"syscall"
)

// File is an open file's descriptor.
type File int

// ReadAt is io.ReaderAt's.
func (f File) ReadAt(b []byte, off int64) (int, error) {
	n := 0
	for n < len(b) {
		k, err := syscall.Pread(int(f), b[n:], off+int64(n))
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			return n, err
		case k == 0:
			return n, io.EOF
		}
		n += k
	}
	return n, nil
}
