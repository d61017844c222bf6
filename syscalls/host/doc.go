// Package host is the boundary to the host kernel: raw system calls, the
// handler of asynchronous signals, and the entry point of the process.
//
// # Signals
//
// A guest thread is a host thread, and the host kernel's signal queues are the
// guest's: the guest's mask is the host thread's mask (except for the few
// signals that the emulator needs itself, Owned), a disposition of "default" or
// "ignore" is the host's, and a signal with a guest handler is caught here, one
// at a time. The handler copies the siginfo to the Slot of its thread, raises
// Slot.Pending and the engine's stop flag, and returns with every asynchronous
// signal blocked, so that the next one stays with the kernel. At its next safe
// point the thread delivers what the slot holds and gives the kernel the mask
// that the guest's handler runs with, which lets the next signal in. So order,
// queueing of real-time signals, and the choice of a thread are the kernel's.
//
// All threads of the Go runtime that run no guest code block every asynchronous
// signal: rt0, the process's entry point, does that before the runtime starts
// (the runtime gives its threads the mask it was started with), and changes the
// runtime's table of signals, by which it would unblock those that end a
// process. A signal that still arrives on such a thread is passed on to the
// first guest thread.
//
// # System calls that block
//
// Call checks Slot.Pending and enters the kernel; if a signal arrives between
// the check and the SYSCALL instruction, the handler resumes where Call returns
// NotEntered. The host action has SA_RESTART, so the kernel puts the PC of a call
// to restart back on the SYSCALL instruction: the handler sees that (SYSCALL has
// set RCX) and resumes where Call returns Restart. So no signal is lost before a
// call that would sleep, and a restartable call is told from one that fails with
// EINTR whatever the action.
//
// Enter and Awake are the halves of Call for a thread that runs translated code, which
// to the Go scheduler is in a system call already.
//
// # fork and vfork
//
// Fork takes the Go runtime along: its threads are stopped by a signal, and the child
// resumes copies of them from the frames that the kernel saved. Guest threads are
// at Slot.Asleep or at Gate meanwhile, without locks, and are not in the child; whoever
// makes a guest thread wait otherwise than by Call, or holds a lock across Call, breaks that.
// Vfork runs the child's code on the parent's thread, and a puppet makes its system
// calls: see puppet.go. HidePoller keeps the runtime's
// descriptors out of the guest's way.
//
// # Entry
//
// rt0 records the dispositions, the mask and the limit of open files that the
// process inherited, which the Go runtime would overwrite. It takes effect if the
// binary is linked with -E armature/syscalls/host.rt0; otherwise (go test)
// Inherited reports false.
//
// The Go runtime gets an environment of its own: what the user sets for a guest
// that is a Go program (GODEBUG, GOGC, ...) is not for the emulator, and copying
// the rest takes time. A variable ARMATURE_GOx comes in as GOx, for those who look
// into the emulator itself. GOMAXPROCS is 2, which spares the start of threads
// that a guest of one thread has no use for: whoever starts a second one raises
// it. With 1 the runtime's monitor would take the processor from a guest thread after
// 20 us of translated code or of a system call, start a thread to use it, and look
// again as soon; with one idle it waits 10 ms, and its own pauses grow. Environ is the true environment; Plain puts it in place of the runtime's.
package host
