// Command gen reads ../a64.pat, the table of A64 encodings, and writes
//
//	zop.go         the constants of type Op and their names
//	zfield.go      a method of Inst for every field of the table
//	zdecode.go     the decision tree behind Decode
//	zrandom.go     what RandomInst needs to know about each encoding
//	ztranslate.go  the table from Op to the translate function trNAME
//	../../docs/instructions.md
//
// It is run by "go generate" in the parent folder; its output is committed, and a test checks
// that it is fresh.
//
// A method of Inst is named after the field, and followed by the bits it takes (as in
// size_31_30) when fields of one name stand at several places.
//
// The decision tree has two levels.  The first is indexed by bits 31:21, where nearly all of
// A64's encoding classes differ.  The second is indexed by the run of bits, chosen for each
// first-level bucket, which leaves the shortest lists of candidates.  Lists are in the table's
// order, and the first encoding that matches and is not unallocated wins.
//
// The translate table is made by scanning the parent folder's Go files for methods
// of *Translator: an encoding whose method does not exist yet gets nil, and is undefined to the guest.
package main
