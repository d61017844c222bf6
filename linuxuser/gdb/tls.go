package gdb

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// Thread-local variables. gdb knows the module and the offset in it, and asks where that is in
// a thread.
//
// A program without a dynamic linker has one module, whose place the ABI fixes: behind the two words
// that TPIDR points to, aligned as its segment. With glibc's, the first of the words is the address
// of the vector of modules (dtv), two words each, and the number of a module is in its link_map, at
// an offset that glibc tells debuggers in a variable: three words of 32 bits, of which it is the last.

// modidSymbol is that variable's name.
const modidSymbol = "_thread_db_link_map_l_tls_modid"

// symbol is the packet by which gdb offers to look up symbols, "ADDRESS:NAME" or ":NAME"; with both
// empty it begins.
func symbol(s *Server, arg string) string {
	addr, name, _ := strings.Cut(arg, ":")
	if name == "" {
		if s.modidAt != 0 {
			return ok
		}
		return "qSymbol:" + hex.EncodeToString([]byte(modidSymbol))
	}
	if b, err := hex.DecodeString(name); err == nil && string(b) == modidSymbol && addr != "" {
		s.modidAt, _ = number(addr)
	}
	return ok
}

// words reads n little-endian words of the given size in bytes.
func (s *Server) words(addr uint64, n, size int) ([]uint64, bool) {
	b := make([]byte, n*size)
	if s.p.ReadMemory(b, addr) != len(b) {
		return nil, false
	}
	list := make([]uint64, n)
	for i := range list {
		if size == 4 {
			list[i] = uint64(le.Uint32(b[4*i:]))
		} else {
			list[i] = le.Uint64(b[8*i:])
		}
	}
	return list, true
}

// tlsAlign gives the alignment of the program's TLS segment, from its headers in memory.
func (s *Server) tlsAlign() uint64 {
	const (
		atPHDR, atPHNUM = 3, 5
		phdrSize, ptTLS = 56, 7
		alignAt, most   = 48, 100
	)
	var phdr, phnum uint64
	for aux := s.p.Auxv(); len(aux) >= 16; aux = aux[16:] {
		switch v := le.Uint64(aux[8:]); le.Uint64(aux) {
		case atPHDR:
			phdr = v
		case atPHNUM:
			phnum = v
		}
	}
	h := make([]byte, phdrSize)
	for i := range min(phnum, most) {
		if s.p.ReadMemory(h, phdr+i*phdrSize) == phdrSize && le.Uint32(h) == ptTLS {
			return le.Uint64(h[alignAt:])
		}
	}
	return 1
}

// tlsAddress is "thread,offset,link_map".
func tlsAddress(s *Server, arg string) string {
	part := strings.Split(arg, ",")
	if len(part) != 3 {
		return errSyntax
	}
	tid, valid := s.threadID(part[0])
	offset, valid1 := number(part[1])
	lm, valid2 := number(part[2])
	st := s.p.State(tid)
	if !valid || st == nil {
		return errThread
	}
	if !valid1 || !valid2 {
		return errSyntax
	}
	const pointers = 16 // two words
	if lm == 0 {
		if st.TPIDR == 0 {
			return errNothing
		}
		align := max(s.tlsAlign(), 1)
		return fmt.Sprintf("%x", st.TPIDR+(pointers+align-1)/align*align+offset)
	}
	field, found := s.words(s.modidAt, 3, 4)
	if s.modidAt == 0 || !found {
		return errNothing // not glibc, or not yet loaded
	}
	modid, found := s.words(lm+field[2], 1, 8)
	if !found {
		return errMemory
	}
	dtv, found := s.words(st.TPIDR, 1, 8)
	if !found {
		return errNothing
	}
	block, found := s.words(dtv[0]+modid[0]*pointers, 1, 8)
	if unallocated := ^uint64(0); !found || block[0] == unallocated || block[0] == 0 {
		return errNothing // the thread has not used it
	}
	return fmt.Sprintf("%x", block[0]+offset)
}
