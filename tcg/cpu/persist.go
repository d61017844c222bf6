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
// next: two snapshots, of which the first that is there is loaded.
type persist struct {
	store  *store.Store
	own    snapshot     // of the program
	base   snapshot     // of what programs have in common, for those that have none of their own yet
	from   *snapshot    // the one that was loaded, nil: none
	fresh  atomic.Int64 // saveable TBs made since something was saved
	off    atomic.Bool  // nothing more is taken from the snapshot, nor saved
	saving sync.Mutex
	forked bool // the process has what it has from another one, which may save it as well
}

// snapshot is a file of the store.
type snapshot struct {
	key     []byte // empty: there is none
	name    string
	regions int    // in the file, as far as is known
	refined int    // how many times in a row a few were added
	bad     uint64 // inode of a damaged file, which is to be replaced
}

func (s *snapshot) init(options []byte, kind string, f *code.FileID) {
	if *f == (code.FileID{}) {
		return
	}
	k := append(make([]byte, 0, len(options)+64), options...)
	k = append(k, kind...)
	for _, x := range [...]uint64{f.Dev, f.Ino, f.Size, uint64(f.Mtime), uint64(f.Ctime)} {
		k = binary.LittleEndian.AppendUint64(k, x)
	}
	if len(k) <= code.MaxKey {
		s.key = k
		s.name = kind + strconv.FormatUint(code.Sum(1, k), 16) + strconv.FormatUint(code.Sum(2, k), 16)
	}
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
	for _, x := range [...]uint64{
		e.cache.Base, uint64(e.host.Level), e.host.Bits(), uint64(asm.HostFeatures), uint64(e.passes), noTier2,
	} {
		k = binary.LittleEndian.AppendUint64(k, x)
	}
	p.own.init(k, "p", &e.cfg.Program)
	p.base.init(k, "b", &e.cfg.Base)
	e.cache.Track()
	e.persist = p
	if !e.load(&p.own) {
		e.load(&p.base)
	}
}

// load loads s, if it is there and good.
func (e *Engine) load(s *snapshot) bool {
	p := e.persist
	if len(s.key) == 0 {
		return false
	}
	file, err := p.store.Open(s.name)
	if err != nil {
		return false
	}
	defer file.Close()
	// What was in memory when the machine went down may never have reached the disk.
	full := old(file.Stat.Ctim)
	got, err := e.cache.Load(file.FD, file.Stat.Size, s.key, full, validMap)
	if err != nil {
		e.Stats.cacheErr = err
		if errors.Is(err, code.ErrDamaged) {
			s.bad = file.Stat.Ino
		}
		return false
	}
	if full {
		file.Touch()
	}
	p.from, s.regions, s.refined = s, got.Regions(), got.Refined()
	e.Stats.Loaded.Store(int64(s.regions))
	if e.perf != nil {
		e.cache.Each(func(tb *code.TB) {
			lo, hi := e.cache.Code(tb)
			e.perf.add(tb, lo, hi)
		})
	}
	return true
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

// A snapshot is written when it has more than saveMin TBs more, and more than
// this share, than the one that is there: to write it takes about as long as to
// translate a thirtieth of it. So that a program does not translate a few TBs at each
// start, such as those for an output that is a terminal, a few are enough for a
// number of times.
const (
	saveMin   = 32
	saveShare = 30 // 1/30

	refineMin   = 4
	refineShare = 300 // 1/300
	maxRefined  = 8
)

// more tells whether so many TBs more than s has are many, and whether they are worth to be saved if a few can be.
func (s *snapshot) more(n int, few bool) (many, worth bool) {
	many = n > max(saveMin, s.regions/saveShare)
	few = few && s.regions != 0 && s.refined < maxRefined && n >= max(refineMin, s.regions/refineShare)
	return many, many || few
}

// maxBase bounds the base's TBs: programs that load it use few of them.
const maxBase = 16000

// Save writes the translations for later processes, if there are enough new ones.
// It is for a process that is about to end, or to execute another program.
func (e *Engine) Save() {
	p := e.persist
	if p == nil || p.off.Load() || p.fresh.Load() < refineMin || !p.saving.TryLock() {
		return
	}
	defer p.saving.Unlock()
	own := p.from == &p.own
	fresh := p.fresh.Load()
	if _, worth := p.own.more(int(fresh), own && !p.forked); !worth {
		return
	}
	p.fresh.Add(-fresh)
	program := e.cfg.Program
	e.save(&p.own, own && !p.forked, func(id code.FileID, used bool) bool { return used || own })
	if !own {
		e.save(&p.base, false, func(id code.FileID, used bool) bool { return id != program })
	}
}

// save writes what f chooses to s, if that is worth while; few says whether a few TBs more can be.
func (e *Engine) save(s *snapshot, few bool, f code.Filter) {
	p := e.persist
	if len(s.key) == 0 {
		return
	}
	n := e.cache.Saveable(f)
	if _, worth := s.more(n-s.regions, few); !worth || s == &p.base && n > maxBase {
		return
	}
	err := p.store.Replace(s.name, code.MaxSnapshot, func(old *store.File) bool {
		s.regions, s.refined = 0, 0
		if old != nil && old.Stat.Ino != s.bad {
			s.regions, s.refined = code.RegionsIn(old, s.key)
		}
		many, worth := s.more(n-s.regions, few)
		if s.refined++; many {
			s.refined = 0
		}
		return worth
	}, func(w io.WriterAt) (int64, error) {
		t := e.spare.Swap(nil) // nobody else may fill its chunk meanwhile
		if t != nil {
			defer e.release(t)
		}
		size, err := e.cache.Save(w, s.key, s.refined, f, e.room(t), clean)
		if err == nil {
			s.regions = n
			e.Stats.Saved.Add(int64(n))
		}
		return size, err
	})
	if err != nil {
		e.Stats.cacheErr = err
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
