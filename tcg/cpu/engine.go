package cpu

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"armature/tcg/amd64"
	"armature/tcg/code"
	"armature/tcg/fault"
	"armature/tcg/interp"
	"armature/tcg/ir"
	"armature/tcg/state"
	"armature/tcg/store"
)

// Memory is the mode's view of guest memory, for translation.
type Memory interface {
	// Fetch gives the executable bytes from pc to the end of its page or
	// mapping, without copying; none if pc is not executable.
	Fetch(pc uint64) []byte
	// FetchFault says why pc cannot be fetched: state.FetchUnmapped or state.FetchNoExec.
	FetchFault(pc uint64) uint64
}

// DefaultArena is the size of the code arena in bytes.
const DefaultArena = 128 << 20

// Config says how an engine works. The zero value but for Memory is the default.
type Config struct {
	Memory    Memory
	Interp    bool      // run the IR interpreter in place of translated code
	Opt       string    // passes: "", or "-name,-name,..." to switch off; see ir.ParsePasses
	HostCPU   string    // "", "v2", "v3", "v4": the host instructions to use
	ArenaSize int       // bytes; 0 is DefaultArena
	ArenaAddr uint64    // host address for the arena and its tables; 0: Place's choice
	NoTier2   bool      // never build regions of many blocks
	Lazy      bool      // interpret code the first time, unless its translation is to be kept
	Eager     bool      // build them at first sight: for tests
	Strict    bool      // run strict code (state.Monitor), with half of all pages armed: for tests
	Stats     bool      // count slow paths and time translation
	PerfMap   io.Writer // is told of code, as /tmp/perf-PID.map is to tell perf; nil: nobody
	Tracer    *Tracer

	// Place gives the host address for a mapping of n bytes of the engine's own; 0, and
	// without it: the kernel's choice.
	Place func(n uintptr) uintptr
	// Cache, with ArenaAddr, is where translations are kept from one process to the
	// next, for those that run the same Program and have the same options; Base is a
	// file that many programs have in common, as their loader. Without one of them it
	// is zero.
	Cache         *store.Store
	Program, Base code.FileID
}

// Engine translates and runs the code of one guest address space.
type Engine struct {
	cfg    Config
	passes ir.PassSet
	cache  *code.Cache
	stubs  amd64.Stubs
	host   amd64.Features
	mem    interp.Memory

	monitor *state.Monitor

	cpuMu sync.Mutex
	cpus  []*CPU

	exMu    sync.Mutex
	pending atomic.Bool

	spare       atomic.Pointer[translator] // an idle translator
	trMu        sync.Mutex
	translators []*translator // more of them
	gen         int           // counts flushes; changed under Exclusive
	wantFlush   atomic.Bool

	regions regionCache // of the interpreter
	perf    *perfMap
	debug   atomic.Pointer[debug] // what a debugger has set, nil: nothing; changed under Exclusive
	persist *persist              // nil: translations are not kept
	once    *once                 // nil: everything is translated at first sight

	Stats Stats
}

// Stats counts what an engine did. All fields are updated atomically.
type Stats struct {
	Loaded     atomic.Int64            // regions that an earlier process has translated
	Saved      atomic.Int64            // regions written for later processes
	Once       atomic.Int64            // blocks interpreted, as code is the first time
	Regions    atomic.Int64            // translated, both tiers
	Hot        atomic.Int64            // of them tier 2
	GuestInsns atomic.Int64            // guest instructions translated
	CodeBytes  atomic.Int64            // host bytes emitted
	Rejected   atomic.Int64            // regions that the back end gave back, to be done in smaller pieces or interpreted
	Internal   atomic.Int64            // of them those for a mistake in it, amd64.ErrInternal
	Nanos      atomic.Int64            // time spent translating
	Exits      [16]atomic.Int64        // from translated code; those of live CPUs are still in these
	Helpers    [ir.NumOps]atomic.Int64 // slow paths taken, with Config.Stats

	cacheErr error // why nothing was loaded or saved
}

// WriteStats tells people what the engine did.
func (e *Engine) WriteStats(w io.Writer) {
	e.cpuMu.Lock()
	for _, c := range e.cpus {
		c.count()
	}
	e.cpuMu.Unlock()
	e.Stats.write(w)
}

// count enters c's counts in those of the engine.
func (c *CPU) count() {
	for i := range c.exits {
		c.e.Stats.Exits[i].Add(int64(atomic.SwapUint64(&c.exits[i], 0)))
	}
}

