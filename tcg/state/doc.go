// Package state defines the architectural state of one guest CPU (a guest
// thread in user mode, a vCPU in system mode) as it lies in memory.
//
// The layout is shared by translated code, which addresses it relative to a
// host register, by the IR interpreter, by the slow-path helpers and by the
// modes on top. A CPU lives off the Go heap, in memory that the engine maps,
// so that a forked child finds it where its parent left it.
//
// While translated code runs, part of this state is in host registers (the
// back end's pinned registers) and the copy here is stale; at every exit to Go
// it is complete and current. Nothing here knows Linux or a board.
package state
