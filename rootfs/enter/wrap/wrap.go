// Package wrap stands in for a tree's compiler proper (cc1, cc1plus) where the
// host's does its work: it is what this program does when it is mounted over one of
// these. It tells the host's compiler to look for headers where the tree's would, or
// starts the tree's where the host's cannot do it.
//
// It is in the way of each compilation, so it imports little.
package wrap

import (
	"errors"
	"strings"
	"syscall"
)

// Dir is where the tree's and the host's tools are found besides their places, and
// what Exec has to know.
const Dir = "/run/armature/native"

// Config is what is known of one compiler.
type Config struct {
	Native   string // the host's program
	Original string // the tree's
	Dirs
}

// Dirs are folders of headers, in the order that they are searched in; those of C++
// come first.
type Dirs struct {
	CXX []string `json:"cxx"`
	C   []string `json:"c"`
}

// Is tells whether argv is a call of a compiler that this program stands in for.
func Is(argv0 string) bool {
	return (strings.HasSuffix(argv0, "/cc1") || strings.HasSuffix(argv0, "/cc1plus"))
}

// configFile is where the configuration of the compiler at path is.
func configFile(path string) string {
	return Dir + "/" + strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", "-") + ".conf"
}

// WriteConfig records how the compiler at path is to be called: a line each for the
// two programs, and for each folder with a letter for its kind.
func WriteConfig(path string, c Config) error {
	text := c.Native + "\n" + c.Original + "\n"
	for _, d := range c.CXX {
		text += "+" + d + "\n"
	}
	for _, d := range c.C {
		text += "c" + d + "\n"
	}
	fd, err := syscall.Open(configFile(path), syscall.O_WRONLY|syscall.O_CREAT|syscall.O_TRUNC|syscall.O_CLOEXEC, 0o644)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	_, err = syscall.Write(fd, []byte(text))
	return err
}

func readConfig(path string) (c Config, err error) {
	fd, err := syscall.Open(configFile(path), syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return c, err
	}
	defer syscall.Close(fd)
	b := make([]byte, 64<<10)
	n, err := syscall.Read(fd, b)
	if err != nil {
		return c, err
	}
	lines := strings.Split(strings.TrimSuffix(string(b[:n]), "\n"), "\n")
	if len(lines) < 2 {
		return c, errors.New("damaged configuration")
	}
	c.Native, c.Original = lines[0], lines[1]
	for _, l := range lines[2:] {
		if l[0] == '+' {
			c.CXX = append(c.CXX, l[1:])
		} else {
			c.C = append(c.C, l[1:])
		}
	}
	return c, nil
}

// Exec becomes the compiler that argv and the environment call. It returns if it
// cannot.
func Exec(argv, env []string) error {
	c, err := readConfig(argv[0])
	if err != nil {
		return err
	}
	args, ok := c.arguments(argv)
	if !ok {
		self := append([]string{"armature-aarch64", "-0", argv[0], "--", c.Original}, argv[1:]...)
		return syscall.Exec("/proc/self/exe", self, env)
	}
	return syscall.Exec(c.Native, args, env)
}

// arguments are those for the host's compiler; ok is false if only the tree's will
// do. The tree's own folders of headers go behind all others of the system, which is
// where the compiler would have them.
func (c *Config) arguments(argv []string) (args []string, ok bool) {
	noC, noCXX := false, false
	for _, a := range argv[1:] {
		switch {
		case a == "-nostdinc":
			noC, noCXX = true, true
		case a == "-nostdinc++":
			noCXX = true
		// A plug-in is the tree's; other roots and prefixes concern the folders below.
		case strings.HasPrefix(a, "-fplugin"), strings.HasPrefix(a, "-isysroot"), strings.HasPrefix(a, "-iprefix"),
			strings.HasPrefix(a, "--sysroot"), strings.HasPrefix(a, "-iwithprefix"):
			return nil, false
		}
	}
	args = append(args, argv...)
	if noC {
		return args, true
	}
	args = append(args, "-nostdinc")
	if !noCXX {
		for _, d := range c.CXX {
			args = append(args, "-isystem", d)
		}
	}
	for _, d := range c.C {
		args = append(args, "-isystem", d)
	}
	return args, true
}
