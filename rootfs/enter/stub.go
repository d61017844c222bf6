package enter

import "bytes"

// stub makes a small x86-64 program that starts the host's program native, or if
// LD_PRELOAD is set the tree's: what is preloaded is the tree's, and does to that
// program what it is there for (fakeroot, faketime). It is in the way of each start, and
// takes a tenth of a millisecond. If the host's cannot be started, the tree's is.
//
// Reading eight bytes of a shorter variable is fine: behind the last one the stack has
// the program's name and a word of zeros.
func stub(native, original string) []byte {
	const base, header = 0x400000, 64 + 56
	code := []byte{
		0x48, 0x8b, 0x3c, 0x24, // mov (%rsp),%rdi
		0x48, 0x8d, 0x74, 0x24, 0x08, // lea 8(%rsp),%rsi
		0x48, 0x8d, 0x54, 0xfe, 0x08, // lea 8(%rsi,%rdi,8),%rdx
		0x48, 0x89, 0xd3, // mov %rdx,%rbx
		0x48, 0xb9, 'L', 'D', '_', 'P', 'R', 'E', 'L', 'O', // mov $"LD_PRELO",%rcx
		// next (27):
		0x48, 0x8b, 0x03, // mov (%rbx),%rax
		0x48, 0x85, 0xc0, // test %rax,%rax
		0x74, 29, // jz native
		0x48, 0x83, 0xc3, 0x08, // add $8,%rbx
		0x48, 0x39, 0x08, // cmp %rcx,(%rax)
		0x75, 0xef, // jne next
		0x66, 0x81, 0x78, 0x08, 'A', 'D', // cmpw $"AD",8(%rax)
		0x75, 0xe7, // jne next
		0x80, 0x78, 0x0a, '=', // cmpb $'=',10(%rax)
		0x75, 0xe1, // jne next
		0x80, 0x78, 0x0b, 0x00, // cmpb $0,11(%rax)
		0x75, 12, // jne tree (the variable is set, and not empty)
		// native (64):
		0xbf, 0, 0, 0, 0, // mov $native,%edi
		0xb8, 59, 0, 0, 0, // mov $execve,%eax
		0x0f, 0x05, // syscall
		// tree (76):
		0xbf, 0, 0, 0, 0, // mov $original,%edi
		0xb8, 59, 0, 0, 0, // mov $execve,%eax
		0x0f, 0x05, // syscall
		0xbf, 126, 0, 0, 0, // mov $126,%edi
		0xb8, 231, 0, 0, 0, // mov $exit_group,%eax
		0x0f, 0x05, // syscall
	}
	const atNative, atTree = 64, 76
	put := func(b []byte, v uint64, n int) {
		for i := range n {
			b[i] = byte(v >> (8 * i))
		}
	}
	text := header + len(code)
	put(code[atNative+1:], uint64(base+text), 4)
	put(code[atTree+1:], uint64(base+text+len(native)+1), 4)
	size := uint64(text + len(native) + 1 + len(original) + 1)

	var h [header]byte
	copy(h[:], "\x7fELF\x02\x01\x01")
	put(h[16:], 2, 2)  // ET_EXEC
	put(h[18:], 62, 2) // EM_X86_64
	put(h[20:], 1, 4)
	put(h[24:], base+header, 8) // entry
	put(h[32:], 64, 8)          // program headers
	put(h[52:], 64, 2)
	put(h[54:], 56, 2)
	put(h[56:], 1, 2)
	p := h[64:]
	put(p, 1, 4)     // PT_LOAD
	put(p[4:], 5, 4) // readable, executable
	put(p[16:], base, 8)
	put(p[24:], base, 8)
	put(p[32:], size, 8)
	put(p[40:], size, 8)
	put(p[48:], 4096, 8)
	return bytes.Join([][]byte{h[:], code, []byte(native), {0}, []byte(original), {0}}, nil)
}
