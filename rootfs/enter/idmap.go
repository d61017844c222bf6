package enter

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"strings"
)

// idRange is a line of /etc/subuid or /etc/subgid.
type idRange struct{ start, count int }

// mapIDs gives the process pid, which is in a new user namespace, its users: the
// caller as root, and the caller's subordinate IDs from 1 on. Without these, or
// without the programs that set them, it is the caller alone, and single is true.
func mapIDs(pid int, warn func(string, ...any)) (single bool, err error) {
	uid, gid := os.Getuid(), os.Getgid()
	uids, uerr := subordinate("/etc/subuid", uid)
	gids, gerr := subordinate("/etc/subgid", uid)
	newuidmap, merr := exec.LookPath("newuidmap")
	newgidmap, nerr := exec.LookPath("newgidmap")
	if err = uerr; err == nil {
		err = gerr
	}
	if err == nil && (merr != nil || nerr != nil) {
		err = errors.New("newuidmap and newgidmap are not installed (package uidmap)")
	}
	if err == nil {
		err = errors.Join(runMap(newuidmap, pid, uid, uids), runMap(newgidmap, pid, gid, gids))
		if err == nil {
			return false, nil
		}
	}
	warn("only root exists inside, so programs that change users or owners (apt, dpkg, sudo) may fail: %v", err)
	proc := fmt.Sprintf("/proc/%d/", pid)
	if err := os.WriteFile(proc+"setgroups", []byte("deny"), 0); err != nil && !os.IsNotExist(err) {
		return true, err
	}
	if err := os.WriteFile(proc+"uid_map", fmt.Appendf(nil, "0 %d 1\n", uid), 0); err != nil {
		return true, err
	}
	return true, os.WriteFile(proc+"gid_map", fmt.Appendf(nil, "0 %d 1\n", gid), 0)
}

// runMap has one of the privileged programs write a map.
func runMap(program string, pid, id int, sub []idRange) error {
	args := []string{strconv.Itoa(pid), "0", strconv.Itoa(id), "1"}
	inside := 1
	for _, r := range sub {
		args = append(args, strconv.Itoa(inside), strconv.Itoa(r.start), strconv.Itoa(r.count))
		inside += r.count
	}
	if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// subordinate reads the ranges that belong to a user.
func subordinate(file string, uid int) ([]idRange, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names := []string{strconv.Itoa(uid)}
	if u, err := user.LookupId(names[0]); err == nil {
		names = append(names, u.Username)
	}
	var list []idRange
	for s := bufio.NewScanner(f); s.Scan(); {
		part := strings.Split(s.Text(), ":")
		if len(part) != 3 || part[0] != names[0] && part[0] != names[len(names)-1] {
			continue
		}
		start, err1 := strconv.Atoi(part[1])
		count, err2 := strconv.Atoi(part[2])
		if err1 == nil && err2 == nil && count > 0 {
			list = append(list, idRange{start, count})
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s has no range for %s (usermod --add-subuids 100000-165535 --add-subgids 100000-165535 %s)", file, names[len(names)-1], names[len(names)-1])
	}
	return list, nil
}
