package guest

import (
	"fmt"
	"os"
	"strings"

	"armature/tcg/store"
)

// systemCache is where translations are kept for the whole machine, if an
// administrator has made the directory.
const systemCache = "/var/cache/armature"

// store gives where translations are kept from one run to the next, nil for nowhere.
// What fails later, such as a directory that is not there, is no error: there are
// no translations then.
func (o *options) store() (*store.Store, error) {
	if secure() {
		return &store.Store{Dirs: []store.Dir{{Path: systemCache}}, ReadOnly: true}, nil
	}
	set := o.cache
	if set == "" {
		set = getenv("CACHE", false)
	}
	switch {
	case set == "off":
		return nil, nil
	case set != "":
		if set[0] != '/' {
			wd, err := os.Getwd() // the guest may change its directory
			if err != nil {
				return nil, fmt.Errorf("--cache=%s: %w", set, err)
			}
			set = wd + "/" + set
		}
		set = strings.TrimRight(set, "/")
		return &store.Store{Dirs: []store.Dir{{Path: set, Make: true}}}, nil
	}
	dirs := make([]store.Dir, 0, 2)
	var home string
	for _, e := range environment() {
		switch k, v, _ := strings.Cut(e, "="); {
		case k == "XDG_CACHE_HOME" && strings.HasPrefix(v, "/"):
			home = strings.TrimRight(v, "/")
		case k == "HOME" && strings.HasPrefix(v, "/") && home == "":
			home = strings.TrimRight(v, "/") + "/.cache"
		}
	}
	if home != "" {
		dirs = append(dirs, store.Dir{Path: home + "/armature", Make: true})
	}
	system := store.Dir{Path: systemCache}
	if os.Geteuid() == 0 {
		dirs = append([]store.Dir{system}, dirs...)
	} else {
		dirs = append(dirs, system)
	}
	return &store.Store{Dirs: dirs}, nil
}

// CacheDirs gives the directories where translations are kept by default, in the order
// in which they are tried; none if they are kept nowhere.
func CacheDirs() (list []string) {
	s, err := new(options).store()
	if err != nil || s == nil {
		return nil
	}
	for _, d := range s.Dirs {
		if _, err := os.Stat(d.Path); err == nil || d.Make {
			list = append(list, d.Path)
		}
	}
	return list
}
