package interp

import (
	"sync/atomic"

	"armature/tcg/ir"
	"armature/tcg/state"
)

// Memory is the guest's memory. Addresses are the guest's, accesses little-endian of 1<<size bytes, size 0..4,
// with the value in the low bytes of a state.V. False means that the access faulted: FaultSig, FaultCode,
// FaultAddr and FaultErr of c say how, and nothing has been stored.
type Memory interface {
	// Load reads; the rest of the result is zero. Up to 8 bytes that are aligned are read at once.
	Load(c *state.CPU, addr uint64, size uint8) (state.V, bool)
	// Store writes v, whose other bytes are ignored.
	Store(c *state.CPU, addr uint64, size uint8, v state.V) bool
	// Cas writes new if old is there, at once for other CPUs, and gives what was there. The address
	// is a multiple of the size. It is a full fence.
	Cas(c *state.CPU, addr uint64, size uint8, old, new state.V) (state.V, bool)
}

// x86 page-fault error code: a write.
const faultWrite = 2

// misaligned reports an alignment fault as Linux does: SIGBUS, BUS_ADRALN.
func misaligned(c *state.CPU, addr uint64, write bool) bool {
	c.FaultSig, c.FaultCode, c.FaultAddr, c.FaultErr = 7, 1, addr, 0
	if write {
		c.FaultErr = faultWrite
	}
	return false
}

// Access executes one memory operation in the midst of translated code, as Eval does others. It reports false if it
// faulted. SP is known to be aligned.
func Access(in *ir.Inst, c *state.CPU, m Memory) bool {
	arg := c.HelperArg
	if in.B == 0 {
		arg[1] = state.V{}
	}
	r, ok := access(in, c, m, arg[0], arg[1], arg[2])
	c.HelperRes[0] = r
	return ok
}

// access executes a memory operation; false if it faulted.
func access(in *ir.Inst, c *state.CPU, m Memory, a, b, d state.V) (res state.V, ok bool) {
	addr := a.Lo
	isStore := false
	switch in.Op {
	case ir.Load, ir.Store:
		addr += b.Lo<<(in.Aux&7) + uint64(in.Imm)
		isStore = in.Op == ir.Store
		if in.Flags&ir.MemSP != 0 && c.X[31]&15 != 0 {
			return res, misaligned(c, c.X[31], isStore)
		}
		if in.Flags&ir.MemAlign != 0 && addr&(1<<in.Size-1) != 0 {
			return res, misaligned(c, addr, isStore)
		}
	case ir.ZeroBlock:
		addr &^= 63
		for n := uint64(0); n < 64; n += 16 {
			if !store(c, m, addr+n, 4, state.V{}) {
				return res, false
			}
		}
		return res, true
	default:
		isStore = in.Op != ir.LoadEx && in.Op != ir.LoadExV
		if in.Flags&ir.MemSP != 0 && c.X[31]&15 != 0 {
			return res, misaligned(c, c.X[31], isStore)
		}
		if addr&(1<<in.Size-1) != 0 {
			return res, misaligned(c, addr, isStore)
		}
	}
	switch in.Op {
	case ir.Load:
		if res, ok = m.Load(c, addr, in.Size); !ok {
			return res, false
		}
		if in.Flags&ir.MemSigned != 0 {
			res.Lo = uint64(signed(res.Lo, in.Size))
			if in.Type == ir.I32 {
				res.Lo = uint64(uint32(res.Lo))
			}
		}
		return res, true
	case ir.Store:
		if !store(c, m, addr, in.Size, d) {
			return res, false
		}
		if in.Flags&ir.MemRelease != 0 {
			fullFence() // a later load-acquire may not pass a store-release
		}
		return res, true
	case ir.Cas, ir.CasP:
		h := c.Hold(addr, 1<<in.Size)
		res, ok = m.Cas(c, addr, in.Size, low(b, in.Size), low(d, in.Size))
		c.Release(h)
		return res, ok
	case ir.LoadEx, ir.LoadExV:
		c.LoadEx(addr, in.Aux, uint32(in.Imm))
		if res, ok = m.Load(c, addr, in.Size); ok {
			c.ExAddr, c.ExSize = addr, 1<<in.Size
			c.ExVal = [2]uint64{res.Lo, res.Hi}
		}
		return res, ok
	case ir.StoreEx, ir.StoreExV:
		res.Lo = 1
		if c.ExSize == 1<<in.Size && c.ExAddr == addr {
			if h, take := c.StoreEx(addr, 1<<in.Size, uint32(in.Imm)); take {
				old := low(state.V{Lo: c.ExVal[0], Hi: c.ExVal[1]}, in.Size) // translated code sets no more
				was, ok := m.Cas(c, addr, in.Size, old, low(b, in.Size))
				c.Release(h)
				if !ok {
					return res, false // the monitor stays: a tagged address is tried again without its tag
				}
				if was == old {
					res.Lo = 0
				}
			}
		}
		c.ExSize = 0
		return res, true
	}
	// The read-modify-write atomics.
	h := c.Hold(addr, 1<<in.Size)
	defer c.Release(h)
	old, ok := m.Load(c, addr, in.Size)
	for ok {
		was, fine := m.Cas(c, addr, in.Size, old, state.V{Lo: modify(in, old.Lo, b.Lo)})
		if was == old || !fine {
			return was, fine
		}
		old = was
	}
	return res, false
}

// store is one that counts (state.Monitor).
func store(c *state.CPU, m Memory, addr uint64, size uint8, v state.V) bool {
	h := c.Hold(addr, 1<<size)
	ok := m.Store(c, addr, size, v)
	c.Release(h)
	return ok
}

// modify is what an atomic stores when it finds old.
func modify(in *ir.Inst, old, v uint64) uint64 {
	mask := sizeMask(in.Size)
	v &= mask
	switch in.Op {
	case ir.AtomAdd:
		return (old + v) & mask
	case ir.AtomClr:
		return old &^ v
	case ir.AtomEor:
		return old ^ v
	case ir.AtomSet:
		return old | v
	case ir.AtomSMax:
		if signed(old, in.Size) > signed(v, in.Size) {
			return old
		}
	case ir.AtomSMin:
		if signed(old, in.Size) < signed(v, in.Size) {
			return old
		}
	case ir.AtomUMax:
		return max(old, v)
	case ir.AtomUMin:
		return min(old, v)
	}
	return v // AtomSwp, or the other one of the two
}

// low is v without what is above its low 1<<size bytes.
func low(v state.V, size uint8) state.V {
	if size >= 4 {
		return v
	}
	return state.V{Lo: v.Lo & sizeMask(size)}
}

// fullFence orders all accesses before it before all after it: any locked instruction does on x86.
func fullFence() {
	var x uint32
	atomic.AddUint32(&x, 1)
}
