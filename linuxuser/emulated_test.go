package linuxuser

import (
	"testing"

	"armature/syscalls"
)

// TestEmulated: each row that says Emulate has its function, and no other.
func TestEmulated(t *testing.T) {
	for nr := range syscalls.Table {
		r := &syscalls.Table[nr]
		if (r.How == syscalls.Emulate) != (emulated[nr] != nil) {
			t.Errorf("%d %s: row and function do not agree", nr, r.Name)
		}
	}
}
