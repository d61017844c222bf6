package e2e

import (
	"os/exec"
	"strings"
	"testing"

	"armature/test/cbuild"
)

func init() { otherSources["sanitized"] = true }

// TestSanitizers: gcc's sanitizers find room for their shadows of all the address space, also
// when an unlimited stack makes the host's kernel place mappings upwards from its middle, and
// they report what they are there for.
func TestSanitizers(t *testing.T) {
	for _, c := range []struct {
		flags []string
		bug   string // the program's argument
		want  string
	}{
		{[]string{"-fsanitize=address"}, "overflow", "ERROR: AddressSanitizer: heap-buffer-overflow"},
		{[]string{"-fsanitize=address"}, "free", "ERROR: AddressSanitizer: heap-use-after-free"},
		{[]string{"-fsanitize=address", "-static-libasan"}, "stack", "ERROR: AddressSanitizer: stack-buffer-overflow"},
		{[]string{"-fsanitize=undefined"}, "shift", "runtime error: shift exponent 40 is too large"},
	} {
		t.Run(strings.Join(append(c.flags, c.bug), " "), func(t *testing.T) {
			t.Parallel()
			guest := program{name: "sanitized", flags: append([]string{"-g", "-w"}, c.flags...)}.build(t, cbuild.ARM64, []string{"-O1"})
			for _, limit := range []string{"8192", "unlimited"} {
				for _, bug := range []string{"none", c.bug} {
					cmd := underTest([]string{"-L", crossLibs, "-E", "ASAN_OPTIONS=detect_leaks=0"}, []string{guest, bug})
					out, err := exec.Command("bash", append([]string{"-c", "ulimit -s " + limit + ` && "$@"`, "bash"}, cmd...)...).CombinedOutput()
					text := string(out)
					if !strings.HasPrefix(text, "begins\n") || strings.Contains(text, c.want) != (bug != "none") || bug == "none" && (err != nil || text != "begins\nends\n") {
						t.Errorf("stack %s, bug %s: %v\n%s", limit, bug, err, text)
					}
				}
			}
		})
	}
}
