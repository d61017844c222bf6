// Package lease sees to it that one run at a time works on a directory, and that none
// begins while processes of an earlier one, which was killed, still work there.
//
// A lease is a locked file, whose lock the kernel drops when its holder ends, however it
// ends. What the holder has started may live on for some moments, until the kernel or the
// end of a pipe has ended it too; so the file names the processes with which all others
// end: the first ones of process namespaces. Who takes the lease next waits for them.
package lease

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Errors of Take.
var (
	ErrHeld = errors.New("it is in use")
	// ErrRemoved says that the file was removed by its former holder: look again what is there.
	ErrRemoved = errors.New("it was removed meanwhile")
)

const (
	// patience is how long Take waits for the processes of an earlier run.
	patience = 60 * time.Second
	// glance is how long Take waits for the lock, which somebody may hold only to see whether
	// it is held.
	glance = time.Second
)

// A Lease is held until its file is closed.
type Lease struct{ f *os.File }

// Take makes f, open for reading and writing, a lease, which owns the file then. It
// waits for the processes that f names.
func Take(f *os.File) (*Lease, error) {
	for end := time.Now().Add(glance); ; time.Sleep(10 * time.Millisecond) {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			break
		}
		if err != unix.EWOULDBLOCK {
			return nil, &os.PathError{Op: "lock", Path: f.Name(), Err: err}
		}
		if time.Now().After(end) {
			return nil, ErrHeld
		}
	}
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return nil, &os.PathError{Op: "stat", Path: f.Name(), Err: err}
	}
	if st.Nlink == 0 {
		return nil, ErrRemoved
	}
	names, err := io.ReadAll(io.LimitReader(f, 1<<16))
	if err != nil {
		return nil, err
	}
	end := time.Now().Add(patience)
	for line := range strings.Lines(string(names)) {
		var pid int
		var started string
		if n, _ := fmt.Sscan(line, &pid, &started); n == 2 && pid > 0 && !gone(pid, started, end) {
			return nil, fmt.Errorf("%w: process %d of an earlier run has not ended", ErrHeld, pid)
		}
	}
	if err := f.Truncate(0); err != nil {
		return nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return &Lease{f}, nil
}

// Held tells whether somebody holds the lease that is the file name.
func Held(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == unix.EWOULDBLOCK
}

// Add names a process whose end has to be waited for. It is to be called before that
// process, or one that ends with it, touches the directory. One that /proc does not show is
// not waited for.
func (l *Lease) Add(pid int) error {
	started, err := startTime(pid)
	if err != nil {
		return nil
	}
	_, err = fmt.Fprintf(l.f, "%d %s\n", pid, started)
	return err
}

// Close gives the lease back. The file stays.
func (l *Lease) Close() error { return l.f.Close() }

// gone waits until the process pid, that was started then, has ended, at most until end.
func gone(pid int, started string, end time.Time) bool {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil { // ESRCH, or a kernel that cannot tell
		return true
	}
	defer unix.Close(fd)
	// Asked when there is the descriptor: from now on it is the same process.
	if now, err := startTime(pid); err != nil || now != started {
		return true
	}
	for {
		left := time.Until(end)
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		n, err := unix.Poll(fds, int(max(left, 0)/time.Millisecond))
		if n > 0 {
			return true
		}
		if left <= 0 || err != nil && err != unix.EINTR {
			return false
		}
	}
}

// startTime is when a process was started, as /proc has it; with the PID it tells
// processes apart.
func startTime(pid int) (string, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", err
	}
	// The name, in brackets, may have any character.
	f := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(f) < 20 {
		return "", fmt.Errorf("/proc/%d/stat: %q", pid, stat)
	}
	return f[19], nil
}
