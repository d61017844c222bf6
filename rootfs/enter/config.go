package enter

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Config says what to run, and in which tree.
type Config struct {
	Root string   // the tree
	Args []string // the command; empty: an interactive shell
	Dir  string   // working directory, in the tree; "": the user's home
	User string   // NAME, UID, NAME:GROUP or UID:GID, of the tree; "": root
	Env  []string // NAME=VALUE, beside a small clean environment

	Binds []Bind

	// Overlay leaves the tree as it is: what changes goes to the folder Layer, or
	// if that is "" to memory, and is gone at the end.
	Overlay bool
	Layer   string

	// NativeTools puts the host's cross compiler in place of the tree's compiler;
	// results of checks are kept in the folder Memory.
	// With OnlyCompiler other programs stay the tree's.
	NativeTools  bool
	OnlyCompiler bool
	Memory       string

	// Project is bound at its own path, and what the command makes there belongs to
	// its owner. "": none.
	Project string

	// Started, if it is not nil, is told the process with which all others end, before
	// anything is done in the tree.
	Started func(pid int) error `json:"-"`
}

// Bind shows a file or folder of the host in the tree.
type Bind struct {
	Source   string // absolute
	Target   string // absolute, in the tree
	ReadOnly bool
}

// ParseBind reads SOURCE[:TARGET][:ro]; TARGET is SOURCE if it is missing.
func ParseBind(s string) (Bind, error) {
	parts := strings.Split(s, ":")
	b := Bind{Source: parts[0]}
	parts = parts[1:]
	if n := len(parts); n > 0 && (parts[n-1] == "ro" || parts[n-1] == "rw") {
		b.ReadOnly = parts[n-1] == "ro"
		parts = parts[:n-1]
	}
	switch len(parts) {
	case 0:
	case 1:
		b.Target = parts[0]
	default:
		return b, fmt.Errorf("%q: want SOURCE[:TARGET][:ro]", s)
	}
	if b.Source == "" {
		return b, fmt.Errorf("%q: want SOURCE[:TARGET][:ro]", s)
	}
	source, err := filepath.Abs(b.Source)
	if err != nil {
		return b, err
	}
	if _, err := os.Stat(source); err != nil {
		return b, err
	}
	b.Source = source
	if b.Target == "" {
		b.Target = source
	}
	if !filepath.IsAbs(b.Target) {
		return b, fmt.Errorf("%q: the place in the tree, %s, is not an absolute path", s, b.Target)
	}
	b.Target = filepath.Clean(b.Target)
	return b, nil
}

// keptVariables are those of the caller's environment that the command sees: the
// terminal's, and what the network needs.
var keptVariables = []string{
	"TERM", "COLORTERM", "NO_COLOR",
	"http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
	"SOURCE_DATE_EPOCH",
}

// order is what the caller's side hands to process 1.
type order struct {
	Config
	Resolv   []byte // of the host's /etc/resolv.conf
	Kept     []string
	UserNS   bool     // in a user namespace made for it
	Single   bool     // which has one user
	Terminal string   // of standard input; "" if it is none
	Options  []string // of the emulator
	Emulator string   // this program's path
	Handler  int      // which handler for ARM programs there is
	OwnerFD  int      // a user namespace that maps Project's owner to root; 0: none
}

// Handlers, as order has them.
const (
	noHandler  = iota // of this program
	hasHandler        // for the user namespace, or the machine
	canHandler        // the command can have one in a user namespace of its own
)
