// Package bpf checks and runs classic BPF programs as seccomp has them: filters of
// system calls.
//
// A program reads the 16 words of struct seccomp_data (number, architecture,
// instruction pointer, six arguments), computes with an accumulator A, an index
// register X and 16 words of memory, jumps forward only, and ends with a word that
// says what is to become of the call. Check accepts what Linux accepts
// (bpf_check_classic and seccomp_check_filter); a program that it accepts always
// ends, and Run needs no further tests.
//
// What the word means is not known here: see linuxuser.
package bpf
