package host

import (
	"runtime"
	"syscall"
	"unsafe"
)

// rt0Procs and rt0Debug are the Go runtime's environment, beside what ARMATURE_GO... sets. Without
// SSE 4.2, of which only hash/crc32 asks, a package of the zstd library that is initialised before the
// guest makes its table in a twentieth of the time, which would be 5 % of the start of a small guest.
var (
	rt0Procs = "GOMAXPROCS=2\x00"
	rt0Debug = "GODEBUG=cpu.sse42=off\x00"
)

// rt0Needs is the least limit of address space, in bytes, with which the emulator starts.
var rt0Needs uint64 = 2000 << 20

// rt0Place is where rt0Map puts what the runtime wants mapped anywhere: between the program's
// own segments and the place from which the kernel gives addresses downwards. With an unlimited
// stack (ulimit -s) the kernel would begin in the middle of the guest's addresses.
var rt0Place uintptr = 0x7e1000000000

var rt0TooLow = "armature: the hard limit of memory (ulimit -Hv or -Hd) is too low for the emulator: it needs 2000 and 1000 MiB; " +
	"a lower soft limit is the guest's only\n"

// rt0Slack is the main thread's slack of timers, in nanoseconds, which rt0 has changed.
var rt0Slack uintptr

// rt0 has lowered the limit of open files.
func init() {
	if rt0Ran != 0 {
		raiseFiles()
		raw(157, 29, rt0Slack, 0, 0, 0, 0) // prctl(PR_SET_TIMERSLACK)
	}
}

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
// guest: with the environment that it was given, as many threads as it likes, and
// signals that end it. These are blocked in all threads but the calling one, which
// should be the one that starts other programs, since they inherit the mask.
func Plain() {
	if rt0Ran == 0 {
		return
	}
	syscall.Clearenv()
	for _, e := range Environ() {
		for i := 1; i < len(e); i++ {
			if e[i] != '=' {
				continue
			}
			if _, dup := syscall.Getenv(e[:i]); !dup {
				syscall.Setenv(e[:i], e[i+1:])
			}
			break
		}
	}
	runtime.GOMAXPROCS(runtime.NumCPU())
	SetMask(rt0Mask)
	// Package syscall has noted rt0's limit of open files, and would restore it at
	// an exec; this makes it forget.
	syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: rt0Files[0], Max: rt0Files[1]})
}
