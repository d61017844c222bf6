package cpu

import (
	"encoding/binary"
	"errors"
	"io"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"armature/tcg/amd64"
	"armature/tcg/amd64/asm"
	"armature/tcg/code"
	"armature/tcg/store"
)

// persist is what an engine needs to keep its translations from one process to the
// next.
type persist struct {
	store  *store.Store
	key    []byte
	name   string
	loaded int          // TBs of the snapshot that was loaded, or saved last
	fresh  atomic.Int64 // saveable TBs made since
	off    atomic.Bool  // nothing more is taken from the snapshot, nor saved
	bad    uint64       // inode of a file that is to be replaced
	saving sync.Mutex
}

// persistent tells whether translations are to be kept. Those of an engine that is
// traced or has an arena of its own size are not.
func (cfg *Config) persistent() bool {
	return cfg.Cache != nil && cfg.ArenaAddr != 0 && cfg.ArenaSize == 0 && !cfg.Interp && cfg.Tracer == nil
}

// keep makes the engine keep its translations, and loads those of earlier
// processes. Whatever is wrong, there are none then, and it works as without.
func (e *Engine) keep() {
	build := buildID()
	if len(build) == 0 {
		return
	}
	p := &persist{store: e.cfg.Cache}
	k := append(make([]byte, 0, 512), "aarch64 "...)
	k = append(k, build...)
	var noTier2 uint64
	if e.cfg.NoTier2 {
		noTier2 = 1
	}
	f := &e.cfg.Program
	for _, x := range [...]uint64{
		e.cache.Base, uint64(e.host.Level), e.host.Bits(), uint64(asm.HostFeatures), uint64(e.passes), noTier2,
		f.Dev, f.Ino, f.Size, uint64(f.Mtime), uint64(f.Ctime),
	} {
		k = binary.LittleEndian.AppendUint64(k, x)
	}
	if len(k) > code.MaxKey {
		return
	}
	p.key = k
	p.name = strconv.FormatUint(code.Sum(1, k), 16) + "-" + strconv.FormatUint(code.Sum(2, k), 16)
	e.cache.Track()
	e.persist = p
	file, err := p.store.Open(p.name)
	if err != nil {
		return
	}
	defer file.Close()
	// What was in memory when the machine went down may never have reached the disk.
	full := old(file.Stat.Ctim)
	s, err := e.cache.Load(file.FD, file.Stat.Size, k, full, validMap)
	if err != nil {
		e.Stats.cacheErr = err
		if errors.Is(err, code.ErrDamaged) {
			p.bad = file.Stat.Ino
		}
		return
	}
	if full {
		file.Touch()
	}
	p.loaded = s.Regions()
	e.Stats.Loaded.Store(int64(p.loaded))
	if e.perf != nil {
		e.cache.Each(func(tb *code.TB) {
			lo, hi := e.cache.Code(tb)
			e.perf.add(tb, lo, hi)
		})
	}
}

// old tells whether a file of the given ctime is from before the machine was
// started, as far as clocks tell.
func old(ctime syscall.Timespec) bool {
	const clockBoottime = 7
	var up syscall.Timespec
	if _, _, e := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockBoottime, uintptr(unsafe.Pointer(&up)), 0); e != 0 {
		return true
	}
	now := time.Now().UnixNano()
	return ctime.Nano() < now-up.Nano() || ctime.Nano() > now
}

func validMap(m *[code.MetaWords]uint64) bool {
	return (*amd64.RegMap)(unsafe.Pointer(m)).Valid()
}

// Map says that the guest has mapped a file; see code.Cache.Map.
func (e *Engine) Map(id code.FileID, off, lo, hi uint64) {
	if e.persist != nil && !e.persist.off.Load() {
		e.cache.Map(id, off, lo, hi, time.Now().UnixNano())
	}
}

// Keeps tells whether the engine wants to know by Map what the guest maps.
func (e *Engine) Keeps() bool { return e.persist != nil }

// Unmap says that memory that was mapped from a file may be written from now on.
func (e *Engine) Unmap(lo, hi uint64) {
	if e.persist != nil {
		e.cpuMu.Lock()
		defer e.cpuMu.Unlock()
		e.dropped(e.cache.Unmap(lo, hi, e.dropJump))
	}
}

