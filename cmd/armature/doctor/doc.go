// Package doctor finds out what on this machine is missing or wrong for what the
// program does, in plain words and with what mends it: "armature doctor".
//
// [Checks] is the table: for each mode of the program what it needs, from the rights
// and the kernel to other programs. A check changes nothing on the machine. Where
// something can be tried it is tried, not guessed from a version: running an ARM
// program, making a user namespace.
package doctor
