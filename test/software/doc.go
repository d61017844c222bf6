// Command software has real software run in a Debian tree under Armature, and tells what
// of it works and what it costs, beside QEMU if that is wanted:
//
//	go run ./test/software [-run ITEMS] [-emulators armature,qemu] [-fresh] [-md FILE]
//
// Debian's debootstrap makes an arm64 tree of bookworm from the mirror of the machine's
// apt. Its second stage, apt-get with the packages of trees.go, and then each item of items.go
// run in it, by a handler in a binfmt_misc of their own. The second stage is run under
// QEMU as well, in a copy of the same tree and at the same time, and compared: messages and time. The
// other items run one after the other, under the emulators that are named.
//
// An item is a shell script in testdata with the programs that it compiles or executes. It
// passes if it exits with status 0, prints to its standard output what the file "want"
// has (lines "note: ..." are not compared and go to the table), and Armature says
// nothing of its own on standard error.
//
//	trees.go      the trees and how they are made
//	items.go      the items, how one is run and judged
//	compare.go    logs and outputs
//	namespace.go  a command in a tree, in namespaces that end with it
//	report.go     results, kept in build/software/results.json, and the table
//
// Trees, logs and results are in build/software; what is there is used again, unless
// -fresh is given. It needs root, which gives the tree its users; of the
// machine it uses no more than the CPU, and the network for packages.
package main
