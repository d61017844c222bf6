// Package stack gives the main goroutine its final stack at once.
//
// A goroutine starts with 2 KiB and doubles them when they are used up: running a
// guest takes four steps, and each looks up the tables of every function on the
// stack and fills a pool of stacks of that size. This package imports nothing, so
// its init comes before all others', and asks for more than the pools hold.
package stack

func init() { use() }

// use has a frame of 20 KiB, which makes the stack 32 KiB. It is in assembly as Go
// would clear the frame.
func use()
