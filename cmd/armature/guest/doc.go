// Package guest is the part of the command line that runs a guest program: the
// options of "armature run" and of the emulator names, and what they mean for
// package linuxuser.
//
// Every execve of a guest program comes through here, so this package imports
// little, and neither the command line's library nor the disassemblers.
package guest
