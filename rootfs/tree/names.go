package tree

import (
	"errors"
	"fmt"
	"strings"
)

// Limits of Linux on names, in bytes.
const (
	maxPath      = 4095
	maxComponent = 255
)

// Clean gives the path below the root that an archive's name means, without "."
// and empty components; "" is the root itself. A name that climbs is an error,
// even if it would stay within.
func Clean(name string) (string, error) {
	switch {
	case name == "":
		return "", errors.New("an entry without a name")
	case strings.IndexByte(name, 0) >= 0:
		return "", fmt.Errorf("%q: a NUL in the name", name)
	case len(name) > maxPath:
		return "", fmt.Errorf("%.40q...: the name has %d bytes, Linux permits %d", name, len(name), maxPath)
	}
	var parts []string
	for p := range strings.SplitSeq(name, "/") {
		switch {
		case p == "" || p == ".":
		case p == "..":
			return "", fmt.Errorf("%q: the name leads upwards", name)
		case len(p) > maxComponent:
			return "", fmt.Errorf("%.40q...: a component of the name has %d bytes, Linux permits %d", name, len(p), maxComponent)
		default:
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, "/"), nil
}

// split cuts a clean path in its directory and its last component.
func split(path string) (dir, leaf string) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return "", path
	}
	return path[:i], path[i+1:]
}
