package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// progress shows on a terminal how far something is, and nothing elsewhere.
type progress struct {
	what  string
	start time.Time
	last  time.Time
	shown bool
}

// progressEvery is how often it is shown, at most.
const progressEvery = 100 * time.Millisecond

// newProgress gives one for the action what, or nil if standard error is no
// terminal. A nil one can be used.
func newProgress(what string) *progress {
	if _, err := unix.IoctlGetTermios(int(os.Stderr.Fd()), unix.TCGETS); err != nil || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return &progress{what: what, start: time.Now()}
}

// set tells how many bytes are done, and of how many: 0 if that is unknown.
func (p *progress) set(done, total int64) {
	if p == nil || time.Since(p.last) < progressEvery {
		return
	}
	p.last, p.shown = time.Now(), true
	seconds := time.Since(p.start).Seconds()
	width := 80
	if ws, err := unix.IoctlGetWinsize(int(os.Stderr.Fd()), unix.TIOCGWINSZ); err == nil && ws.Col > 0 {
		width = int(ws.Col)
	}
	fmt.Fprintf(os.Stderr, "\r\x1b[K%s", progressLine(p.what, done, total, seconds, width-1))
}

// clear makes place for a line of text.
func (p *progress) clear() {
	if p != nil && p.shown {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
		p.shown, p.last = false, time.Time{}
	}
}

// progressLine is what a terminal of the width shows.
func progressLine(what string, done, total int64, seconds float64, width int) string {
	s := what + " " + bytesText(done)
	rate := 0.0
	if seconds > 0 {
		rate = float64(done) / seconds
	}
	if total > 0 && done <= total {
		s += fmt.Sprintf(" of %s, %d%%", bytesText(total), done*100/total)
		if rate > 0 && seconds > 1 {
			left := time.Duration(float64(total-done) / rate * float64(time.Second)).Round(time.Second)
			s += fmt.Sprintf(", %v left", left)
		}
		if room := min(width-len(s)-3, 40); room >= 8 {
			n := int(int64(room) * done / total)
			s += " [" + strings.Repeat("#", n) + strings.Repeat(".", room-n) + "]"
		}
	} else if rate > 0 {
		s += fmt.Sprintf(", %s/s", bytesText(int64(rate)))
	}
	if len(s) > width && width > 0 {
		s = s[:width]
	}
	return s
}

// bytesText writes a number of bytes for people, in powers of 1024.
func bytesText(n int64) string {
	const units = "KMGTPE"
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	f, u := float64(n)/1024, 0
	for f >= 1024 && u < len(units)-1 {
		f, u = f/1024, u+1
	}
	if f < 10 {
		return fmt.Sprintf("%.1f %ciB", f, units[u])
	}
	return fmt.Sprintf("%.0f %ciB", f, units[u])
}
