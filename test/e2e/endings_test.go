package e2e

import (
	"testing"

	"armature/test/cbuild"
)

func init() { otherSources["die"], otherSources["demo"] = true, true }

// endings are the ways in which the guest program die can end, and the status
// that Linux on ARM gives each.
var endings = []struct {
	how    string
	exit   int
	signal string
}{
	{"exit0", 0, ""},
	{"exit7", 7, ""},
	{"exit255", 255, ""},
	{"exit256", 0, ""},
	{"exit-1", 255, ""},
	{"_exit300", 44, ""},
	{"thread-exit", 21, ""},
	{"return", 33, ""},
	{"abort", 0, "SIGABRT"},
	{"null", 0, "SIGSEGV"},
	{"read-high", 0, "SIGSEGV"},
	{"rodata", 0, "SIGSEGV"},
	{"text", 0, "SIGSEGV"},
	{"call-null", 0, "SIGSEGV"},
	{"call-data", 0, "SIGSEGV"},
	{"call-wild", 0, "SIGSEGV"},
	{"call-odd", 0, "SIGBUS"},
	{"overflow", 0, "SIGSEGV"},
	{"raise-term", 0, "SIGTERM"},
	{"kill", 0, "SIGKILL"},
	{"pipe", 0, "SIGPIPE"},
	{"fpe", 0, "SIGFPE"},
	{"sigsys", 0, "SIGSYS"},
	{"ignored-segv", 0, "SIGSEGV"},
	{"blocked-segv", 0, "SIGSEGV"},
	{"handler-exit", 111, ""},
	{"fault-in-handler", 0, "SIGSEGV"},
	{"closed-stdout", 7, ""},
	{"udf", 0, "SIGILL"},
	{"brk", 0, "SIGTRAP"},
	{"trap", 0, "SIGTRAP"},
	{"sp-zero", 0, "SIGSEGV"},
	{"sp-odd", 0, "SIGBUS"},
	{"bad-stack-signal", 0, "SIGSEGV"},
	{"unknown-syscall", 5, ""},
	{"svc-imm", 5, ""},
	{"none", 99, ""},
}

func TestEndings(t *testing.T) {
	die := program{name: "die", flags: []string{"-Wno-infinite-recursion"}}
	for _, e := range endings {
		t.Run(e.how, func(t *testing.T) {
			t.Parallel()
			guest := die.build(t, cbuild.ARM64, []string{"-O2", "-static"})
			j := job{argv: underTest(nil, []string{guest, e.how})}
			want := outcome{Stdout: e.how + "\n", Exit: e.exit, Signal: e.signal}
			if e.how == "none" {
				want.Stdout += "nothing happened\n"
			}
			compare(t, j, run(t, j), want)
		})
	}
}
