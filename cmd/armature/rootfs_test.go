package main

import (
	"testing"
)

func TestParseSize(t *testing.T) {
	for s, want := range map[string]int64{
		"": 0, "1": 1, "500M": 500 << 20, "20G": 20 << 30, "3KiB": 3 << 10, "3kb": 3 << 10, "1T": 1 << 40,
		"B": -1, "M": -1, "0": -1, "-5": -1, "5X": -1, "99999999T": -1, "1.5G": -1, "9223372036854775808": -1,
	} {
		got, err := parseSize(s)
		if want < 0 && err == nil || want >= 0 && (err != nil || got != want) {
			t.Errorf("%q: %d, %v; want %d", s, got, err, want)
		}
	}
}

func TestParseTime(t *testing.T) {
	for s, want := range map[string]int64{"@17": 17, "1970-01-02": 86400, "1970-01-01T00:00:05Z": 5} {
		if got, err := parseTime(s); err != nil || got.Unix() != want {
			t.Errorf("%q: %v, %v; want %d", s, got, err, want)
		}
	}
	for _, s := range []string{"x", "@", "yesterday", "1970"} {
		if _, err := parseTime(s); err == nil {
			t.Errorf("%q is taken", s)
		}
	}
}

func TestProgressLine(t *testing.T) {
	for _, c := range []struct {
		done, total int64
		seconds     float64
		width       int
		want        string
	}{
		{0, 0, 0, 80, "x 0 B"},
		{2048, 0, 2, 80, "x 2.0 KiB, 1.0 KiB/s"},
		{50 << 20, 100 << 20, 5, 79, "x 50 MiB of 100 MiB, 50%, 5s left [####################....................]"},
		{50, 100, 0.5, 40, "x 50 B of 100 B, 50% [########.........]"},
		{50, 100, 0.5, 12, "x 50 B of 10"},
		{200, 100, 1, 80, "x 200 B, 200 B/s"},
	} {
		if got := progressLine("x", c.done, c.total, c.seconds, c.width); got != c.want {
			t.Errorf("%+v: %q, want %q", c, got, c.want)
		}
	}
}
