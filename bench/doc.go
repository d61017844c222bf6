// Command bench measures Armature against the host's own speed and against
// another emulator (Debian's qemu-aarch64-static).
//
// It builds the kernels in bench/kernels for the host and for AArch64, runs
// native, peer and Armature one after the other in every round, takes the ratio
// of times within each round, and reports the median of the ratios: what the
// machine's mood does to one it does to all three. Every run's output is
// checked; a wrong answer is an error, never a fast result.
//
//	go run ./bench                       # everything; takes minutes
//	go run ./bench -run '^(fib|aes)$'    # some
//	go run ./bench -group builds         # one group
//	go run ./bench -list                 # names
//	go run ./bench -peer '' -rounds 1    # Armature and native only
//	go run ./bench -md docs/benchmarks.md -json build/bench.json
//
// There are five groups: kernels (compute), start-up (hello, many runs), processes
// (system calls, signals, threads, fork and exec), and large programs, where
// translation itself is the cost: Debian's arm64 cc1 and python3, from the tree
// that package test/sysroot unpacks; and builds: zlib's configure script, its make, its
// Debian package, and a shell that starts 300 programs, in a Debian tree that is made
// for it once. Builds are run once or a few times, since the peer takes minutes.
package main
