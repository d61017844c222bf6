package gdb

import (
	"encoding/binary"
	"fmt"
	"strings"

	"armature/tcg/state"
)

// register is one of those that the target description lists: their numbers are
// their places in the list.
type register struct {
	name string
	size int // bytes
	get  func(s *state.CPU, b []byte)
	set  func(s *state.CPU, b []byte)
}

var le = binary.LittleEndian

// word is a register of 64 bits at a place in the CPU.
func word(name string, at func(s *state.CPU) *uint64) register {
	return register{name, 8,
		func(s *state.CPU, b []byte) { le.PutUint64(b, *at(s)) },
		func(s *state.CPU, b []byte) { *at(s) = le.Uint64(b) }}
}

// Numbers of registers that stop replies tell.
const (
	regFP = 29
	regSP = 31
	regPC = 32
)

var registers = func() (list []register) {
	for i := range 31 {
		list = append(list, word(fmt.Sprint("x", i), func(s *state.CPU) *uint64 { return &s.X[i] }))
	}
	list = append(list,
		word("sp", func(s *state.CPU) *uint64 { return &s.X[31] }),
		word("pc", func(s *state.CPU) *uint64 { return &s.PC }),
		register{"cpsr", 4,
			func(s *state.CPU, b []byte) { le.PutUint32(b, state.UnpackNZCV(s.Flags)<<28) },
			func(s *state.CPU, b []byte) { s.Flags = state.PackNZCV(le.Uint32(b) >> 28) }})
	for i := range 32 {
		list = append(list, register{fmt.Sprint("v", i), 16,
			func(s *state.CPU, b []byte) { le.PutUint64(b, s.V[i].Lo); le.PutUint64(b[8:], s.V[i].Hi) },
			func(s *state.CPU, b []byte) { s.V[i] = state.V{Lo: le.Uint64(b), Hi: le.Uint64(b[8:])} }})
	}
	return append(list,
		register{"fpsr", 4,
			func(s *state.CPU, b []byte) { le.PutUint32(b, s.GetFPSR()) },
			func(s *state.CPU, b []byte) { s.SetFPSR(le.Uint32(b)) }},
		register{"fpcr", 4,
			func(s *state.CPU, b []byte) { le.PutUint32(b, s.FPCR) },
			func(s *state.CPU, b []byte) { s.SetFPCR(le.Uint32(b)) }},
		word("tpidr", func(s *state.CPU) *uint64 { return &s.TPIDR }))
}()

// allRegisters is what the g packet holds.
func allRegisters(s *state.CPU) []byte {
	var b []byte
	for i := range registers {
		r := &registers[i]
		n := len(b)
		b = append(b, make([]byte, r.size)...)
		r.get(s, b[n:])
	}
	return b
}

// setAll takes what a G packet holds. It reports false, and sets nothing, if that is not
// the right length.
func setAll(s *state.CPU, b []byte) bool {
	n := 0
	for i := range registers {
		n += registers[i].size
	}
	if len(b) != n {
		return false
	}
	for i := range registers {
		r := &registers[i]
		r.set(s, b)
		b = b[r.size:]
	}
	return true
}

// targetXML describes the registers to gdb. The names of the features and registers, and the
// fields of the vectors' types, are those that it expects of an AArch64.
var targetXML = func() string {
	var b strings.Builder
	reg := func(r *register, attr string) {
		fmt.Fprintf(&b, "  <reg name=%q bitsize=\"%d\" %s/>\n", r.name, 8*r.size, attr)
	}
	b.WriteString(`<?xml version="1.0"?>
<!DOCTYPE target SYSTEM "gdb-target.dtd">
<target version="1.0">
 <architecture>aarch64</architecture>
 <osabi>GNU/Linux</osabi>
 <feature name="org.gnu.gdb.aarch64.core">
  <flags id="cpsr_flags" size="4">
   <field name="V" start="28" end="28"/>
   <field name="C" start="29" end="29"/>
   <field name="Z" start="30" end="30"/>
   <field name="N" start="31" end="31"/>
  </flags>
`)
	next := 0
	regs := func(n int, attr func(name string) string) {
		for range n {
			reg(&registers[next], attr(registers[next].name))
			next++
		}
	}
	regs(34, func(name string) string {
		switch name {
		case "sp":
			return `type="data_ptr"`
		case "pc":
			return `type="code_ptr"`
		case "cpsr":
			return `type="cpsr_flags"`
		}
		return `type="int"`
	})
	b.WriteString(` </feature>
 <feature name="org.gnu.gdb.aarch64.fpu">
`)
	// A vector register is a union of vectors of its elements, by their size, and by kind
	// within: float, unsigned, signed.
	sizes := []struct {
		letter string
		bits   int
		kinds  string
	}{{"d", 64, "fus"}, {"s", 32, "fus"}, {"h", 16, "fus"}, {"b", 8, "us"}, {"q", 128, "us"}}
	elem := map[string]string{
		"f64": "ieee_double", "f32": "ieee_single", "f16": "ieee_half",
		"u128": "uint128", "s128": "int128",
		"u64": "uint64", "s64": "int64", "u32": "uint32", "s32": "int32",
		"u16": "uint16", "s16": "int16", "u8": "uint8", "s8": "int8",
	}
	for _, s := range sizes {
		for _, k := range s.kinds {
			typ := elem[fmt.Sprintf("%c%d", k, s.bits)]
			fmt.Fprintf(&b, "  <vector id=\"v%s%c\" type=%q count=\"%d\"/>\n", s.letter, k, typ, 128/s.bits)
		}
		fmt.Fprintf(&b, "  <union id=\"vn%s\">", s.letter)
		for _, k := range s.kinds {
			fmt.Fprintf(&b, "<field name=\"%c\" type=\"v%s%c\"/>", k, s.letter, k)
		}
		b.WriteString("</union>\n")
	}
	b.WriteString("  <union id=\"aarch64v\">")
	for _, s := range sizes {
		fmt.Fprintf(&b, "<field name=%q type=\"vn%s\"/>", s.letter, s.letter)
	}
	b.WriteString("</union>\n")
	regs(32, func(string) string { return `type="aarch64v"` })
	regs(2, func(string) string { return `type="int" group="float"` })
	b.WriteString(` </feature>
 <feature name="org.gnu.gdb.aarch64.tls">
`)
	regs(1, func(string) string { return `type="data_ptr"` })
	b.WriteString(" </feature>\n</target>\n")
	return b.String()
}()
