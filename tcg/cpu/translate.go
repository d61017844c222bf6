package cpu

import (
	"errors"
	"sync/atomic"
	"time"
	"unsafe"

	"armature/tcg/amd64"
	"armature/tcg/arm64"
	"armature/tcg/code"
	"armature/tcg/fault"
	"armature/tcg/interp"
	"armature/tcg/ir"
)

// translator is what one translating thread needs, reused from block to block.
type translator struct {
	front  arm64.Translator
	code   fetcher
	opt    ir.Optimizer
	run    interp.Runner // of what is interpreted, once
	back   *amd64.Compiler
	ir     ir.Region
	out    amd64.Code
	ranges []ir.Range
	block  code.Block
	pcmap  []uint64

	next, end uint64 // free part of the present chunk
	gen       int
}

// translator takes an idle translator, or makes one.
func (e *Engine) translator() *translator {
	t := e.spare.Swap(nil)
	if t == nil {
		t = e.another()
	}
	if t.gen != e.gen {
		t.gen, t.next, t.end = e.gen, 0, 0
	}
	return t
}

// another is for when several threads translate at the same time.
func (e *Engine) another() *translator {
	e.trMu.Lock()
	defer e.trMu.Unlock()
	if n := len(e.translators); n > 0 {
		t := e.translators[n-1]
		e.translators = e.translators[:n-1]
		return t
	}
	t := newTranslator()
	if !e.cfg.Interp {
		t.back = amd64.NewCompiler(e.host, e.stubs)
		if e.OneThread() {
			t.back.OneThread()
		}
	}
	return t
}

func (e *Engine) release(t *translator) {
	if !e.spare.CompareAndSwap(nil, t) {
		e.trMu.Lock()
		e.translators = append(e.translators, t)
		e.trMu.Unlock()
	}
}

// newTranslator makes a translator whose buffers need not grow: growing step by
// step would touch twice the memory, and a program starts with it.
func newTranslator() *translator {
	t := &translator{
		ranges: make([]ir.Range, 0, 128),
		pcmap:  make([]uint64, 0, 1024),
	}
	t.ir.Insts = make([]ir.Inst, 0, 4096)
	t.ir.Blocks = make([]ir.Block, 0, 64)
	t.ir.Deps = make([]ir.Range, 0, 128)
	t.out.Slots = make([]amd64.Slot, 0, 256)
	t.out.PCs = make([]amd64.PCEntry, 0, 1024)
	return t
}

// fetchSize is how much guest code is copied at a time, in bytes.
const fetchSize = 128

// fetcher gives the front end copies of guest code. The guest may change it or
// unmap it meanwhile, in another thread: then it is as if it had done so before.
type fetcher struct {
	mem   Memory
	debug *debug // what it patches the code with; nil: nothing
	buf   [fetchSize]byte
}

// Fetch is part of arm64.Code.
func (f *fetcher) Fetch(pc uint64) []byte {
	b := f.mem.Fetch(pc)
	n := min(len(b), fetchSize) &^ 3
	if n == 0 || !fault.Fetch(f.buf[:n], uint64(uintptr(unsafe.Pointer(&b[0])))) {
		return nil
	}
	if f.debug != nil {
		f.debug.patch(f.buf[:n], pc)
	}
	return f.buf[:n]
}

// region translates guest code to optimised IR in g: of tier 1 or 2, or with tier
// 0 one instruction. It reports false when there is no region of tier 2. With plain set breakpoints do not count.
func (t *translator) region(e *Engine, g *ir.Region, pc uint64, key ir.Key, tier uint8, plain bool) bool {
	t.code.mem, t.code.debug = e.cfg.Memory, nil
	if !plain {
		t.code.debug = e.debug.Load()
	}
	if tier == 0 {
		t.front.Step(g, pc, 1, key, &t.code)
	} else if !t.front.Translate(g, pc, key, tier, &t.code) {
		return false
	}
	if tr := e.cfg.Tracer; tr != nil {
		tr.traceIn(g)
	}
	t.opt.Run(g, e.passes)
	if tr := e.cfg.Tracer; tr != nil {
		tr.traceIR(g)
	}
	return true
}

// first is the tier of a first translation.
func (e *Engine) first() uint8 {
	if e.cfg.Eager {
		return arm64.TierNear
	}
	return 1
}

// hot makes a better translation of pc, which has been branched back to or called HotThreshold times
// more, and gives the best that there is: a region of the loops through pc at once, but one of code
// that does not loop, which gains less, only when it goes on being hot.
func (e *Engine) hot(pc uint64, key ir.Key) *code.TB {
	tb := e.block(pc, key, 1)
	if tb == nil || tb.Tier > 1 {
		return tb
	}
	switch atomic.AddUint32(&tb.Heat, 1) {
	case 1:
		return e.block(pc, key, 2)
	case nearHeat:
		return e.block(pc, key, arm64.TierNear)
	}
	return tb
}

// nearHeat is how often code without a loop has to be found hot.
const nearHeat = 8

// errNoLoop says that there is no region of tier 2.
var errNoLoop = errors.New("no loop")

