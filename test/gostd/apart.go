package main

// notRun are tests, by package, that cannot pass whatever the emulator does.
var notRun = map[string]string{
	// The machine's gdb, if there is one, is the host's and cannot debug an arm64 program.
	"runtime": "^TestGdb",
}

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
