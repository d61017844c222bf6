package linuxuser

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"armature/syscalls"
	"armature/syscalls/host"
	"armature/tcg/state"
)

// layoutC prints what the constants of frame.go stand for.
const layoutC = `
#include <stddef.h>
#include <asm/siginfo.h>
#include <asm/signal.h>
#include <asm/sigcontext.h>
#include <asm/ucontext.h>
#include <asm/auxvec.h>
int printf(const char *, ...); // the C library's headers clash with the kernel's
struct rt_sigframe { siginfo_t info; struct ucontext uc; };
#define F(m) printf(#m " %zu\n", offsetof(struct rt_sigframe, m))
#define N(e) printf(#e " %llu\n", (unsigned long long)(e))
int main(void)
{
	F(info); F(uc); F(uc.uc_stack); F(uc.uc_stack.ss_flags); F(uc.uc_stack.ss_size); F(uc.uc_sigmask);
	F(uc.uc_mcontext.fault_address); F(uc.uc_mcontext.regs); F(uc.uc_mcontext.sp); F(uc.uc_mcontext.pc);
	F(uc.uc_mcontext.pstate); F(uc.uc_mcontext.__reserved);
	N(sizeof(struct rt_sigframe)); N(FPSIMD_MAGIC); N(sizeof(struct fpsimd_context)); N(ESR_MAGIC);
	N(sizeof(struct esr_context)); N(EXTRA_MAGIC); N(MINSIGSTKSZ); N(AT_MINSIGSTKSZ);
	N(offsetof(struct fpsimd_context, fpsr)); N(offsetof(struct fpsimd_context, fpcr)); N(offsetof(struct fpsimd_context, vregs));
	N(offsetof(siginfo_t, si_code)); N(offsetof(siginfo_t, si_addr));
	return 0;
}
`

