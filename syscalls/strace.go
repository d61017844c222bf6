package syscalls

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"

	"armature/syscalls/host"
)

// output tells whether a value of the type is known when the call has ended.
func output(typ string) bool {
	switch typ {
	case "rbuf", "stat", "riov", "pipe", "wstatus":
		return true
	}
	return false
}

type namedArg struct{ name, typ string }

func (r *Row) args() (list []namedArg) {
	for _, f := range strings.Fields(r.Args) {
		n, t, _ := strings.Cut(f, ":")
		list = append(list, namedArg{n, t})
	}
	return list
}

// FormatEnter is the beginning of a line that shows a call: its name, and its
// arguments up to the first that its result decides.
func FormatEnter(nr uint64, a *[6]uint64) string {
	r := Lookup(nr)
	if r == nil {
		return fmt.Sprintf("syscall_%d(%#x, %#x, %#x, %#x, %#x, %#x", nr, a[0], a[1], a[2], a[3], a[4], a[5])
	}
	var b strings.Builder
	b.WriteString(r.Name + "(")
	for i, f := range r.args() {
		if output(f.typ) {
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(formatArg(f.typ, a, i, 0))
	}
	return b.String()
}

// FormatExit is the rest of the line.
func FormatExit(nr uint64, a *[6]uint64, res uint64) string {
	var b strings.Builder
	ret := "int"
	if r := Lookup(nr); r != nil {
		ret = r.Ret
		seen := false
		for i, f := range r.args() {
			if seen = seen || output(f.typ); !seen {
				continue
			}
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(formatArg(f.typ, a, i, res))
		}
	}
	if nr == NrExit || nr == NrExitGroup {
		return ") = ?"
	}
	b.WriteString(") = ")
	switch e, bad := Failed(res); {
	case res == Restart:
		b.WriteString("? interrupted, to be restarted")
	case res == NotEntered:
		b.WriteString("? a signal comes first")
	case bad:
		fmt.Fprintf(&b, "-1 %s (%s)", errnoName(e), e.Error())
	case ret == "addr":
		fmt.Fprintf(&b, "%#x", res)
	default:
		fmt.Fprintf(&b, "%d", int64(res))
	}
	return b.String()
}

func formatArg(typ string, a *[6]uint64, i int, res uint64) string {
	v := a[i]
	_, failed := Failed(res)
	switch typ {
	case "fd", "int", "pid", "uid", "clock":
		if typ == "uid" && uint32(v) != ^uint32(0) {
			return strconv.FormatUint(uint64(uint32(v)), 10)
		}
		return strconv.FormatInt(int64(int32(v)), 10)
	case "dirfd":
		if int32(v) == -100 {
			return "AT_FDCWD"
		}
		return strconv.FormatInt(int64(int32(v)), 10)
	case "uint":
		return strconv.FormatUint(uint64(uint32(v)), 10)
	case "long", "off":
		return strconv.FormatInt(int64(v), 10)
	case "size", "ulong":
		return strconv.FormatUint(v, 10)
	case "mode":
		return fmt.Sprintf("%#o", uint32(v))
	case "path", "newpath", "linkpath", "str":
		return quoteString(v)
	case "wbuf":
		if i+1 < 6 {
			return quoteBytes(v, a[i+1])
		}
	case "rbuf":
		if !failed {
			return quoteBytes(v, res)
		}
	case "argv":
		return formatList(v)
	case "sig":
		return signalName(int(int32(v)))
	case "sigset":
		var m host.Sigset
		if v != 0 && In(&m, v) {
			return formatSet(m)
		}
	case "sigact":
		var act host.Action
		if v != 0 && (i == 1 || !failed) && In(&act, v) {
			h := fmt.Sprintf("%#x", act.Handler)
			switch act.Handler {
			case host.Default:
				h = "SIG_DFL"
			case host.Ignore:
				h = "SIG_IGN"
			}
			return fmt.Sprintf("{%s, %s, mask=%s}", h, saFlags.format(act.Flags), formatSet(act.Mask))
		}
	case "timespec":
		var ts [2]int64
		if v != 0 && In(&ts, v) {
			return fmt.Sprintf("{%d.%09d}", ts[0], ts[1])
		}
	case "pipe":
		var fds [2]int32
		if !failed && In(&fds, v) {
			return fmt.Sprintf("[%d, %d]", fds[0], fds[1])
		}
	case "wstatus":
		var w uint32
		if v != 0 && !failed && In(&w, v) {
			return fmt.Sprintf("[%#x]", w)
		}
	case "rlimit":
		var l [2]uint64
		if v != 0 && In(&l, v) {
			return fmt.Sprintf("{%d, %d}", int64(l[0]), int64(l[1]))
		}
	case "stat":
		var st armStat
		if !failed && In(&st, v) {
			return fmt.Sprintf("{mode=%#o, size=%d}", st.mode, st.size)
		}
	case "riov", "wiov":
		return formatIov(v, a[i+1], typ == "riov", res)
	case "sockaddr":
		return formatSockaddr(v, a[i+1])
	case "ioctl":
		if q := findIoctl(uint32(v)); q != nil {
			return q.name
		}
		return fmt.Sprintf("%#x", uint32(v))
	case "futexop":
		return futexOp(v)
	case "whence":
		return pick(whences, v)
	case "sighow":
		return pick(sighows, v)
	case "epollop":
		return pick(epollOps, v)
	case "madvise":
		return pick(advices, v)
	case "resource":
		return pick(resources, v)
	case "sockdom":
		return pick(domains, v)
	case "fcntlcmd":
		return pick(fcntlCmds, v)
	case "socktype":
		return pick(socktypes, v&0xf) + sockFlags.rest(v&^0xf)
	case "openflags":
		return pick(accmodes, v&oAccmode) + openFlags.rest(v&^oAccmode)
	}
	for _, s := range flagSets {
		if s.typ == typ {
			return s.set.format(v)
		}
	}
	if v == 0 && (typ == "ptr" || strings.HasPrefix(typ, "sig") || typ == "timespec" || typ == "rlimit" || typ == "addr") {
		return "NULL"
	}
	return fmt.Sprintf("%#x", v)
}

const showMax = 48 // bytes of a string that are shown

func quoteString(p uint64) string {
	if p == 0 {
		return "NULL"
	}
	s, e := String(p, pathMax)
	if e != 0 {
		return fmt.Sprintf("%#x", p)
	}
	return strconv.Quote(s)
}

func quoteBytes(p, n uint64) string {
	if p == 0 {
		return "NULL"
	}
	b := make([]byte, min(n, showMax))
	if !CopyIn(b, p) {
		return fmt.Sprintf("%#x", p)
	}
	s := strconv.Quote(string(b))
	if n > showMax {
		s += "..."
	}
	return s
}

func formatList(p uint64) string {
	if p == 0 {
		return "NULL"
	}
	var parts []string
	for range 16 {
		var s uint64
		if !In(&s, p) {
			return fmt.Sprintf("%#x", p)
		}
		if s == 0 {
			return "[" + strings.Join(parts, ", ") + "]"
		}
		parts = append(parts, quoteString(s))
		p += 8
	}
	return "[" + strings.Join(parts, ", ") + ", ...]"
}

func formatIov(p, n uint64, in bool, res uint64) string {
	left := res
	if _, bad := Failed(res); bad {
		left = 0
	}
	var parts []string
	for i := range min(n, 8) {
		var v [2]uint64
		if !In(&v, p+16*i) {
			return fmt.Sprintf("%#x", p)
		}
		n := v[1]
		if in {
			n = min(n, left)
			left -= n
		}
		parts = append(parts, fmt.Sprintf("{%s, %d}", quoteBytes(v[0], n), v[1]))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func formatSockaddr(p, n uint64) string {
	b := make([]byte, min(n, 110))
	if p == 0 || len(b) < 2 || !CopyIn(b, p) {
		return fmt.Sprintf("%#x", p)
	}
	switch f := uint64(le32(append(b[:2:2], 0, 0))); {
	case f == 1:
		return fmt.Sprintf("{AF_UNIX, %q}", strings.TrimRight(string(b[2:]), "\x00"))
	case f == 2 && len(b) >= 8:
		return fmt.Sprintf("{AF_INET, %d.%d.%d.%d:%d}", b[4], b[5], b[6], b[7], int(b[2])<<8|int(b[3]))
	case f == 10 && len(b) >= 24:
		return fmt.Sprintf("{AF_INET6, [%x]:%d}", b[8:24], int(b[2])<<8|int(b[3]))
	default:
		return fmt.Sprintf("{%s, %d bytes}", pick(domains, f), n)
	}
}

func formatSet(m host.Sigset) string {
	if ^m == 0 {
		return "~[]"
	}
	var parts []string
	for sig := 1; sig <= 64; sig++ {
		if m&host.Bit(sig) != 0 {
			parts = append(parts, strings.TrimPrefix(signalName(sig), "SIG"))
		}
	}
	return "[" + strings.Join(parts, " ") + "]"
}

func signalName(sig int) string {
	if sig > 0 && sig < len(signalNames) {
		return signalNames[sig]
	}
	if sig >= 32 && sig <= 64 {
		return fmt.Sprintf("SIGRT_%d", sig-32)
	}
	return strconv.Itoa(sig)
}

// FormatSiginfo shows a struct siginfo.
func FormatSiginfo(b []byte) string {
	sig, code := int(int32(le32(b))), int32(le32(b[8:]))
	if code > 0 && sig != int(syscall.SIGCHLD) {
		return fmt.Sprintf("%s {code=%d, addr=%#x}", signalName(sig), code, le64(b[16:]))
	}
	return fmt.Sprintf("%s {code=%d, pid=%d, uid=%d}", signalName(sig), code, int32(le32(b[16:])), le32(b[20:]))
}

func errnoName(e Errno) string {
	if int(e) < len(errnoNames) && errnoNames[e] != "" {
		return errnoNames[e]
	}
	return "E" + strconv.Itoa(int(e))
}

func futexOp(v uint64) string {
	s := pick(futexOps, v&0x7f)
	if v&futexPrivate != 0 {
		s += "|PRIVATE"
	}
	if v&futexRealtime != 0 {
		s += "|CLOCK_REALTIME"
	}
	return s
}

// pick names one of a list of values.
func pick(names []string, v uint64) string {
	v &= 0xffffffff
	if v < uint64(len(names)) && names[v] != "" {
		return names[v]
	}
	return fmt.Sprintf("%#x", v)
}

// flagSet names bits.
type flagSet []struct {
	bit  uint64
	name string
}

// format shows all bits of v.
func (s flagSet) format(v uint64) string {
	if v == 0 {
		return "0"
	}
	return strings.TrimPrefix(s.rest(v), "|")
}

// rest shows the bits of v behind something else.
func (s flagSet) rest(v uint64) string {
	var b strings.Builder
	for _, f := range s {
		if v&f.bit == f.bit {
			b.WriteString("|" + f.name)
			v &^= f.bit
		}
	}
	if v != 0 {
		fmt.Fprintf(&b, "|%#x", v)
	}
	return b.String()
}
