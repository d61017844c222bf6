// The guest's vDSO: what Linux maps into every AArch64 process. The clock
// functions are plain system calls here: leaving translated code costs little,
// and the emulator answers them from the host's vDSO. So they are as right as the
// host's, also when the clock is set.
	.arch armv8-a
	.text

	.macro call name, nr
	.global \name
	.type \name, %function
	.balign 16
\name:
	mov	x8, #\nr
	svc	#0
	ret
	.size \name, . - \name
	.endm

	call __kernel_clock_gettime, 113
	call __kernel_clock_getres, 114
	call __kernel_gettimeofday, 169

// The return from a signal handler. It has no frame information, on purpose, like
// Linux's: the frame record alone leads past the interrupted function, and
// unwinders that find such information unwind with a wrong SP (a thread's
// cancellation then crashes). Without any they recognise the two instructions and
// read all registers from the rt_sigframe at SP. The NOP keeps a return address
// minus one out of the function before.
	.balign 16
	nop
	.global __kernel_rt_sigreturn
	.type __kernel_rt_sigreturn, %function
__kernel_rt_sigreturn:
	mov	x8, #139
	svc	#0
	.size __kernel_rt_sigreturn, . - __kernel_rt_sigreturn

	.section .note.Linux, "a", %note
	.balign 4
	.word	6, 4, 0			// namesz, descsz, type
	.asciz	"Linux"
	.balign 4
	.word	0x061200		// 6.18.0
	.section .note.GNU-stack, "", %progbits