// block finds or makes the translation of pc of at least the given tier. It gives
// nil when there is no room even in an empty arena. The caller is in the run
// loop; a full arena makes it leave for a moment.
func (e *Engine) block(pc uint64, key ir.Key, tier uint8) *code.TB {
	if tb := e.cache.Lookup(pc, uint8(key)); tb != nil && tb.Tier >= min(tier, 2) {
		return tb
	}
	t := e.translator()
	tb, err := e.translate(t, pc, key, tier)
	if e.rejected(pc, tier, err) && tier == 1 {
		tb, err = e.translate(t, pc, key, 0) // one instruction of it
		e.rejected(pc, 0, err)
	}
	e.release(t)
	if err == nil {
		return tb
	}
	if err == errNoLoop {
		return e.block(pc, key, 1)
	}
	if tier > 1 && !errors.Is(err, code.ErrFull) {
		// Too large for a chunk, or too complex: what there is must do, for good.
		if tb = e.block(pc, key, 1); tb != nil {
			e.cache.Keep(tb)
		}
		return tb
	}
	if errors.Is(err, code.ErrFull) {
		e.wantFlush.Store(true)
	}
	return nil
}

// rejected tells whether err says that the back end cannot translate the region, and counts it.
func (e *Engine) rejected(pc uint64, tier uint8, err error) bool {
	if err == nil || err == errNoLoop || errors.Is(err, code.ErrFull) {
		return false
	}
	e.Stats.Rejected.Add(1)
	if errors.Is(err, amd64.ErrInternal) {
		e.Stats.Internal.Add(1)
	}
	if tr := e.cfg.Tracer; tr != nil {
		tr.traceRejected(pc, tier, err)
	}
	return true
}

// flush empties the arena, unless another CPU just did. The caller is in the run loop.
func (c *CPU) flush() {
	e := c.e
	c.end()
	e.Exclusive(func() {
		if !e.wantFlush.Load() {
			return
		}
		e.wantFlush.Store(false)
		e.cache.Flush()
		e.gen++
		e.cpuMu.Lock()
		for _, o := range e.cpus {
			o.State.ClearJumpCache()
			o.State.JITSP = 0
		}
		e.cpuMu.Unlock()
	})
	c.begin()
}

// The PC map of package code holds a uint64 an entry: the offset in the low half,
// the guest PC's distance from the region's, which is a multiple of 4, above it,
// and where NZCV is in the two bits that are free.
func packMap(p amd64.PCEntry) uint64 {
	return uint64(p.Off) | uint64(uint32(p.Delta)|uint32(p.Flags))<<32
}

func unpackMap(v uint32) (delta int32, flags amd64.FlagsWhere) {
	return int32(v &^ 3), amd64.FlagsWhere(v & 3)
}

func (e *Engine) translate(t *translator, pc uint64, key ir.Key, tier uint8) (*code.TB, error) {
	var start time.Time
	if e.cfg.Stats {
		start = time.Now()
	}
	if e.once != nil {
		e.once.add(pc)
	}
	epoch := e.cache.Epoch()
	if !t.region(e, &t.ir, pc, key, tier, false) {
		return nil, errNoLoop
	}
	fresh := false
	for {
		if t.next == t.end {
			lo, hi, ok := e.cache.Chunk()
			if !ok {
				return nil, code.ErrFull
			}
			t.next, t.end, fresh = lo, hi, hi-lo == code.ChunkSize
		}
		err := t.back.Compile(&t.ir, e.cache.Window(t.next, int(t.end-t.next)), t.next, &t.out)
		if err == nil {
			break
		}
		if fresh || !errors.Is(err, amd64.ErrNoSpace) {
			return nil, err
		}
		t.next = t.end
	}
	lo := t.next
	t.end -= uint64(t.out.Far)
	t.next = min((lo+uint64(t.out.Size)+15)&^15, t.end)
	t.ranges = t.ranges[:0]
	for i := range t.ir.Blocks {
		if b := &t.ir.Blocks[i]; b.EndPC > b.PC {
			t.ranges = append(t.ranges, ir.Range{Lo: b.PC, Hi: b.EndPC})
		}
	}
	t.ranges = append(t.ranges, t.ir.Deps...)
	if len(t.ranges) == 0 { // nothing could be fetched: that, too, may change
		t.ranges = append(t.ranges, ir.Range{Lo: pc, Hi: pc + 4})
		epoch = 0
	}
	t.pcmap = t.pcmap[:0]
	for _, p := range t.out.PCs {
		t.pcmap = append(t.pcmap, packMap(p))
	}
	b := &t.block // field by field: a literal would be copied
	b.PC, b.Host, b.Lo, b.Hi = pc, lo+uint64(t.out.Entry), lo, lo+uint64(t.out.Size)
	b.Map, b.Ranges, b.Key, b.Tier, b.Meta = t.pcmap, t.ranges, uint8(key), t.ir.Tier, nil
	b.Epoch = epoch
	if t.out.Local {
		b.Meta = (*[code.MetaWords]uint64)(unsafe.Pointer(&t.out.Regs))
	}
	tb, err := e.cache.Insert(b)
	if err != nil {
		return nil, err
	}
	if e.persist != nil && tb.Kept() {
		e.persist.fresh.Add(1)
	}
	st := &e.Stats
	st.Regions.Add(1)
	if tier > 1 {
		st.Hot.Add(1)
	}
	st.GuestInsns.Add(int64(t.ir.Guest))
	st.CodeBytes.Add(int64(t.out.Size))
	if e.cfg.Stats {
		st.Nanos.Add(int64(time.Since(start)))
	}
	if e.perf != nil {
		lo, hi := e.cache.Code(tb)
		e.perf.add(tb, lo, hi)
	}
	if tr := e.cfg.Tracer; tr != nil {
		tr.traceOut(e, &t.ir, tb, t.out.Text)
	}
	return tb, nil
}
