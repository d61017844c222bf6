// Package store keeps snapshots of translated code as files in a directory: where
// to look, whom to trust, how to replace one, and how much to keep. What is in a
// file is package code's.
//
// A snapshot is executed, so a file counts only if it and its directory belong to
// root or to the effective user, and nobody else may write them; symbolic links are
// not followed to either. A file is never changed: a new one is written beside it
// and takes its name. So processes that have the old one mapped keep it, and of two
// that save at once one wins.
//
// Failures are silent for the program that runs: without a store it is only slower.
package store
