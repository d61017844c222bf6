// Package code keeps translated code: the arena it lies in, the index of
// translation blocks by guest address, the links between them, and what must go
// when guest code changes.
//
// All of it lies off the Go heap, in memory mapped here, in arrays that refer to
// each other by number, so that a forked child finds it in place.
//
// Translating threads take chunks of the arena and fill them without a lock.
// Look-up takes no lock. Insert, Link and Invalidate take the cache's mutex.
// Nothing is freed one by one: when the arena or an array is full, the engine
// stops all CPUs and calls Flush. A block that was invalidated stays in place
// until then, because a CPU may still be in it, but nothing leads to it.
//
// What was made from files that the guest has mapped can be saved to a snapshot,
// which a later process maps over its own arrays: module.go, snapshot.go.
//
// The package knows neither guest nor host instruction set but for one fact: a
// link is a 32-bit displacement relative to the end of its field.
package code
