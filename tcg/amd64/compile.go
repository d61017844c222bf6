package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// Compiler translates regions to x86-64 code. One per translating thread; its buffers are reused.
type Compiler struct {
	a     asm.Asm
	feat  Features
	stubs Stubs
}

// NewCompiler makes a compiler whose code uses f and calls s.
func NewCompiler(f Features, s Stubs) *Compiler {
	return &Compiler{feat: f, stubs: s}
}

// Compile translates r to code that will run at address base, writes it into buf, and describes it in out.
// The entry is at base+out.Entry. On an error nothing is kept, and bytes of buf may have been overwritten.
func (c *Compiler) Compile(r *ir.Region, buf []byte, base uint64, out *Code) error {
	return ErrTooComplex
}
