// Command soak runs a mixed load of ARM programs under Armature for a long time:
//
//	go run ./test/soak -for 30m
//
// Several workers draw programs at random: threads, processes, signals, code that
// rewrites itself, Go, and Debian's shells, make, perl and python. Each must end and print as
// it did the first time. Beside them one guest lives through the whole run and does
// all of it in turns; its memory, mappings and descriptors may not grow. At the
// end no process of the load may be left, and nothing in the directory for
// temporary files.
package main
