package cpu

import (
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"
	"unsafe"

	"armature/tcg/state"

	"golang.org/x/sys/unix"
)

// image is guest memory for a test: one mapping, all of it executable for the guest.
type image struct {
	b  []byte
	pc uint64
}

func newImage(t testing.TB, size int) *image {
	b, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Munmap(b) })
	return &image{b: b, pc: uint64(uintptr(unsafe.Pointer(&b[0])))}
}

func (m *image) base() uint64 { return uint64(uintptr(unsafe.Pointer(&m.b[0]))) }

func (m *image) Fetch(pc uint64) []byte {
	off := pc - m.base()
	if off >= uint64(len(m.b)) {
		return nil
	}
	end := min((off|4095)+1, uint64(len(m.b)))
	return m.b[off:end]
}

func (m *image) FetchFault(pc uint64) uint64 { return state.FetchUnmapped }

// at begins assembly at offset off.
func (m *image) at(off uint64) *image { m.pc = m.base() + off; return m }

func (m *image) emit(words ...uint32) uint64 {
	pc := m.pc
	for _, w := range words {
		binary.LittleEndian.PutUint32(m.b[m.pc-m.base():], w)
		m.pc += 4
	}
	return pc
}

// A few A64 instructions.
func movz(rd, imm, hw uint32) uint32    { return 0xd2800000 | hw<<21 | imm<<5 | rd }
func movk(rd, imm, hw uint32) uint32    { return 0xf2800000 | hw<<21 | imm<<5 | rd }
func addi(rd, rn, imm uint32) uint32    { return 0x91000000 | imm<<10 | rn<<5 | rd }
func subi(rd, rn, imm uint32) uint32    { return 0xd1000000 | imm<<10 | rn<<5 | rd }
func subsi(rd, rn, imm uint32) uint32   { return 0xf1000000 | imm<<10 | rn<<5 | rd }
func addr(rd, rn, rm uint32) uint32     { return 0x8b000000 | rm<<16 | rn<<5 | rd }
func ldr(rt, rn, off uint32) uint32     { return 0xf9400000 | off/8<<10 | rn<<5 | rt }
func str(rt, rn, off uint32) uint32     { return 0xf9000000 | off/8<<10 | rn<<5 | rt }
func strw(rt, rn, off uint32) uint32    { return 0xb9000000 | off/4<<10 | rn<<5 | rt }
func b(words int) uint32                { return 0x14000000 | uint32(words)&(1<<26-1) }
func bl(words int) uint32               { return 0x94000000 | uint32(words)&(1<<26-1) }
func bne(words int) uint32              { return 0x54000001 | uint32(words)&(1<<19-1)<<5 }
func cbz(rt uint32, words int) uint32   { return 0xb4000000 | uint32(words)&(1<<19-1)<<5 | rt }
func blr(rn uint32) uint32              { return 0xd63f0000 | rn<<5 }
func br(rn uint32) uint32               { return 0xd61f0000 | rn<<5 }
func icivau(rt uint32) uint32           { return 0xd50b7520 | rt }
func ldxr(rt, rn uint32) uint32         { return 0xc85f7c00 | rn<<5 | rt }
func stxr(rs, rt, rn uint32) uint32     { return 0xc8007c00 | rs<<16 | rn<<5 | rt }
func stpPre(a, b_, rn, n uint32) uint32 { return 0xa9800000 | (-n/8)&0x7f<<15 | b_<<10 | rn<<5 | a }
func ldpPost(a, b_, rn, n uint32) uint32 {
	return 0xa8c00000 | (n/8)&0x7f<<15 | b_<<10 | rn<<5 | a
}

const (
	ret  = 0xd65f03c0
	svc0 = 0xd4000001
	nop  = 0xd503201f
	isb  = 0xd5033fdf
)

// imm64 loads v into rd.
func imm64(rd uint32, v uint64) []uint32 {
	return []uint32{movz(rd, uint32(v&0xffff), 0), movk(rd, uint32(v>>16&0xffff), 1),
		movk(rd, uint32(v>>32&0xffff), 2), movk(rd, uint32(v>>48), 3)}
}

// configs are the engines that every test runs on.
func configs(t *testing.T, f func(t *testing.T, cfg Config)) {
	for name, cfg := range map[string]Config{
		"jit": {}, "tier1": {NoTier2: true}, "tiny": {ArenaSize: 4 * 64 << 10}, "interp": {Interp: true},
		"v2":    {HostCPU: "v2"},
		"lazy":  {Lazy: true},
		"noopt": {Opt: "-all"},
	} {
		t.Run(name, func(t *testing.T) { f(t, cfg) })
	}
}

