package guest

import (
	"os"
	"strings"
	"sync"

	"armature/syscalls/host"
)

// getenv reads a setting from the environment: ARMATURE_x, or QEMU_x if qemu is
// set. A program that gained privileges takes none.
func getenv(name string, qemu bool) string {
	if secure() {
		return ""
	}
	other := ""
	for _, e := range environment() {
		k, v, _ := strings.Cut(e, "=")
		if rest, ok := strings.CutPrefix(k, "ARMATURE_"); ok && rest == name && v != "" {
			return v
		}
		if rest, ok := strings.CutPrefix(k, "QEMU_"); ok && qemu && rest == name {
			other = v
		}
	}
	return other
}

// environment is the environment as it was passed, read once.
var environment = sync.OnceValue(host.Environ)

func secure() bool {
	v, _ := host.Aux(atSecure)
	return v != 0
}

// lookPath finds a program as a shell does; it gives "" if there is none.
func lookPath(name string) string {
	for _, e := range environment() {
		dirs, ok := strings.CutPrefix(e, "PATH=")
		if !ok {
			continue
		}
		for dir := range strings.SplitSeq(dirs, ":") {
			if dir == "" {
				dir = "."
			}
			p := dir + "/" + name
			if st, err := os.Stat(p); err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0 {
				return p
			}
		}
		break
	}
	return ""
}
