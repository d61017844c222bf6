// Command demo is a guest program in Go, built for arm64: goroutines, maps,
// sorting, formatting, garbage collection, hashing with the ARM instructions that
// Go's library uses.
package main

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"runtime"
	"slices"
	"strings"
	"sync"
)

func main() {
	fmt.Printf("Go %s on %s/%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	fmt.Printf("SHA-256 of a million bytes: %x\n", sha256.Sum256(make([]byte, 1_000_000)))
	var wg sync.WaitGroup
	sums := make([]*big.Int, 8)
	for i := range sums {
		wg.Go(func() { sums[i] = new(big.Int).MulRange(int64(i*10+1), int64(i*10+10)) })
	}
	wg.Wait()
	product := big.NewInt(1)
	for _, s := range sums {
		product.Mul(product, s)
	}
	fmt.Println("80! by eight goroutines:", product)
	words := map[string]int{}
	for w := range strings.FieldsSeq(strings.Repeat("the quick brown fox jumps over the lazy dog ", 10000)) {
		words[w]++
	}
	keys := slices.Collect(func(yield func(string) bool) {
		for k := range words {
			if !yield(k) {
				return
			}
		}
	})
	slices.Sort(keys)
	fmt.Println("words:", keys)
	runtime.GC()
	fmt.Println("done")
}
