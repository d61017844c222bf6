package host

import (
	"runtime"
	"syscall"
	"unsafe"
)

// What rt0Env does to the environment that the Go runtime sees.
var (
	// rt0Names are the variables that it does not: those that the runtime reads
	// when it starts.
	rt0Names = "GOGC=\x00GODEBUG=\x00GOMAXPROCS=\x00GOMEMLIMIT=\x00GOTRACEBACK=\x00\x00"
	// rt0Procs is one more.
	rt0Procs = "GOMAXPROCS=1\x00"
)

// rt0 has lowered the limit of open files. This package imports little, so that
// its init comes before that of package os, which notes the limit.
func init() { restoreLimit() }

// Environ is the environment as the process was given it, with duplicates and
// in order. The strings are those that the kernel has put on the stack.
func Environ() (env []string) {
	if rt0Ran == 0 {
		return syscall.Environ()
	}
	at := func(p uintptr) uintptr { return *(*uintptr)(Pointer(p)) }
	first := rt0SP + 8*at(rt0SP) + 16
	p := first
	for ; at(p) != 0; p += 8 {
	}
	env = make([]string, 0, (p-first)/8)
	for p := first; at(p) != 0; p += 8 {
		s := at(p)
		n := uintptr(0)
		for *(*byte)(Pointer(s + n)) != 0 {
			n++
		}
		env = append(env, unsafe.String((*byte)(Pointer(s)), n))
	}
	return env
}

// Plain makes the process an ordinary Go program, for work other than to run a
// guest: with the environment that it was given, and as many threads as it likes.
func Plain() {
	if rt0Ran == 0 {
		return
	}
	env := Environ()
	for first, i := 0, 0; rt0Names[first] != 0; i++ {
		if rt0Names[i] != 0 {
			continue
		}
		name := rt0Names[first:i] // with "="
		first = i + 1
		syscall.Unsetenv(name[:len(name)-1])
		for _, e := range env {
			if len(e) >= len(name) && e[:len(name)] == name {
				syscall.Setenv(name[:len(name)-1], e[len(name):])
				break
			}
		}
	}
	runtime.GOMAXPROCS(runtime.NumCPU())
}