// forsake makes the engine work as one that does not keep translations.
func (e *Engine) forsake() {
	if e.persist != nil && !e.persist.off.Swap(true) {
		e.Unmap(0, ^uint64(0))
	}
}

// A snapshot is written when it has at least this many more TBs, and this share
// more, than the one that is there.
const (
	saveMin   = 64
	saveShare = 10 // 1/10
)

func worthSaving(now, before int) bool { return now-before > max(saveMin, before/saveShare) }

// Save writes the translations for later processes, if there are enough new ones.
// It is for a process that is about to end, or to execute another program.
func (e *Engine) Save() {
	p := e.persist
	if p == nil || p.off.Load() || !worthSaving(p.loaded+int(p.fresh.Load()), p.loaded) {
		return
	}
	if !p.saving.TryLock() {
		return
	}
	defer p.saving.Unlock()
	fresh := p.fresh.Swap(0)
	n := e.cache.Saveable()
	err := p.store.Replace(p.name, code.MaxSnapshot, func(old *store.File) bool {
		before := 0
		if old != nil && old.Stat.Ino != p.bad {
			before = code.RegionsIn(old, p.key)
		}
		p.loaded = max(n, before)
		return worthSaving(n, before)
	}, func(w io.WriterAt) (int64, error) {
		t := e.spare.Swap(nil) // nobody else may fill its chunk meanwhile
		if t != nil {
			defer e.release(t)
		}
		size, err := e.cache.Save(w, p.key, e.room(t), clean)
		if err == nil {
			e.Stats.Saved.Store(int64(n))
		}
		return size, err
	})
	if err != nil {
		e.Stats.cacheErr = err
		p.loaded += int(fresh)
	}
}

// clean tells whether the pages at [lo, hi), a private mapping of file id, are
// still the file's: a debugger may have written to them though they are read-only.
func clean(id code.FileID, lo, hi uint64) bool {
	if id.Made() {
		return true
	}
	fd, err := syscall.Open("/proc/thread-self/pagemap", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return true // then there is no /proc/PID/mem either
	}
	defer syscall.Close(fd)
	const (
		pageShift = 12
		present   = 1 << 63
		swapped   = 1 << 62
		ofFile    = 1 << 61
	)
	var b [512]uint64
	lo, hi = lo>>pageShift, (hi-1)>>pageShift+1
	for lo < hi {
		n, err := syscall.Pread(fd, unsafe.Slice((*byte)(unsafe.Pointer(&b)), 8*min(hi-lo, uint64(len(b)))), int64(lo*8))
		if err == syscall.EINTR {
			continue
		}
		if err != nil || n < 8 {
			return false
		}
		for _, x := range b[:n/8] {
			if x&swapped != 0 || x&present != 0 && x&ofFile == 0 {
				return false
			}
		}
		lo += uint64(n / 8)
	}
	return true
}

// room gives what the idle translator has left of its chunk, as offsets.
func (e *Engine) room(t *translator) (r [2]uint64) {
	if t == nil || t.gen != e.gen || t.next == t.end {
		return
	}
	r = [2]uint64{(t.next - e.cache.Base + 15) &^ 15, t.end - e.cache.Base}
	if r[0] >= r[1] {
		return [2]uint64{}
	}
	return r
}

//go:linkname getAuxv runtime.getAuxv
func getAuxv() []uintptr

// buildID gives what tells this build from any other: the notes of the program's
// ELF file that the linker made from its contents. Empty: it has none.
func buildID() []byte {
	var phdr, num uint64
	for v := getAuxv(); len(v) >= 2; v = v[2:] {
		switch v[0] {
		case 3: // AT_PHDR
			phdr = uint64(v[1])
		case 5: // AT_PHNUM
			num = uint64(v[1])
		}
	}
	if phdr == 0 {
		return nil
	}
	const ptNote = 4
	type prog struct {
		typ, flags                              uint32
		off, vaddr, paddr, filesz, memsz, align uint64
	}
	hs := unsafe.Slice((*prog)(pointer(phdr)), num)
	for i := range hs {
		if h := &hs[i]; h.typ == ptNote && h.filesz > 0 && h.filesz <= 1024 {
			// Not a position-independent program: addresses are as in the file.
			return unsafe.Slice((*byte)(pointer(h.vaddr)), h.filesz)
		}
	}
	return nil
}

func pointer(a uint64) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&a)) }
