// exec runs single instructions for the tests of package softfloat.
//
// Standard input is a sequence of batches: a header of two 32-bit words, the instruction and a
// count of at most MAX, and that many requests. The answers go to standard output.
//
//   request, 32 bytes:  u64 fpcr, a, b, c
//   answer,  32 bytes:  u64 v0, x0; u32 fpsr, nzcv; u64 unused
//
// The instruction runs with v0 = v3 = c, v1 = a, v2 = b (upper halves zero), x0 = 0, x1 = a,
// FPSR = 0 and NZCV = 0. It may change v0, x0 and NZCV.
//
// Exit status: 0 at the end of input, 1 on bad input or output.

        .arch   armv8.6-a
        .equ    MAX, 32768

        .global _start
        .text
_start:
        adrp    x19, buf
        add     x19, x19, :lo12:buf
batch:
        mov     x1, x19
        mov     x2, #8
        bl      readall
        cbz     x0, finish
        cmp     x0, #8
        b.ne    fail
        ldp     w20, w21, [x19]         // instruction, count
        mov     w0, #MAX
        cmp     w21, w0
        b.hi    fail

        // mmap(0, 4096, PROT_READ|PROT_WRITE|PROT_EXEC, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0): fresh
        // memory for each batch, so that no stale translation can run.
        mov     x0, #0
        mov     x1, #4096
        mov     x2, #7
        mov     x3, #0x22
        mov     x4, #-1
        mov     x5, #0
        mov     x8, #222
        svc     #0
        cmn     x0, #4095
        b.hs    fail
        mov     x22, x0
        ldr     w1, =0xd65f03c0         // RET
        stp     w20, w1, [x22]
        dc      cvau, x22
        dsb     ish
        ic      ivau, x22
        dsb     ish
        isb

        lsl     x23, x21, #5            // bytes in the batch
        mov     x1, x19
        mov     x2, x23
        bl      readall
        cmp     x0, x23
        b.ne    fail

        mov     x24, x19
        add     x25, x19, x23
next:
        cmp     x24, x25
        b.eq    answer
        ldp     x9, x1, [x24]
        ldp     x2, x3, [x24, #16]
        fmov    d1, x1
        fmov    d2, x2
        fmov    d3, x3
        fmov    d0, x3
        msr     fpcr, x9
        msr     fpsr, xzr
        msr     nzcv, xzr
        mov     x0, #0
        blr     x22
        mrs     x10, nzcv
        mrs     x9, fpsr
        fmov    x11, d0
        stp     x11, x0, [x24]
        stp     w9, w10, [x24, #16]
        str     xzr, [x24, #24]
        add     x24, x24, #32
        b       next
answer:
        mov     x0, x22
        mov     x1, #4096
        mov     x8, #215                // munmap
        svc     #0
        mov     x24, x19
1:      cmp     x24, x25
        b.eq    batch
        mov     x0, #1
        mov     x1, x24
        sub     x2, x25, x24
        mov     x8, #64                 // write
        svc     #0
        cmp     x0, #0
        b.le    fail
        add     x24, x24, x0
        b       1b

// readall reads x2 bytes to x1; x0 is how many came before the end of input.
readall:
        mov     x9, x1
        mov     x10, x1
        add     x11, x1, x2
1:      cmp     x10, x11
        b.eq    2f
        mov     x0, #0
        mov     x1, x10
        sub     x2, x11, x10
        mov     x8, #63                 // read
        svc     #0
        cmp     x0, #0
        b.lt    fail
        b.eq    2f
        add     x10, x10, x0
        b       1b
2:      sub     x0, x10, x9
        ret

finish: mov     x0, #0
        b       exit
fail:   mov     x0, #1
exit:   mov     x8, #94                 // exit_group
        svc     #0

        .bss
        .balign 64
buf:    .skip   MAX * 32