func newCPU(t testing.TB, cfg Config, m *image) *CPU {
	t.Helper()
	cfg.Memory = m
	if p := os.Getenv("ARMATURE_TEST_TRACE"); p != "" {
		tr, err := NewTracer(os.Stderr, p)
		if err != nil {
			t.Fatal(err)
		}
		cfg.Tracer = tr
	}
	e, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if n := e.Stats.Internal.Load(); n != 0 {
			t.Errorf("%d internal errors of the back end", n)
		}
	})
	return e.cpu(t, m)
}

func (e *Engine) cpu(t testing.TB, m *image) *CPU {
	c, err := e.NewCPU()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	stack := newImage(t, 64<<10)
	c.State.X[31] = stack.base() + 64<<10
	return c
}

// runTo runs c from pc until it leaves, on a thread of its own.
func runTo(c *CPU, pc uint64) (x Exit) {
	done := make(chan Exit)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		c.State.PC = pc
		done <- c.Run()
	}()
	return <-done
}

func wantSyscall(t *testing.T, c *CPU, x Exit) {
	t.Helper()
	if x.Reason != state.ExitSyscall {
		t.Fatalf("left with %+v at %#x, want a system call", x, c.State.PC)
	}
}

func TestLoop(t *testing.T) {
	configs(t, func(t *testing.T, cfg Config) {
		m := newImage(t, 4096)
		start := m.emit(movz(0, 0, 0), movz(1, 0x86a0, 0), movk(1, 1, 1)) // 100000
		m.emit(addr(0, 0, 1), subsi(1, 1, 1), bne(-2), svc0)
		c := newCPU(t, cfg, m)
		wantSyscall(t, c, runTo(c, start))
		if c.State.X[0] != 100000*100001/2 || c.State.PC != m.pc {
			t.Errorf("sum %d, pc %#x", c.State.X[0], c.State.PC)
		}
		if !cfg.Interp && !cfg.NoTier2 && c.e.Stats.Hot.Load() == 0 {
			t.Error("the loop did not grow hot")
		}
	})
}

// fib(n) by recursion: calls, returns, the stack.
func emitFib(m *image) uint64 {
	return m.emit(
		subsi(31, 0, 2),                  // cmp x0, #2
		0x54000062,                       // b.cs +3
		nop,                              //
		ret,                              //
		stpPre(29, 30, 31, 32),           //
		str(19, 31, 16),                  //
		str(20, 31, 24),                  //
		addi(19, 0, 0),                   // mov x19, x0 (add #0)
		subi(0, 19, 1),                   //
		bl(-9),                           //
		addi(20, 0, 0),                   //
		subi(0, 19, 2),                   //
		bl(-12),                          //
		addr(0, 0, 20),                   //
		ldr(19, 31, 16), ldr(20, 31, 24), //
		ldpPost(29, 30, 31, 32),
		ret)
}

func TestCalls(t *testing.T) {
	configs(t, func(t *testing.T, cfg Config) {
		m := newImage(t, 4096)
		fib := emitFib(m)
		start := m.emit(movz(0, 20, 0))
		m.emit(bl(int(int64(fib-m.pc))/4), svc0)
		c := newCPU(t, cfg, m)
		wantSyscall(t, c, runTo(c, start))
		if c.State.X[0] != 6765 {
			t.Errorf("fib(20) = %d", c.State.X[0])
		}
	})
}

// Calls that never return fill the JIT stack, which must only cost a fault now and then.
func TestCallsThatDoNotReturn(t *testing.T) {
	configs(t, func(t *testing.T, cfg Config) {
		m := newImage(t, 4096)
		start := m.emit(imm64(1, 200000)...)
		m.emit(subsi(1, 1, 1), cbz(1, 2), bl(-2), svc0)
		c := newCPU(t, cfg, m)
		wantSyscall(t, c, runTo(c, start))
		if c.State.X[1] != 0 {
			t.Errorf("x1 = %d", c.State.X[1])
		}
	})
}

// Returns to addresses that no call left behind go through the look-up.
func TestMismatchedReturn(t *testing.T) {
	configs(t, func(t *testing.T, cfg Config) {
		m := newImage(t, 4096)
		f := m.emit(addi(30, 30, 4), addi(0, 0, 1), ret) // skips an instruction at its caller
		start := m.emit(movz(0, 0, 0), movz(1, 5000, 0))
		m.emit(bl(int(int64(f-m.pc)) / 4))
		m.emit(movz(0, 999, 0), subsi(1, 1, 1), bne(-3), svc0)
		c := newCPU(t, cfg, m)
		wantSyscall(t, c, runTo(c, start))
		if c.State.X[0] != 5000 {
			t.Errorf("x0 = %d", c.State.X[0])
		}
	})
}