func TestFrameLayout(t *testing.T) {
	dir := t.TempDir()
	src, exe := filepath.Join(dir, "layout.c"), filepath.Join(dir, "layout")
	if err := os.WriteFile(src, []byte(layoutC), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("aarch64-linux-gnu-gcc", "-static", "-o", exe, src).CombinedOutput(); err != nil {
		t.Fatalf("needs the cross compiler: %v\n%s", err, out)
	}
	out, err := exec.Command("qemu-aarch64-static", exe).Output()
	if err != nil {
		t.Fatal("needs qemu-user-static: ", err)
	}
	var want strings.Builder
	for _, c := range []struct {
		name string
		val  uint64
	}{
		{"info", frameInfo}, {"uc", frameUC}, {"uc.uc_stack", ucStack}, {"uc.uc_stack.ss_flags", ucStack + 8},
		{"uc.uc_stack.ss_size", ucStack + 16}, {"uc.uc_sigmask", ucMask}, {"uc.uc_mcontext.fault_address", scFault},
		{"uc.uc_mcontext.regs", scRegs}, {"uc.uc_mcontext.sp", scSP}, {"uc.uc_mcontext.pc", scPC},
		{"uc.uc_mcontext.pstate", scPstate}, {"uc.uc_mcontext.__reserved", scReserved},
		{"sizeof(struct rt_sigframe)", frameSize}, {"FPSIMD_MAGIC", fpsimdMagic},
		{"sizeof(struct fpsimd_context)", fpsimdSize}, {"ESR_MAGIC", esrMagic}, {"sizeof(struct esr_context)", esrSize},
		{"EXTRA_MAGIC", extraMagic}, {"MINSIGSTKSZ", minStack}, {"AT_MINSIGSTKSZ", atMinSigstksz},
		{"offsetof(struct fpsimd_context, fpsr)", 8}, {"offsetof(struct fpsimd_context, fpcr)", 12},
		{"offsetof(struct fpsimd_context, vregs)", 16}, {"offsetof(siginfo_t, si_code)", 8}, {"offsetof(siginfo_t, si_addr)", 16},
	} {
		fmt.Fprintln(&want, c.name, c.val)
	}
	if string(out) != want.String() {
		t.Errorf("headers:\n%s\nhere:\n%s", out, &want)
	}
}

const testStack = 0x20000000 // one page below the address is not mapped

// frameThread is a thread with random registers and SP at the top of 64 KiB.
func frameThread(t *testing.T) *Thread {
	guestMemory(t, testStack, 64<<10)
	r := rand.New(rand.NewPCG(1, 2))
	th := &Thread{p: &Process{sigreturn: 0x7000414}, st: new(state.CPU), alt: altStack{flags: ssDisable}}
	st := th.st
	st.Init()
	for i := range st.X {
		st.X[i] = r.Uint64()
	}
	for i := range st.V {
		st.V[i] = state.V{Lo: r.Uint64(), Hi: r.Uint64()}
	}
	st.X[31] = testStack + 64<<10 - 0x120
	st.PC = 0x401230
	st.Flags = state.PackNZCV(0b1010)
	st.SetFPCR(state.FPCRFZ | 1<<22)
	st.SetFPSR(state.FPSRQC | state.FPSRIXC)
	th.Mask = 0x1234 << 20
	return th
}

type registers struct {
	x          [32]uint64
	v          [32]state.V
	pc         uint64
	nzcv       uint32
	fpcr, fpsr uint32
}

func registersOf(st *state.CPU) registers {
	return registers{st.X, st.V, st.PC, state.UnpackNZCV(st.Flags), st.FPCR, st.GetFPSR()}
}

var testAction = host.Action{Handler: 0x402000, Flags: host.SASiginfo}

func TestFrameRoundTrip(t *testing.T) {
	th := frameThread(t)
	st := th.st
	before := registersOf(st)
	info := faultInfo(sigSEGV, 1, 0xdead)
	th.faultAddr, th.faultCode = 0xdead, 0x92000047
	if !th.pushFrame(&info, &testAction) {
		t.Fatal("no frame")
	}
	base := st.X[31]
	record := base + frameSize
	if base&15 != 0 || record+recordSize > before.x[31] || before.x[31]-record >= recordSize+16 {
		t.Errorf("SP %#x, record %#x, was %#x", base, record, before.x[31])
	}
	if st.X[0] != sigSEGV || st.X[1] != base || st.X[2] != base+128 || st.X[29] != record ||
		st.X[30] != th.p.sigreturn || st.PC != testAction.Handler {
		t.Errorf("registers at entry: %#x PC %#x", st.X, st.PC)
	}
	f := guestBytes(t, base, frameSize+recordSize)
	u64 := func(off int) uint64 { return binary.LittleEndian.Uint64(f[off:]) }
	for _, c := range []struct {
		what      string
		off       int
		got, want uint64
	}{
		{"si_signo", 0, u64(0), sigSEGV},
		{"si_addr", 16, u64(16), 0xdead},
		{"uc_flags", 128, u64(128), 0},
		{"uc_link", 136, u64(136), 0},
		{"ss_flags", ucStack + 8, u64(ucStack + 8), ssDisable},
		{"uc_sigmask", ucMask, u64(ucMask), 0x1234 << 20},
		{"fault_address", scFault, u64(scFault), 0xdead},
		{"x7", scRegs + 56, u64(scRegs + 56), before.x[7]},
		{"sp", scSP, u64(scSP), before.x[31]},
		{"pc", scPC, u64(scPC), before.pc},
		{"pstate", scPstate, u64(scPstate), 0b1010 << 28},
		{"fpsimd", scReserved, u64(scReserved), fpsimdMagic | fpsimdSize<<32},
		{"q31 high", scReserved + 520, u64(scReserved + 520), before.v[31].Hi},
		{"esr", scReserved + 528, u64(scReserved + 528), esrMagic | esrSize<<32},
		{"esr value", scReserved + 536, u64(scReserved + 536), 0x92000047},
		{"end", scReserved + 544, u64(scReserved + 544), 0},
		{"record x29", frameSize, u64(frameSize), before.x[29]},
		{"record x30", frameSize + 8, u64(frameSize + 8), before.x[30]},
	} {
		if c.got != c.want {
			t.Errorf("%s at %d: %#x, want %#x", c.what, c.off, c.got, c.want)
		}
	}

	// The handler returns with SP as it found it.
	*st = state.CPU{}
	st.Init()
	st.X[31] = base
	mask, ok := th.popFrame()
	if !ok || mask != 0x1234<<20 {
		t.Errorf("popFrame: mask %#x, %v", mask, ok)
	}
	if after := registersOf(st); after != before {
		t.Errorf("restored %+v\nwere %+v", after, before)
	}
}

func TestFrameVariants(t *testing.T) {
	info := faultInfo(10, 0, 0)
	t.Run("without SA_SIGINFO", func(t *testing.T) {
		th := frameThread(t)
		x1, x2 := th.st.X[1], th.st.X[2]
		if !th.pushFrame(&info, &host.Action{Handler: 4}) || th.st.X[1] != x1 || th.st.X[2] != x2 || th.st.X[0] != 10 {
			t.Errorf("%#x", th.st.X)
		}
	})
	t.Run("no fault", func(t *testing.T) {
		th := frameThread(t)
		th.pushFrame(&info, &testAction)
		if end := guestBytes(t, th.st.X[31]+scReserved+fpsimdSize, 16); string(end) != strings.Repeat("\x00", 16) {
			t.Errorf("after the vector registers: % x", end)
		}
	})
	t.Run("restorer", func(t *testing.T) {
		th := frameThread(t)
		th.pushFrame(&info, &host.Action{Handler: 4, Flags: host.SARestorer, Restorer: 0x403000})
		if th.st.X[30] != 0x403000 {
			t.Errorf("%#x", th.st.X[30])
		}
	})
	t.Run("misaligned SP", func(t *testing.T) {
		th := frameThread(t)
		th.st.X[31] -= 7
		sp := th.st.X[31]
		if !th.pushFrame(&info, &testAction) || th.st.X[31]&15 != 0 || th.st.X[31]+frameSize+recordSize > sp {
			t.Errorf("SP %#x from %#x", th.st.X[31], sp)
		}
		if _, ok := th.popFrame(); !ok || th.st.X[31] != sp {
			t.Errorf("SP %#x, was %#x", th.st.X[31], sp)
		}
	})
	t.Run("alternate stack", func(t *testing.T) {
		th := frameThread(t)
		sp := th.st.X[31]
		th.alt = altStack{sp: testStack, size: 0x4000}
		onAlt := host.Action{Handler: 4, Flags: host.SAOnStack}
		th.pushFrame(&info, &onAlt)
		if got := th.st.X[31]; got != testStack+0x4000-frameSize-recordSize {
			t.Errorf("SP %#x", got)
		}
		inner := th.st.X[31]
		th.pushFrame(&info, &onAlt) // nested: goes on below
		if got := th.st.X[31]; got != inner-frameSize-recordSize {
			t.Errorf("nested SP %#x from %#x", got, inner)
		}
		th.popFrame()
		th.popFrame()
		if th.st.X[31] != sp || th.alt.sp != testStack || th.alt.size != 0x4000 || th.alt.flags != 0 {
			t.Errorf("SP %#x, alt %+v", th.st.X[31], th.alt)
		}
	})
	t.Run("autodisarm", func(t *testing.T) {
		th := frameThread(t)
		want := altStack{sp: testStack, size: 0x4000, flags: ssAutodisarm}
		th.alt = want
		th.pushFrame(&info, &host.Action{Handler: 4, Flags: host.SAOnStack})
		if th.alt.flags != ssDisable || th.alt.size != 0 {
			t.Errorf("armed: %+v", th.alt)
		}
		if _, ok := th.popFrame(); !ok || th.alt != want {
			t.Errorf("restored %+v", th.alt)
		}
	})
	t.Run("no room", func(t *testing.T) {
		for _, sp := range []uint64{testStack + frameSize, 0, 8, frameSize, 1 << 63, ^uint64(0), syscalls.GuestTop + 1<<33} {
			th := frameThread(t)
			th.st.X[31] = sp
			before := registersOf(th.st)
			if th.pushFrame(&info, &testAction) || registersOf(th.st) != before {
				t.Errorf("a frame at SP %#x", sp)
			}
			host.Raw(hostMunmap, testStack-pageSize, 64<<10+2*pageSize, 0, 0, 0, 0)
		}
	})
}

// What a hostile program may put into a frame before it returns.
func TestFrameHostile(t *testing.T) {
	le := binary.LittleEndian
	record := func(off int, magic, size uint32) func([]byte) {
		return func(f []byte) {
			le.PutUint32(f[scReserved+off:], magic)
			le.PutUint32(f[scReserved+off+4:], size)
		}
	}
	pstate := func(v uint64) func([]byte) {
		return func(f []byte) { le.PutUint64(f[scPstate:], v) }
	}
	for _, c := range []struct {
		name   string
		change func([]byte)
		ok     bool
	}{
		{"unchanged", func([]byte) {}, true},
		{"no vector registers", record(0, 0, 0), false},
		{"vector registers too small", record(0, fpsimdMagic, 512), false},
		{"vector registers too large", record(0, fpsimdMagic, 544), false},
		{"vector registers beyond the frame", record(0, fpsimdMagic, 8192), false},
		{"size with the sign bit", record(0, fpsimdMagic, 1<<31), false},
		{"largest size", record(0, fpsimdMagic, ^uint32(0)), false},
		{"faults beyond the frame", record(528, esrMagic, 8192), false},
		{"faults with the largest size", record(528, esrMagic, 0xfffffff0), false},
		{"size 0", record(528, esrMagic, 0), false},
		{"size 8", record(528, esrMagic, 8), false},
		{"size that breaks alignment", record(528, esrMagic, 24), false},
		{"unknown record", record(528, 0x12345678, 16), false},
		{"SVE record", record(528, 0x53564501, 16), false},
		{"end with a size", record(528, 0, 16), false},
		{"two records of vector registers", record(528, fpsimdMagic, 528), false},
		{"a record of faults", record(528, esrMagic, 16), true},
		{"records of faults", func(f []byte) { record(528, esrMagic, 16)(f); record(544, esrMagic, 16)(f) }, true},
		{"records to the very end", record(528, esrMagic, 4096-528), false},
		{"room for the end only", record(528, esrMagic, 4096-528-16), true},
		{"all flags", pstate(0xf << 28), true},
		{"reserved bits", pstate(1<<21 | 1<<12 | 3<<10 | 1<<40), true},
		{"EL1t", pstate(4), false},
		{"EL1h", pstate(5), false},
		{"AArch32", pstate(0x10), false},
		{"interrupts masked", pstate(1 << 7), false},
		{"debug masked", pstate(1 << 9), false},
		{"any PC", func(f []byte) { le.PutUint64(f[scPC:], ^uint64(0)) }, true},
		{"any SP", func(f []byte) { le.PutUint64(f[scSP:], ^uint64(0)) }, true},
		{"any FPCR", func(f []byte) { le.PutUint64(f[scReserved+8:], ^uint64(0)) }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			th := frameThread(t)
			info := faultInfo(10, 0, 0)
			if !th.pushFrame(&info, &testAction) {
				t.Fatal("no frame")
			}
			base := th.st.X[31]
			f := guestBytes(t, base, frameSize)
			c.change(f)
			if !syscalls.CopyOut(base, f) {
				t.Fatal("cannot write")
			}
			before := registersOf(th.st)
			_, ok := th.popFrame()
			if ok != c.ok {
				t.Errorf("accepted: %v, want %v", ok, c.ok)
			}
			if !ok && registersOf(th.st) != before {
				t.Error("registers changed by a frame that was refused")
			}
			if th.st.FPCR&^state.FPCRMask != 0 {
				t.Errorf("FPCR %#x", th.st.FPCR)
			}
		})
	}
	for _, sp := range []uint64{testStack + 8, testStack - pageSize, testStack + 64<<10 - frameSize + 16, 0, ^uint64(15), syscalls.GuestTop} {
		th := frameThread(t)
		th.st.X[31] = sp
		if _, ok := th.popFrame(); ok {
			t.Errorf("a frame was found at %#x", sp)
		}
		host.Raw(hostMunmap, testStack-pageSize, 64<<10+2*pageSize, 0, 0, 0, 0)
	}
	// Signals that cannot be blocked stay so.
	th := frameThread(t)
	th.Mask = ^host.Sigset(0)
	info := faultInfo(10, 0, 0)
	th.pushFrame(&info, &testAction)
	if mask, ok := th.popFrame(); !ok || mask != ^host.Unblockable {
		t.Errorf("mask %#x, %v", mask, ok)
	}
}
