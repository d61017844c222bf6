package main

// expected says of tests that fail under Armature, and not natively, why they must:
// package, dot, and test.
var expected = map[string]string{
	// The machine's gdb and strace are programs of the host, which start the test as a
	// child and cannot look into an arm64 program.
	"runtime.TestGdbPython":       gdb,
	"runtime.TestGdbBacktrace":    gdb,
	"runtime.TestGdbAutotmpTypes": gdb,
	"runtime.TestGdbConst":        gdb,
	"runtime.TestGdbPanic":        gdb,
	"runtime.TestGdbInfCallstack": gdb,
	"runtime.TestUsingVDSO":       "the host's strace executes an arm64 program",
	"os/signal.TestDetectNohup":   handler,
	"os/signal.TestNohup":         handler,
}

const (
	gdb     = "the host's gdb cannot debug an arm64 program"
	handler = "a program of the host's executes the test, for which binfmt_misc needs a handler"
)
