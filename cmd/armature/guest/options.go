package guest

import (
	"fmt"
	"strconv"
	"strings"
)

// options are those of "armature run" and of the emulator names.
type options struct {
	sysroot   string
	argv0     *string
	env       []string // NAME=VALUE to set, NAME to unset
	engine    string
	opt       string
	hostCPU   string
	arena     int // bytes
	noTier2   bool
	trace     string
	traceFile string
	uname     string // release of the kernel that the guest sees; "": the host's
	strace    bool
	perfMap   bool
	crash     bool
	stats     bool
	cache     string
	gdb       *string // where to wait for a debugger; nil: as the environment says
	gdbFrom   string  // the connection to one
	execFD    int
	execFn    string
	seccomp   int
	notes     []string // what to tell of options that do nothing
	limits    *[2][2]uint64
	mdwe      uint32
	help      bool
	version   bool
	list      string // what to print in place of a run

	// pass holds what the guest's own execve hands on.
	pass []string
}

// option is one of them. Long names are taken with one dash or two, and values
// as the next argument or after "=".
type option struct {
	names string // separated by spaces; the first is the one that help shows
	arg   string // what the value is; "" if there is none
	help  string // "" keeps it out of the help
	pass  bool   // the guest's execve hands it on
	set   func(o *options, v string) error
}

