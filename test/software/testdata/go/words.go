// Package words counts words.
package words

import (
	"bufio"
	"io"
	"sort"
	"sync"
)

// Count is a word and how often it was seen.
type Count struct {
	Word string
	N    int
}

// Top reads a text with several goroutines and gives its n most frequent words.
func Top(r io.Reader, n, workers int) ([]Count, error) {
	lines := make(chan string)
	var (
		mu  sync.Mutex
		wg  sync.WaitGroup
		all = map[string]int{}
	)
	for i := 0; i < workers; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			own := map[string]int{}
			for l := range lines {
				split(l, func(w string) { own[w]++ })
			}
			mu.Lock()
			defer mu.Unlock()
			for w, k := range own {
				all[w] += k
			}
		}()
	}
	s := bufio.NewScanner(r)
	for s.Scan() {
		lines <- s.Text()
	}
	close(lines)
	wg.Wait()
	list := make([]Count, 0, len(all))
	for w, k := range all {
		list = append(list, Count{w, k})
	}
	sort.Slice(list, func(i, j int) bool {
		return list[i].N > list[j].N || list[i].N == list[j].N && list[i].Word < list[j].Word
	})
	if len(list) > n {
		list = list[:n]
	}
	return list, s.Err()
}

func split(line string, word func(string)) {
	from := -1
	for i, c := range line + " " {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		switch {
		case letter && from < 0:
			from = i
		case !letter && from >= 0:
			word(line[from:i])
			from = -1
		}
	}
}
