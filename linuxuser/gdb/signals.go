package gdb

// The protocol numbers signals in its own way, the same for all systems
// (include/gdb/signals.def of gdb). toGDB has the numbers of arm64 Linux's.
var toGDB = [65]uint8{
	1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 10, 8: 8, 9: 9, 10: 30, 11: 11, 12: 31, 13: 13, 14: 14, 15: 15,
	16: 143, // SIGSTKFLT: "unknown"
	17: 20, 18: 19, 19: 17, 20: 18, 21: 21, 22: 22, 23: 16, 24: 24, 25: 25, 26: 26, 27: 27, 28: 28, 29: 23, 30: 32, 31: 12,
	32: 77, 64: 78, // those between: init
}

var fromGDB [256]uint8

func init() {
	for sig := 33; sig < 64; sig++ {
		toGDB[sig] = uint8(45 + sig - 33)
	}
	for sig, n := range toGDB {
		if n != 0 {
			fromGDB[n] = uint8(sig)
		}
	}
}

// gdbSignal is the protocol's number of a signal.
func gdbSignal(sig int) uint8 {
	if sig < 1 || sig > 64 {
		return 0
	}
	return toGDB[sig]
}

// linuxSignal is Linux's number; 0 if there is no such signal.
func linuxSignal(n uint64) int {
	if n >= uint64(len(fromGDB)) {
		return 0
	}
	return int(fromGDB[n])
}
