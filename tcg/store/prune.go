package store

import (
	"cmp"
	"slices"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// pruneEvery is how many savings there are, on average, to one look at the whole directory.
const pruneEvery = 8

// abandoned is the age at which a file that is still being written is taken for
// left behind.
const abandoned = time.Hour

// entry is a file of the directory.
type entry struct {
	name string
	size int64 // bytes on the disk
	used int64 // when, as seconds since 1970
}

// prune removes what was used least recently while the directory holds more than Limit.
func prune(dir int) {
	now := time.Now().Unix()
	var total int64
	var list []entry
	for _, name := range names(dir) {
		var st syscall.Stat_t
		if fstatat(dir, name, &st) != nil || st.Mode&syscall.S_IFMT != syscall.S_IFREG {
			continue
		}
		e := entry{name, st.Blocks * 512, max(st.Atim.Sec, st.Mtim.Sec)}
		if strings.HasPrefix(name, tmpPrefix) {
			if now-st.Mtim.Sec > int64(abandoned/time.Second) {
				syscall.Unlinkat(dir, name)
			}
			continue
		}
		total += e.size
		list = append(list, e)
	}
	if total <= Limit {
		return
	}
	slices.SortFunc(list, func(a, b entry) int { return cmp.Compare(a.used, b.used) })
	for _, e := range list {
		if total <= Limit-Limit/8 { // not again the next time
			return
		}
		if syscall.Unlinkat(dir, e.name) == nil {
			total -= e.size
		}
	}
}

// names lists a directory.
func names(dir int) (list []string) {
	fd, err := open(dir, ".", syscall.O_RDONLY|syscall.O_DIRECTORY, 0)
	if err != nil {
		return nil
	}
	defer syscall.Close(fd)
	buf := make([]byte, 32<<10)
	for {
		n, err := syscall.ReadDirent(fd, buf)
		if err != nil || n <= 0 {
			return list
		}
		_, _, list = syscall.ParseDirent(buf[:n], -1, list)
	}
}

// fstatat is newfstatat, without following links.
func fstatat(dir int, name string, st *syscall.Stat_t) error {
	const noFollow = 0x100
	p, err := syscall.BytePtrFromString(name)
	if err != nil {
		return err
	}
	_, _, e := syscall.Syscall6(syscall.SYS_NEWFSTATAT, uintptr(dir), uintptr(unsafe.Pointer(p)), uintptr(unsafe.Pointer(st)), noFollow, 0, 0)
	if e != 0 {
		return e
	}
	return nil
}
