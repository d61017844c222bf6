package main

// expected says of tests that fail under Armature, and not natively, why they must:
// package, dot, and test.
var expected = map[string]string{
	"runtime.TestGdbPython":       gdb,
	"runtime.TestGdbBacktrace":    gdb,
	"runtime.TestGdbAutotmpTypes": gdb,
	"runtime.TestGdbConst":        gdb,
	"runtime.TestGdbPanic":        gdb,
	"runtime.TestGdbInfCallstack": gdb,
}

const gdb = "the machine's gdb is the host's and cannot debug an arm64 program"

// throughHost are the tests, by package, in which a program of the host's executes the
// test anew, nohup for example. That takes a handler of the kernel's: they run apart,
// in namespaces of their own with a binfmt_misc of their own.
var throughHost = map[string]string{
	"os/signal": "^(TestDetectNohup|TestNohup)$",
	"runtime":   "^TestUsingVDSO$",
}

// namespaced runs a command, whose arguments follow, where armature, $0, is the handler of arm64
// programs. Nothing that it registers or mounts is left when it ends.
var namespaced = []string{"unshare", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child", "sh", "-euc",
	`mount --make-rprivate /; mount -t proc proc /proc; "$0" binfmt install >&2; exec "$@"`}
