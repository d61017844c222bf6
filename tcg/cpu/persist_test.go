package cpu

import "testing"

// A snapshot is written for many translations more, or, a number of times in a row, for a few.
func TestMore(t *testing.T) {
	for _, c := range []struct {
		before, refined, n int
		few                bool
		many, worth        bool
	}{
		{before: 0, n: 32, few: true},
		{before: 0, n: 33, many: true, worth: true},
		{before: 900, n: 3, few: true},
		{before: 900, n: 4, few: true, worth: true},
		{before: 900, n: 4},
		{before: 900, n: 32},
		{before: 900, n: 33, many: true, worth: true},
		{before: 900, refined: maxRefined - 1, n: 4, few: true, worth: true},
		{before: 900, refined: maxRefined, n: 32, few: true},
		{before: 900, refined: maxRefined, n: 33, many: true, worth: true},
		{before: 30000, n: 99, few: true},
		{before: 30000, n: 100, few: true, worth: true},
		{before: 30000, n: 1000},
		{before: 30000, n: 1001, many: true, worth: true},
		{before: 900, n: -5, few: true},
	} {
		s := snapshot{regions: c.before, refined: c.refined}
		if many, worth := s.more(c.n, c.few); many != c.many || worth != c.worth {
			t.Errorf("%+v: many %v, worth %v", c, many, worth)
		}
	}
}
