package rootfs

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// aptSource is one place that the machine's apt takes packages from.
type aptSource struct {
	uri        string
	suites     []string
	components []string
	keyring    string // file of keys; "" if none is named
}

// aptSources reads the sources of the apt below etc, which is /etc/apt.
func aptSources(etc string) (list []aptSource) {
	files := []string{filepath.Join(etc, "sources.list")}
	for _, pattern := range []string{"*.list", "*.sources"} {
		m, _ := filepath.Glob(filepath.Join(etc, "sources.list.d", pattern))
		files = append(files, m...)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		if strings.HasSuffix(f, ".sources") {
			list = append(list, parseSources(string(b))...)
		} else {
			list = append(list, parseList(string(b))...)
		}
	}
	return list
}

// parseList reads lines such as
//
//	deb [arch=amd64 signed-by=/path] http://mirror.example/debian bookworm main
func parseList(text string) (list []aptSource) {
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		if len(f) < 3 || f[0] != "deb" {
			continue
		}
		var s aptSource
		f = f[1:]
		if strings.HasPrefix(f[0], "[") {
			for len(f) > 0 {
				w := strings.Trim(f[0], "[]")
				if k, ok := strings.CutPrefix(w, "signed-by="); ok && strings.HasPrefix(k, "/") {
					s.keyring = k
				}
				last := strings.HasSuffix(f[0], "]")
				f = f[1:]
				if last {
					break
				}
			}
		}
		if len(f) < 2 {
			continue
		}
		s.uri, s.suites, s.components = f[0], f[1:2], f[2:]
		list = append(list, s)
	}
	return list
}

// parseSources reads paragraphs of fields (deb822).
func parseSources(text string) (list []aptSource) {
	fields := map[string]string{}
	last := ""
	end := func() {
		if slices.Contains(strings.Fields(fields["types"]), "deb") && !strings.EqualFold(strings.TrimSpace(fields["enabled"]), "no") {
			for _, uri := range strings.Fields(fields["uris"]) {
				s := aptSource{uri: uri, suites: strings.Fields(fields["suites"]), components: strings.Fields(fields["components"])}
				if k := strings.TrimSpace(fields["signed-by"]); strings.HasPrefix(k, "/") && !strings.ContainsAny(k, " \n") {
					s.keyring = k
				}
				list = append(list, s)
			}
		}
		fields, last = map[string]string{}, ""
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.TrimSpace(line) == "":
			end()
		case line[0] == '#':
		case line[0] == ' ' || line[0] == '\t':
			fields[last] += "\n" + line
		default:
			k, v, _ := strings.Cut(line, ":")
			last = strings.ToLower(strings.TrimSpace(k))
			fields[last] = v
		}
	}
	end()
	return list
}

// mirrorFor chooses the source for a suite of Debian: one that has it, or else one
// whose address is that of a Debian archive.
func mirrorFor(list []aptSource, suite string) (aptSource, bool) {
	list = slices.DeleteFunc(slices.Clone(list), func(s aptSource) bool {
		scheme, _, _ := strings.Cut(s.uri, ":")
		return !slices.Contains([]string{"http", "https", "file"}, scheme) || !slices.Contains(s.components, "main")
	})
	for _, s := range list {
		if slices.Contains(s.suites, suite) {
			return s, true
		}
	}
	for _, s := range list {
		if filepath.Base(strings.TrimRight(s.uri, "/")) == "debian" {
			return s, true
		}
	}
	return aptSource{}, false
}

// DebianMirror gives the address that the machine's apt has a suite of Debian from, or would have, and
// the file of the keys that it is signed with.
func DebianMirror(suite string) (uri, keyring string, err error) {
	s, ok := mirrorFor(aptSources("/etc/apt"), suite)
	if !ok {
		return "", "", errors.New("this machine's apt has no source of Debian packages")
	}
	return s.uri, cmp.Or(s.keyring, DebianKeyring), nil
}
