package linuxuser

import (
	"strconv"
	"unsafe"

	"armature/syscalls"
	"armature/syscalls/host"
)

// identity is what a process shows of its guest to others that run under Armature,
// which read it with process_vm_readv: what the host's /proc cannot tell them. It lies
// at a fixed address above the guest's.
type identity struct {
	magic   uint64
	mapped  uint64 // bytes that the guest has mapped
	data    uint64 // those among them that are private and writable
	areas   uint64 // address of the list of what is mapped: Space.areas
	nareas  uint64
	seq     uint64 // odd while that changes
	limitAt uint64 // address of the limits of memory
	ignored uint64 // signals among host.Owned that the guest ignores, and those that it handles:
	caught  uint64 // of the others the host tells
	nthread uint32
	nown    uint32
	own     [6]uint32 // the emulator's descriptors
	exe     [pathMax]byte
	tids    [maxGuestThreads]uint32 // of the guest's threads, the first nthread

	limits [2][2]uint64 // RLIMIT_AS and RLIMIT_DATA; filled in by identityOf
}

const (
	identityAt    = syscalls.GuestTop + 1<<31 // in the gap below the emulator
	identityMagic = 0x3365727574616d72        // "rmature3": changes with the layout
	pathMax       = 4096

	hostProcessReadv = 310
)

// newIdentity makes the process's own. It gives nil if there is no room for it.
func newIdentity(exe string) *identity {
	r := rawCall(host.SysMmap, identityAt, uint64(unsafe.Sizeof(identity{})), protRead|protWrite,
		mapPrivate|mapAnon|mapFixed|mapNoReplace|mapNoreserve, ^uint64(0), 0)
	if r != identityAt {
		return nil
	}
	id := (*identity)(host.Pointer(identityAt))
	copy(id.exe[:pathMax-1], exe)
	for _, fd := range host.OwnFDs() {
		if int(id.nown) < len(id.own) {
			id.own[id.nown] = uint32(fd)
			id.nown++
		}
	}
	id.limitAt = syscalls.LimitsAt()
	id.magic = identityMagic
	return id
}

// add notes a thread.
func (id *identity) add(tid uint32) {
	if id != nil && id.nthread < maxGuestThreads {
		id.tids[id.nthread] = tid
		id.nthread++
	}
}

// remove forgets it.
func (id *identity) remove(tid uint32) {
	if id == nil {
		return
	}
	for i, t := range id.tids[:id.nthread] {
		if t == tid {
			id.nthread--
			id.tids[i] = id.tids[id.nthread]
			return
		}
	}
}

// showOwned notes what becomes of the signals whose dispositions on the host are the
// emulator's. The caller has sigMu, or is alone.
func (p *Process) showOwned() {
	id := p.identity
	if id == nil || p.shares {
		return
	}
	id.ignored, id.caught = 0, 0
	for sig := 1; sig <= 64; sig++ {
		switch bit := host.Bit(sig) & host.Owned; {
		case bit == 0, p.actions[sig].Handler == host.Default:
		case p.actions[sig].Handler == host.Ignore:
			id.ignored |= bit
		default:
			id.caught |= bit
		}
	}
}

// only makes tid the only thread.
func (id *identity) only(tid uint32) {
	if id != nil {
		id.nthread, id.tids[0] = 1, tid
	}
}

// identityOf reads that of another process, nil if it is none of Armature's.
func identityOf(pid string) *identity {
	n, err := strconv.ParseUint(pid, 10, 31)
	if err != nil {
		return nil
	}
	id := new(identity)
	head := uint64(unsafe.Offsetof(id.tids))
	read := func(off, size uint64) bool {
		local := [2]uint64{uint64(uintptr(unsafe.Pointer(id))) + off, size}
		remote := [2]uint64{identityAt + off, size}
		return size == 0 || rawCall(hostProcessReadv, n, ptr(&local), 1, ptr(&remote), 1, 0) == size
	}
	if !read(0, head) || id.magic != identityMagic || id.nthread > maxGuestThreads || int(id.nown) > len(id.own) ||
		!read(head, 4*uint64(id.nthread)) {
		return nil
	}
	local, remote := [2]uint64{ptr(&id.limits), syscalls.LimitsSize}, [2]uint64{id.limitAt, syscalls.LimitsSize}
	rawCall(hostProcessReadv, n, ptr(&local), 1, ptr(&remote), 1, 0)
	return id
}

// mappings reads what process pid, whose identity id was, has mapped; nil if that
// cannot be read, or changes all the time.
func (id *identity) mappings(pid string) []Area {
	for range 100 {
		if id.seq&1 == 0 && id.nareas != 0 && id.nareas <= maxAreas {
			list := make([]Area, id.nareas)
			size := id.nareas * uint64(unsafe.Sizeof(Area{}))
			n, _ := strconv.ParseUint(pid, 10, 31)
			local := [2]uint64{ptr(&list[0]), size}
			remote := [2]uint64{id.areas, size}
			got := rawCall(hostProcessReadv, n, ptr(&local), 1, ptr(&remote), 1, 0)
			again := identityOf(pid)
			if again == nil {
				return nil
			}
			if got == size && again.seq == id.seq {
				return list
			}
			id = again
			continue
		}
		if id = identityOf(pid); id == nil {
			return nil
		}
	}
	return nil
}

func ptr[T any](p *T) uint64 { return uint64(uintptr(unsafe.Pointer(p))) }

// program is the path of the guest program.
func (id *identity) program() string {
	for i, c := range id.exe {
		if c == 0 {
			return string(id.exe[:i])
		}
	}
	return ""
}