// More code than a tiny arena holds, run round and round.
func TestArenaExhaustion(t *testing.T) {
	configs(t, func(t *testing.T, cfg Config) {
		m := newImage(t, 1<<20)
		const funcs = 8000
		start := m.emit(movz(0, 0, 0), movz(1, 5, 0))
		loop := m.pc
		for i := 0; i < funcs; i++ {
			m.emit(addi(0, 0, 1), addi(2, 2, uint32(i)), addi(3, 2, 5), b(1))
		}
		m.emit(subsi(1, 1, 1), cbz(1, 2), b(int(int64(loop-m.pc-8))/4), svc0)
		c := newCPU(t, cfg, m)
		wantSyscall(t, c, runTo(c, start))
		if c.State.X[0] != 5*funcs {
			t.Errorf("x0 = %d, want %d", c.State.X[0], 5*funcs)
		}
		if cfg.ArenaSize != 0 && c.e.cache.Flushes == 0 {
			t.Error("the arena was never flushed")
		}
	})
}

// A guest JIT: code is rewritten and its cache line invalidated, many times.
func TestRewrittenCode(t *testing.T) {
	configs(t, func(t *testing.T, cfg Config) {
		rounds := uint64(20000)
		m := newImage(t, 8192)
		f := m.at(4096).emit(movz(2, 0, 0), ret)
		m.at(0)
		start := m.emit(imm64(1, rounds)...)
		m.emit(imm64(3, f)...)
		m.emit(imm64(4, uint64(movz(2, 0, 0)))...)
		m.emit(movz(0, 0, 0))
		m.emit( // loop: patch movz's immediate with x1's low byte
			0xd3401c25, // ubfx x5, x1, #0, #8
			0xaa051486, // orr x6, x4, x5, lsl #5
			strw(6, 3, 0), icivau(3), isb,
			blr(3), addr(0, 0, 2), subsi(1, 1, 1), bne(-8), svc0)
		c := newCPU(t, cfg, m)
		wantSyscall(t, c, runTo(c, start))
		var want uint64
		for i := rounds; i > 0; i-- {
			want += i & 255
		}
		if c.State.X[0] != want {
			t.Errorf("x0 = %d, want %d", c.State.X[0], want)
		}
	})
}

func TestKick(t *testing.T) {
	configs(t, func(t *testing.T, cfg Config) {
		for name, code := range map[string][]uint32{
			"b":        {b(0)},
			"loop":     {addi(0, 0, 1), addi(1, 1, 1), b(-2)},
			"indirect": {addi(0, 0, 1), br(5)},
			"call":     {bl(0)},
		} {
			t.Run(name, func(t *testing.T) {
				m := newImage(t, 4096)
				start := m.emit(code...)
				c := newCPU(t, cfg, m)
				c.State.X[5] = start
				for i := 0; i < 20; i++ {
					go func() {
						time.Sleep(time.Millisecond)
						c.Kick()
					}()
					if x := runTo(c, start); x.Reason != state.ExitStop {
						t.Fatalf("%+v", x)
					}
				}
			})
		}
	})
}

