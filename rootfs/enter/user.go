package enter

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
)

// account is a user of the tree.
type account struct {
	name     string
	uid, gid uint32
	groups   []uint32
	home     string
	shell    string
}

// lookupUser finds a user in the tree's own files: NAME or UID, with ":GROUP" or
// ":GID" behind it for another group. "" is root.
func lookupUser(spec string) (*account, error) {
	passwd, err := table("/etc/passwd")
	if err != nil {
		return nil, err
	}
	group, err := table("/etc/group")
	if err != nil {
		return nil, err
	}
	return findUser(spec, passwd, group)
}

func findUser(spec string, passwd, group [][]string) (*account, error) {
	name, groupName, hasGroup := strings.Cut(spec, ":")
	if name == "" {
		name = "0"
	}
	u := &account{name: name, home: "/", shell: "/bin/sh"}
	id, numErr := number(name)
	found := false
	for _, f := range passwd {
		if len(f) < 7 || f[0] != name && (numErr != nil || f[2] != strconv.FormatUint(uint64(id), 10)) {
			continue
		}
		uid, err1 := number(f[2])
		gid, err2 := number(f[3])
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("/etc/passwd of the tree: user %s: %w", f[0], err)
		}
		u.name, u.uid, u.gid, u.home = f[0], uid, gid, f[5]
		if f[6] != "" {
			u.shell = f[6]
		}
		found = true
		break
	}
	switch {
	case found:
	case numErr != nil:
		return nil, fmt.Errorf("the tree has no user %q (its /etc/passwd)", name)
	case id == 0:
		u.name, u.home = "root", "/root"
	default:
		u.uid, u.gid = id, id
	}
	for _, f := range group {
		if len(f) >= 4 && !hasGroup && slices.Contains(strings.Split(f[3], ","), u.name) {
			if g, err := number(f[2]); err == nil {
				u.groups = append(u.groups, g)
			}
		}
	}
	if !hasGroup {
		return u, nil
	}
	gid, numErr := number(groupName)
	for _, f := range group {
		if len(f) >= 3 && f[0] == groupName {
			gid, numErr = number(f[2])
			break
		}
	}
	if numErr != nil {
		return nil, fmt.Errorf("the tree has no group %q (its /etc/group)", groupName)
	}
	u.gid = gid
	return u, nil
}

func number(s string) (uint32, error) {
	n, err := strconv.ParseUint(s, 10, 32)
	return uint32(n), err
}

// table reads a file of lines with fields between colons; a missing one is empty.
func table(path string) (rows [][]string, err error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for line := range strings.Lines(string(b)) {
		rows = append(rows, strings.Split(strings.TrimSuffix(line, "\n"), ":"))
	}
	return rows, err
}
