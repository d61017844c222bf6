package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"armature/test/command"
)

// A result is what an item came to under an emulator. Times are in seconds.
type result struct {
	Item     string
	Emulator string
	Date     string
	Wall     float64
	User     float64
	System   float64
	Notes    []string `json:",omitempty"`
	Failure  string   `json:",omitempty"` // "" if it passed
}

func newResult(it item, e emulator, u usage) result {
	return result{Item: it.name, Emulator: e.key, Date: command.Today(), Wall: u.Wall.Seconds(), User: u.User.Seconds(), System: u.System.Seconds()}
}

// mostNotes is how many notes of a result are shown. The logs have them all.
const mostNotes = 8

// verdict is the result in a few words.
func (r *result) verdict() string {
	parts := r.Notes
	if n := len(parts) - mostNotes; n > 0 {
		parts = append(slices.Clone(parts[:mostNotes]), fmt.Sprintf("and %d more", n))
	}
	if r.Failure == "" {
		parts = append([]string{"pass"}, parts...)
	} else {
		parts = append([]string{"FAIL: " + r.Failure}, parts...)
	}
	return strings.Join(parts, "; ")
}

// results are those of this run and of earlier ones, each item's and emulator's newest.
type results []result

func (l results) find(item, emulator string) *result {
	for i := range l {
		if l[i].Item == item && l[i].Emulator == emulator {
			return &l[i]
		}
	}
	return nil
}

// put adds a result, in place of an earlier one.
func (l *results) put(r result) {
	if old := l.find(r.Item, r.Emulator); old != nil {
		*old = r
		return
	}
	*l = append(*l, r)
}

func loadResults(path string) (l results, err error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(b, &l); err != nil {
		return nil, fmt.Errorf("%s: %w (remove it)", path, err)
	}
	return l, nil
}

func (l results) save(path string) error {
	b, err := json.MarshalIndent(l, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o644)
}

// table is the results as Markdown, Armature's beside those of the peer if there are any.
func (l results) table() string {
	var b strings.Builder
	peer := slices.ContainsFunc(l, func(r result) bool { return r.Emulator == "qemu" })
	head, rule := "| item | what | Armature | wall, s | user + system, s |", "|---|---|---|--:|--:|"
	if peer {
		head += " QEMU | wall, s | user + system, s |"
		rule += "---|--:|--:|"
	}
	fmt.Fprintf(&b, "%s\n%s\n", head, rule)
	for _, it := range items {
		ours, theirs := l.find(it.name, "armature"), l.find(it.name, "qemu")
		if ours == nil && theirs == nil {
			continue
		}
		fmt.Fprintf(&b, "| %s | %s | %s |", it.name, it.what, ours.cells())
		if peer {
			fmt.Fprintf(&b, " %s |", theirs.cells())
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// cells are the three columns of a result, empty for none.
func (r *result) cells() string {
	if r == nil {
		return " | | "
	}
	return fmt.Sprintf("%s | %.1f | %.1f + %.1f", strings.ReplaceAll(r.verdict(), "|", `\|`), r.Wall, r.User, r.System)
}

// dates says when the results were made.
func (l results) dates() string {
	if len(l) == 0 {
		return ""
	}
	byDate := func(a, b result) int { return cmp.Compare(a.Date, b.Date) }
	first, last := slices.MinFunc(l, byDate).Date, slices.MaxFunc(l, byDate).Date
	if first == last {
		return first
	}
	return first + " to " + last
}

// Marks of the section that -md replaces.
const (
	beginMark = "<!-- results: written by `make software SOFTWARE='-md FILE'` -->"
	endMark   = "<!-- end of results -->"
)

// writeSection writes all results that are known to a document.
func (l results) writeSection(path string) error {
	return command.ReplaceSection(path, beginMark, endMark, l.dates()+", "+command.Machine()+".\n\n"+l.table())
}