var optionTable = [...]option{
	{"L sysroot", "DIR", "look for the guest's absolute paths in DIR first", false, func(o *options, v string) error { o.sysroot = v; return nil }},
	{"E env", "NAME=VALUE", "set a variable of the guest's environment", false, func(o *options, v string) error {
		for _, s := range strings.Split(v, ",") {
			if !strings.Contains(s, "=") {
				return fmt.Errorf("want NAME=VALUE")
			}
			o.env = append(o.env, s)
		}
		return nil
	}},
	{"U unset-env", "NAME", "remove a variable from it", false, func(o *options, v string) error {
		o.env = append(o.env, strings.Split(v, ",")...)
		return nil
	}},
	{"0 argv0", "NAME", "argv[0] of the program", false, func(o *options, v string) error { o.argv0 = &v; return nil }},
	{"strace", "", "show system calls and signals on stderr, or in the trace file", true, func(o *options, v string) error { o.strace = true; return nil }},
	{"trace d", "ITEMS", "trace the translator: in_asm, ir, out_asm, exec, cpu (comma-separated)", false, func(o *options, v string) error { return o.setTrace(v) }},
	{"trace-file D", "FILE", "where traces go (default: stderr); +FILE appends", false, func(o *options, v string) error {
		o.traceFile = v
		o.pass = append(o.pass, "--trace-file=+"+strings.TrimPrefix(v, "+"))
		return nil
	}},
	{"crash", "", "report where the program was when a fault killed it", true, func(o *options, v string) error { o.crash = true; return nil }},
	{"engine", "auto|jit|interp", "translate to machine code what runs twice (default) or all, or interpret", true, func(o *options, v string) error { o.engine = v; return nil }},
	{"opt", "PASSES", "-NAME,... switches optimisation passes off", true, func(o *options, v string) error { o.opt = v; return nil }},
	{"host-cpu", "LEVEL", "use no host instructions beyond v2, v3 or v4", true, func(o *options, v string) error {
		if v != "v2" && v != "v3" && v != "v4" {
			return fmt.Errorf("want v2, v3 or v4")
		}
		o.hostCPU = v
		return nil
	}},
	{"arena", "MIB", "size of the code arena", true, func(o *options, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > 4096 {
			return fmt.Errorf("want a number of MiB from 1 to 4096")
		}
		o.arena = n << 20
		return nil
	}},
	{"cache", "DIR|off", "keep translations for later runs in DIR, or not at all", true, func(o *options, v string) error { o.cache = v; return nil }},
	{"no-tier2", "", "never retranslate hot loops", true, func(o *options, v string) error { o.noTier2 = true; return nil }},
	{"stats", "", "tell at the end what the engine did", true, func(o *options, v string) error { o.stats = true; return nil }},
	{"perf-map perfmap", "", "write /tmp/perf-PID.map for perf", true, func(o *options, v string) error { o.perfMap = true; return nil }},
	{"r uname", "RELEASE", "release of the kernel that uname tells", true, func(o *options, v string) error { o.uname = v; return nil }},
	{"cpu", "MODEL", "taken for QEMU's sake: the CPU is always a Neoverse N1", false, func(o *options, v string) error {
		if v == "help" || v == "?" {
			o.list = "Available CPUs:\n  neoverse-n1\n"
		} else if !serves(v) {
			o.ignored("cpu "+v, "the CPU is always a Neoverse N1")
		}
		return nil
	}},
	{"g gdb", "PORT|PATH", "wait for gdb at a port of 127.0.0.1, or a socket (none: do not)", false, func(o *options, v string) error { o.gdb = &v; return nil }},
	{"gdb-connection", "FD", "", false, func(o *options, v string) error { o.gdbFrom = v; return nil }},
	{"h help", "", "show this", false, func(o *options, v string) error { o.help = true; return nil }},
	{"version v", "", "show the version", false, func(o *options, v string) error { o.version = true; return nil }},
	{"exec-fd", "FD", "", false, func(o *options, v string) error {
		if _, err := fmt.Sscan(v, &o.execFD); err != nil || o.execFD < 3 {
			return fmt.Errorf("want a file descriptor")
		}
		return nil
	}},
	{"exec-fn", "PATH", "", false, func(o *options, v string) error { o.execFn = v; return nil }},
	{"seccomp-fd", "FD", "", false, func(o *options, v string) error {
		if _, err := fmt.Sscan(v, &o.seccomp); err != nil || o.seccomp < 3 {
			return fmt.Errorf("want a file descriptor")
		}
		return nil
	}},
	{"mdwe", "BITS", "", false, func(o *options, v string) error {
		if _, err := fmt.Sscan(v, &o.mdwe); err != nil {
			return fmt.Errorf("want a number")
		}
		return nil
	}},
	{"limits", "AS:AS:DATA:DATA", "", false, func(o *options, v string) error {
		o.limits = new([2][2]uint64)
		l := o.limits
		if _, err := fmt.Sscanf(v, "%x:%x:%x:%x", &l[0][0], &l[0][1], &l[1][0], &l[1][1]); err != nil {
			return fmt.Errorf("want soft and hard limits of memory")
		}
		return nil
	}},
	// Options of QEMU that change nothing here, and say so.
	{"R", "SIZE", "", false, func(o *options, v string) error {
		o.ignored("R", "a guest has the host's addresses, and limits are for ulimit -v")
		return nil
	}},
	{"B", "ADDRESS", "", false, func(o *options, v string) error {
		o.ignored("B", "a guest has the host's addresses")
		return nil
	}},
	{"p", "SIZE", "", false, func(o *options, v string) error {
		if v != "4096" {
			o.ignored("p", "pages are the host's, of 4096 bytes")
		}
		return nil
	}},
	{"s", "SIZE", "", false, func(o *options, v string) error {
		o.ignored("s", "the size of the stack is that of ulimit -s")
		return nil
	}},
	{"one-insn-per-tb singlestep", "", "", false, func(o *options, v string) error {
		o.ignored("singlestep", "with -d exec,cpu --engine=interp each instruction is shown")
		return nil
	}},
	{"seed", "NUMBER", "", false, func(o *options, v string) error {
		o.ignored("seed", "random numbers are the host's")
		return nil
	}},
	{"dfilter", "RANGE", "", false, func(o *options, v string) error {
		o.ignored("dfilter", "all addresses are traced")
		return nil
	}},
	{"plugin", "FILE", "", false, func(o *options, v string) error {
		return fmt.Errorf("there are no plugins here")
	}},
}

// serves tells whether a program that was to run on the model of QEMU's, with properties behind
// commas, gets what was asked for.
func serves(model string) bool {
	name, properties, _ := strings.Cut(model, ",")
	switch name {
	case "max", "host", "any", "neoverse-n1":
	default:
		return false
	}
	for p := range strings.SplitSeq(properties, ",") {
		switch p {
		case "", "sve=off", "sme=off", "pauth=off", "pmu=off", "lpa2=off":
			// not there anyway
		case "pauth-impdef=on", "pauth-impdef=off", "pauth-qarma3=on", "pauth-qarma3=off":
			// how pointers would be signed
		default:
			return false
		}
	}
	return true
}

// ignored notes that an option does nothing, and why.
func (o *options) ignored(name, why string) {
	o.notes = append(o.notes, "option -"+name+" is ignored: "+why)
}