func (s *Stats) write(w io.Writer) {
	n := max(s.GuestInsns.Load(), 1)
	fmt.Fprintf(w, "armature: %d regions (%d hot), %d guest instructions translated, %d bytes of code (%.1f an instruction), %v translating (%d ns an instruction)\n",
		s.Regions.Load(), s.Hot.Load(), s.GuestInsns.Load(), s.CodeBytes.Load(), float64(s.CodeBytes.Load())/float64(n),
		time.Duration(s.Nanos.Load()), s.Nanos.Load()/n)
	if o := s.Once.Load(); o != 0 {
		fmt.Fprintf(w, "armature: %d blocks interpreted, the first time\n", o)
	}
	if r := s.Rejected.Load(); r != 0 {
		fmt.Fprintf(w, "armature: %d regions rejected by the back end, %d for an internal error\n", r, s.Internal.Load())
	}
	if l, v := s.Loaded.Load(), s.Saved.Load(); l != 0 || v != 0 || s.cacheErr != nil {
		fmt.Fprintf(w, "armature: cache: %d regions loaded, %d saved", l, v)
		if s.cacheErr != nil {
			fmt.Fprintf(w, " (%v)", s.cacheErr)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "armature: exits:")
	for i := range s.Exits {
		if k := s.Exits[i].Load(); k != 0 {
			fmt.Fprintf(w, " %s %d", exitNames[i], k)
		}
	}
	fmt.Fprintf(w, "\narmature: slow paths:")
	for i := range s.Helpers {
		if k := s.Helpers[i].Load(); k != 0 {
			fmt.Fprintf(w, " %s %d", ir.Op(i), k)
		}
	}
	fmt.Fprintln(w)
}

var exitNames = [16]string{
	state.ExitNone: "none", state.ExitLookup: "lookup", state.ExitStop: "stop", state.ExitSyscall: "syscall",
	state.ExitBreak: "break", state.ExitUndefined: "undefined", state.ExitFault: "fault", state.ExitFetch: "fetch",
	state.ExitHelper: "helper", state.ExitFlush: "flush", state.ExitHot: "hot", state.ExitSPAlign: "spalign",
}

// New makes an engine.
func New(cfg Config) (*Engine, error) {
	e := &Engine{cfg: cfg, mem: fault.Direct{}, monitor: new(state.Monitor)}
	e.monitor.Map = e.mapShared
	if cfg.Strict {
		for page := uint64(0); page <= state.PageMask; page += 4 {
			e.monitor.Arm(page << state.PageShift)
		}
	}
	var err error
	if e.passes, err = ir.ParsePasses(cfg.Opt); err != nil {
		return nil, err
	}
	if err := fault.Install(); err != nil {
		return nil, err
	}
	if cfg.Interp {
		e.regions.init()
		return e, nil
	}
	if cfg.PerfMap != nil {
		e.perf = &perfMap{w: cfg.PerfMap}
	}
	if e.host, err = hostFeatures(cfg.HostCPU); err != nil {
		return nil, err
	}
	size := cfg.ArenaSize
	if size == 0 {
		size = DefaultArena
	}
	at := uintptr(cfg.ArenaAddr)
	if at == 0 {
		at = cfg.place(2 << 30) // the tables are larger than the arena, and reserved only
	}
	e.cache, err = code.New(at, size)
	keep := cfg.persistent() && err == nil
	if err != nil && cfg.Cache != nil {
		e.cache, err = code.New(0, size) // anywhere, but then nothing can be kept
	}
	if err != nil {
		return nil, err
	}
	n, stubs := amd64.EmitStubs(e.cache.Window(e.cache.Base, code.ChunkSize), e.cache.Base)
	e.stubs = stubs
	e.cache.SetStart(n)
	fault.SetCode(e.cache.Base, e.cache.Base+e.cache.Size, stubs.Fault)
	if keep {
		e.keep()
	}
	if cfg.Lazy && e.persist == nil && cfg.Tracer == nil {
		e.once = new(once)
	}
	return e, nil
}

// OneThread tells whether the code is only for a guest of one thread without shared memory.
func (e *Engine) OneThread() bool { return e.passes&ir.Threads == 0 }

// CPU is one guest CPU. Its methods are for the thread that runs it, but for Kick.
type CPU struct {
	State  *state.CPU
	e      *Engine
	caller Caller // makes system calls; nil: Run's caller makes them
	busy   uint32 // 1: in the run loop; see begin
	runner *interp.Runner
	mem    uintptr // the mapping that holds State and the JIT stack

	faulted *code.TB // that of the last host fault
	over    bool     // Step is under way: breakpoints do not count

	// Eager makes it translate at first sight in spite of Config.Lazy. It is for a thread that may be
	// killed alone, and with it what it holds of the engine: it is to be in translated code soon.
	Eager bool

	exits [16]uint64 // by reason; only the CPU's thread writes them
}

func (cfg *Config) place(n uintptr) uintptr {
	if cfg.Place == nil {
		return 0
	}
	return cfg.Place(n)
}

// Layout of a CPU's mapping: guard page, JIT stack, state.
const (
	guardSize = 4096
	jitStack  = 128 << 10
)

const cpuBytes = (guardSize + jitStack + state.Size + 4095) &^ 4095

// mmap maps zeroed memory of the engine's own.
func (cfg *Config) mmap(bytes, flags uintptr) (uintptr, syscall.Errno) {
	r, _, errno := syscall.Syscall6(syscall.SYS_MMAP, cfg.place(bytes), bytes, syscall.PROT_READ|syscall.PROT_WRITE,
		flags|syscall.MAP_ANON, ^uintptr(0), 0)
	return r, errno
}

// NewCPU makes a CPU in the state of a reset.
func (e *Engine) NewCPU() (*CPU, error) {
	r, errno := e.cfg.mmap(cpuBytes, syscall.MAP_PRIVATE|syscall.MAP_NORESERVE)
	if errno != 0 {
		return nil, fmt.Errorf("mapping a CPU: %w", errno)
	}
	if _, _, errno := syscall.Syscall(syscall.SYS_MPROTECT, r, guardSize, syscall.PROT_NONE); errno != 0 {
		syscall.Syscall(syscall.SYS_MUNMAP, r, cpuBytes, 0)
		return nil, fmt.Errorf("guarding a CPU's stack: %w", errno)
	}
	s := (*state.CPU)(unsafe.Pointer(r + guardSize + jitStack))
	s.Init()
	s.ExMonitor = uint64(uintptr(unsafe.Pointer(e.monitor)))
	s.JITLimit = uint64(r) + guardSize
	s.JITStack = uint64(r) + guardSize + jitStack - 16
	*(*uint64)(unsafe.Pointer(uintptr(s.JITStack))) = e.stubs.Sentinel
	c := &CPU{State: s, e: e, mem: r}
	if e.cfg.Interp {
		c.runner = new(interp.Runner)
	}
	e.cpuMu.Lock()
	e.cpus = append(e.cpus, c)
	if len(e.cpus) > 1 {
		e.monitor.Share(false)
	}
	e.cpuMu.Unlock()
	return c, nil
}

// mapShared maps zeroed memory that forked children share; 0 if it cannot.
func (e *Engine) mapShared(bytes uintptr) uintptr {
	r, errno := e.cfg.mmap(bytes, syscall.MAP_SHARED)
	if errno != 0 {
		return 0
	}
	return r
}

// Close frees c, which must not run any more.
func (c *CPU) Close() {
	e := c.e
	e.exMu.Lock()
	e.cpuMu.Lock()
	c.count()
	for i, o := range e.cpus {
		if o == c {
			e.cpus = append(e.cpus[:i:i], e.cpus[i+1:]...)
			break
		}
	}
	e.cpuMu.Unlock()
	e.exMu.Unlock()
	syscall.Syscall(syscall.SYS_MUNMAP, c.mem, cpuBytes, 0)
	c.State = nil
}

// Block describes the translation block at guest address pc: where its code lies,
// how much, and of which tier; "" when there is none.
func (c *CPU) Block(pc uint64) string {
	e := c.e
	if e.cache == nil {
		return ""
	}
	tb := e.cache.Lookup(pc, uint8(c.key()))
	if c.faulted != nil && (tb == nil || pc == c.State.PC) {
		tb = c.faulted
	}
	if tb == nil {
		return ""
	}
	lo, hi := e.cache.Code(tb)
	return fmt.Sprintf("%#x tier %d, host code %#x..%#x", tb.PC, tb.Tier, lo, hi)
}

// Invalidate drops the translations of guest addresses [lo, hi). A CPU that runs
// one of them leaves it at its next poll.
func (e *Engine) Invalidate(lo, hi uint64) {
	if e.regions.m != nil {
		e.regions.invalidate(lo, hi)
	}
	if e.cfg.Interp {
		return
	}
	e.cpuMu.Lock()
	defer e.cpuMu.Unlock()
	e.dropped(e.cache.Invalidate(lo, hi, e.dropJump))
}

// dropJump takes pc out of the jump caches. The caller has cpuMu.
func (e *Engine) dropJump(pc uint64) {
	for _, c := range e.cpus {
		k := state.JumpCacheIndex(pc)
		je := &c.State.JumpCache[k]
		if atomic.LoadUint64(&je.PC) == pc {
			atomic.StoreUint64(&je.PC, state.JumpCacheFree(k))
		}
	}
}

// dropped makes CPUs forget return addresses on their JIT stacks, when there are
// any that may lead into the n dropped TBs. The caller has cpuMu.
func (e *Engine) dropped(n int) {
	if n != 0 {
		for _, c := range e.cpus {
			atomic.OrUint32(&c.State.Stop, stopDrop)
		}
	}
}

// InvalidateAll drops all translations.
func (e *Engine) InvalidateAll() { e.Invalidate(0, ^uint64(0)) }

// hostFeatures gives what the host has, or what remains of it at the level named.
func hostFeatures(level string) (amd64.Features, error) {
	f, ok := amd64.Host()
	if !ok {
		return f, fmt.Errorf("this processor is below x86-64-v2 (SSE4.2, POPCNT, CMPXCHG16B); use --engine=interp")
	}
	if level == "" {
		return f, nil
	}
	for _, l := range []amd64.Level{amd64.V2, amd64.V3, amd64.V4} {
		if level == l.String() {
			if l > f.Level {
				return f, fmt.Errorf("--host-cpu=%s: this processor is only %s", level, f.Level)
			}
			return f.At(l), nil
		}
	}
	return f, fmt.Errorf("--host-cpu=%s: want v2, v3 or v4", level)
}
