package linuxuser

import (
	"bytes"
	"strconv"
)

// resident is what smaps tells of all of a guest's memory, without the emulator's, in kB by smaps's names and
// those that smaps_rollup has besides. It is nil if smaps cannot be read: then the figures of the
// host stand. (Those less what the emulator has would be wrong by the pages that the kernel
// counts on each processor before it adds them up.)
type resident map[string]uint64

// residentOf reads it.
func residentOf(n procName) resident {
	path := "/proc/thread-self/smaps" // the main thread may have ended
	if !n.own {
		path = "/proc/" + n.pid + "/smaps"
	}
	raw, err := readFile(path)
	if err != nil {
		return nil
	}
	return sumResident(raw)
}

func sumResident(smaps []byte) resident {
	sum := resident{}
	var m mapping
	var pss, anon uint64
	guests := false // m is
	end := func() {
		if m.ino == 0 {
			anon = pss
		}
		sum["Pss_Anon"] += min(pss, anon)
		sum["Pss_File"] += pss - min(pss, anon)
		pss, anon = 0, 0
	}
	for line := range bytes.Lines(smaps) {
		if next, ok := parseMapping(line); ok {
			end()
			m, guests = next, !reserved(next.lo, next.hi)
			continue
		}
		key, v, ok := kilobytes(line)
		if !ok || !guests {
			continue
		}
		sum[string(key)] += v
		switch string(key) {
		case "Pss":
			pss = v
		case "Anonymous":
			anon = v
		}
	}
	end()
	return sum
}

// kilobytes reads a line as smaps and status have them: "Rss:      12 kB".
func kilobytes(line []byte) (key []byte, v uint64, ok bool) {
	key, rest, ok := bytes.Cut(line, []byte(":"))
	f := bytes.Fields(rest)
	if !ok || len(f) != 2 || string(f[1]) != "kB" {
		return nil, 0, false
	}
	v, err := strconv.ParseUint(string(f[0]), 10, 64)
	return key, v, err == nil
}

// all is all that is resident, and files what of it is of files or shared memory.
func (r resident) all() uint64   { return r["Rss"] }
func (r resident) files() uint64 { return r["Rss"] - min(r["Rss"], r["Anonymous"]) }

// rollup is smaps_rollup with these figures.
func (r resident) rollup(raw []byte) []byte {
	var out []byte
	for line := range bytes.Lines(raw) {
		if key, _, ok := kilobytes(line); ok && r != nil {
			line = appendf(nil, "%-15s %8d kB\n", string(key)+":", r[string(key)])
		}
		out = append(out, line...)
	}
	return out
}

// status is the lines of status with these figures.
func (r resident) status(raw []byte) []byte {
	if r == nil {
		return raw
	}
	host := map[string]uint64{}
	for line := range bytes.Lines(raw) {
		if key, v, ok := kilobytes(line); ok {
			host[string(key)] = v
		}
	}
	shmem := min(host["RssShmem"], r.files())
	guest := map[string]uint64{
		// At the peak the emulator had about what it has now.
		"VmHWM":    max(r.all(), host["VmHWM"]-min(host["VmHWM"], host["VmRSS"]-min(host["VmRSS"], r.all()))),
		"VmRSS":    r.all(),
		"RssAnon":  r.all() - r.files(),
		"RssFile":  r.files() - shmem,
		"RssShmem": shmem,
		"VmSwap":   r["Swap"],
	}
	var out []byte
	for line := range bytes.Lines(raw) {
		key, _, _ := kilobytes(line)
		if v, ok := guest[string(key)]; ok {
			line = appendf(nil, "%s:\t%8d kB\n", key, v)
		}
		out = append(out, line...)
	}
	return out
}