// setTrace takes the items of -d: those of the tracer, and QEMU's names for some.
func (o *options) setTrace(items string) error {
	var own []string
	for item := range strings.SplitSeq(items, ",") {
		switch item {
		case "help", "?":
			o.list = "Items of -d: in_asm, ir (or op), out_asm, exec, cpu, strace\n"
		case "op":
			own = append(own, "ir")
		case "strace":
			o.strace = true
			o.pass = append(o.pass, "-strace")
		case "nochain", "int", "mmu", "page", "unimp", "guest_errors", "op_opt", "op_ind", "pcall", "fpu", "plugin", "vpu":
			o.ignored("d "+item, "there is no such item here")
		default:
			own = append(own, item)
		}
	}
	if len(own) > 0 {
		o.trace = strings.Join(own, ",")
		o.pass = append(o.pass, "-trace="+o.trace)
	}
	return nil
}

// parse takes options from args up to the first argument that is none, and gives
// the rest.
func (o *options) parse(args []string) ([]string, error) {
	for len(args) > 0 {
		a := args[0]
		if len(a) < 2 || a[0] != '-' {
			break
		}
		args = args[1:]
		if a == "--" {
			break
		}
		name, val, has := strings.Cut(strings.TrimPrefix(a[1:], "-"), "=")
		opt := findOption(name)
		if opt == nil {
			return nil, fmt.Errorf("unknown option %s", a)
		}
		switch {
		case opt.arg == "" && has:
			return nil, fmt.Errorf("option %s takes no value", a)
		case opt.arg != "" && !has:
			if len(args) == 0 {
				return nil, fmt.Errorf("option %s needs a value: %s", a, opt.arg)
			}
			val, args = args[0], args[1:]
		}
		if err := opt.set(o, val); err != nil {
			return nil, fmt.Errorf("option %s: %w", a, err)
		}
		if opt.pass {
			first, _, _ := strings.Cut(opt.names, " ")
			if opt.arg != "" {
				o.pass = append(o.pass, "-"+first+"="+val)
			} else {
				o.pass = append(o.pass, "-"+first)
			}
		}
	}
	return args, nil
}

func findOption(name string) *option {
	for i := range optionTable {
		for rest := optionTable[i].names; rest != ""; {
			var n string
			n, rest, _ = strings.Cut(rest, " ")
			if n == name {
				return &optionTable[i]
			}
		}
	}
	return nil
}

// Help is the help of "armature run" and of the emulator names.
func Help(name string) string {
	return "Usage: " + name + " [options] PROG [ARGS...]\n\nRuns an AArch64 Linux program.\n\nOptions:\n" + optionHelp() +
		`
Environment:
   ARMATURE_LD_PREFIX, QEMU_LD_PREFIX   as --sysroot
   ARMATURE_STRACE, QEMU_STRACE         as --strace, if not empty
   ARMATURE_CRASH                       as --crash, if not empty
   ARMATURE_SET_ENV, QEMU_SET_ENV       as --env
   ARMATURE_UNSET_ENV, QEMU_UNSET_ENV   as --unset-env
   ARMATURE_ARGV0, QEMU_ARGV0           as --argv0
   ARMATURE_CACHE                       as --cache; by default translations are kept in
                                        /var/cache/armature, XDG_CACHE_HOME/armature or
                                        HOME/.cache/armature
   ARMATURE_GDB, QEMU_GDB               as --gdb
   ARMATURE_UNAME, QEMU_UNAME           as --uname
   ARMATURE_LOG, QEMU_LOG               as --trace
   ARMATURE_LOG_FILENAME, QEMU_LOG_FILENAME
                                        as --trace-file

Exit status: the program's. If it is killed by a signal, this process is killed by
the same. 127: no such program; 126: it cannot be run; 125: a failure of the
emulator; 2: wrong usage.
`
}

// Option is an option as help shows it.
type Option struct {
	Names []string // with their dashes
	Arg   string   // what the value is; "" if there is none
	Help  string
}

// Options gives the options of "armature run" that the help shows.
func Options() (list []Option) {
	for _, o := range optionTable {
		if o.help == "" {
			continue
		}
		var names []string
		for _, n := range strings.Fields(o.names) {
			if len(n) == 1 {
				names = append(names, "-"+n)
			} else {
				names = append(names, "--"+n)
			}
		}
		list = append(list, Option{names, o.arg, o.help})
	}
	return list
}

// optionHelp describes the options, one a line.
func optionHelp() string {
	var b strings.Builder
	for _, o := range Options() {
		s := strings.Join(o.Names, ", ")
		if o.Arg != "" {
			s += " " + o.Arg
		}
		fmt.Fprintf(&b, "   %-32s %s\n", s, o.Help)
	}
	return b.String()
}
