package interp

import _ "unsafe" // for go:linkname

// nanotime is the host's CLOCK_MONOTONIC in ns, without time.Now's wall clock beside it.
//
//go:linkname nanotime runtime.nanotime
func nanotime() int64