func TestFaults(t *testing.T) {
	configs(t, func(t *testing.T, cfg Config) {
		m := newImage(t, 4096)
		ld := m.emit(addi(2, 2, 7), ldr(0, 1, 16), addi(3, 3, 1), svc0)
		st := m.emit(stpPre(0, 2, 1, 16), svc0)
		und := m.emit(addi(2, 2, 1), 0x00000000)
		brk := m.emit(0xd4200000 | 0x123<<5)
		c := newCPU(t, cfg, m)
		s := c.State
		for i := range s.X[:31] {
			s.X[i] = uint64(i) * 0x0101010101
		}
		s.X[1] = 0x5000
		x := runTo(c, ld)
		if x.Reason != state.ExitFault || x.Signal != 11 || x.Code != 1 || x.Addr != 0x5010 || x.Write || s.PC != ld+4 {
			t.Errorf("load: %+v at %#x", x, s.PC-ld)
		}
		if s.X[2] != 2*0x0101010101+7 || s.X[3] != 3*0x0101010101 || s.X[0] != 0 || s.X[30] != 30*0x0101010101 {
			t.Errorf("registers after a fault: %x", s.X)
		}
		x = runTo(c, st)
		if x.Reason != state.ExitFault || x.Addr != 0x5000-16 || !x.Write || s.PC != st || s.X[1] != 0x5000 {
			t.Errorf("store: %+v at %#x, x1 %#x", x, s.PC-st, s.X[1])
		}
		if x = runTo(c, und); x.Reason != state.ExitUndefined || s.PC != und+4 {
			t.Errorf("undefined: %+v at %#x", x, s.PC-und)
		}
		if x = runTo(c, brk); x.Reason != state.ExitBreak || x.Arg != 0x123 || s.PC != brk {
			t.Errorf("brk: %+v at %#x", x, s.PC-brk)
		}
		if x = runTo(c, 0x6000); x.Reason != state.ExitFetch || x.Arg != state.FetchUnmapped || s.PC != 0x6000 {
			t.Errorf("fetch: %+v at %#x", x, s.PC)
		}
		if x = runTo(c, ld+2); x.Reason != state.ExitFetch || x.Arg != state.FetchMisaligned || s.PC != ld+2 {
			t.Errorf("misaligned: %+v at %#x", x, s.PC)
		}
		// Tagged pointers work, and go on.
		s.X[1] = m.base() | 0xab<<56
		if x = runTo(c, ld); x.Reason != state.ExitSyscall || s.X[0] != binary.LittleEndian.Uint64(m.b[16:]) {
			t.Errorf("tagged: %+v", x)
		}
		// A misaligned stack pointer is caught at its use.
		sp := s.X[31]
		s.X[31] = sp - 8
		use := m.emit(addi(4, 4, 1), ldr(0, 31, 0), svc0)
		if x = runTo(c, use); x.Reason != state.ExitFault || x.Signal != 7 || x.Code != 1 || s.PC != use+4 {
			t.Errorf("misaligned SP: %+v at %#x", x, s.PC-use)
		}
		s.X[31] = sp
		via := m.emit(subi(5, 31, 24), addi(31, 5, 0), ldr(0, 31, 0), svc0)
		if x = runTo(c, via); x.Reason != state.ExitFault || x.Signal != 7 || s.PC != via+8 || s.X[31] != sp-24 {
			t.Errorf("misaligned SP on the way: %+v at %#x", x, s.PC-via)
		}
	})
}

// Many CPUs run, and translate, the same code at once, while it is invalidated.
func TestConcurrent(t *testing.T) {
	configs(t, func(t *testing.T, cfg Config) {
		m := newImage(t, 64<<10)
		fib := emitFib(m)
		start := m.emit(imm64(2, m.base()+32<<10)...)
		loop := m.emit(ldxr(3, 2), addi(3, 3, 1), stxr(4, 3, 2))
		m.emit(0xb5000004 | uint32(-3&(1<<19-1))<<5) // cbnz x4, loop
		m.emit(addi(21, 1, 0), movz(0, 12, 0))
		m.emit(bl(int(int64(fib-m.pc)) / 4))
		m.emit(subsi(1, 21, 1), bne(int(int64(loop-m.pc-4))/4), svc0)
		cfg.Memory = m
		e, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		const n, rounds = 4, 500
		var wg sync.WaitGroup
		errs := make(chan error, n)
		stop := make(chan bool)
		for i := 0; i < n; i++ {
			c := e.cpu(t, m)
			c.State.X[1] = rounds
			wg.Add(1)
			go func() {
				defer wg.Done()
				if x := runTo(c, start); x.Reason != state.ExitSyscall || c.State.X[0] != 144 {
					errs <- fmt.Errorf("left with %+v, fib %d", x, c.State.X[0])
				}
			}()
		}
		go func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				if i%2 == 0 {
					e.InvalidateAll()
				} else {
					e.Exclusive(func() {})
				}
				time.Sleep(200 * time.Microsecond)
			}
		}()
		wg.Wait()
		close(stop)
		select {
		case err := <-errs:
			t.Error(err)
		default:
		}
		if got := binary.LittleEndian.Uint64(m.b[32<<10:]); got != n*rounds {
			t.Errorf("counter %d, want %d", got, n*rounds)
		}
	})
}

func TestBadConfig(t *testing.T) {
	for _, cfg := range []Config{{Opt: "-nosuchpass"}, {HostCPU: "v9"}, {ArenaSize: 12345}} {
		if _, err := New(cfg); err == nil {
			t.Errorf("no error for %+v", cfg)
		}
	}
}
