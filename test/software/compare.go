package main

import (
	"fmt"
	"regexp"
	"strings"
)

// notePrefix begins lines of an item's output that are not compared.
const notePrefix = "note: "

// splitNotes takes the notes out of an output.
func splitNotes(out string) (text string, notes []string) {
	var b strings.Builder
	for line := range strings.Lines(out) {
		if note, ok := strings.CutPrefix(line, notePrefix); ok {
			notes = append(notes, strings.TrimSpace(note))
		} else {
			b.WriteString(line)
		}
	}
	return b.String(), notes
}

// firstDifference tells where two texts differ, "" if nowhere.
func firstDifference(got, want string) string {
	if got == want {
		return ""
	}
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	at := func(lines []string, i int) string {
		if i < len(lines)-1 || i < len(lines) && lines[i] != "" {
			return fmt.Sprintf("%q", lines[i])
		}
		return "nothing"
	}
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			return fmt.Sprintf("line %d is %s, not %s", i+1, at(g, i), at(w, i))
		}
	}
	return "the texts differ"
}

// logNoise is what the logs of two runs of the same installation need not have in common.
var logNoise = regexp.MustCompile(`^(Local time is now:|Universal Time is now:|\(Reading database|Fetched |Get:)|^\s*$`)

// logLines are the lines of a log without noise. A progress display writes several to a line of the
// terminal, of which the last one stays.
func logLines(log string) (lines []string) {
	for line := range strings.Lines(log) {
		line = strings.TrimRight(line, "\r\n")
		line = line[strings.LastIndexByte(line, '\r')+1:]
		if !logNoise.MatchString(line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// onlyIn lists the lines of a log, noise aside, that another one has not, or less often.
func onlyIn(log, other string) (lines []string) {
	count := map[string]int{}
	for _, l := range logLines(other) {
		count[l]++
	}
	for _, l := range logLines(log) {
		if count[l]--; count[l] < 0 {
			lines = append(lines, l)
		}
	}
	return lines
}

var (
	// ownMessage is what Armature itself says.
	ownMessage = regexp.MustCompile(`(?m)^(armature|armature-aarch64|fatal error|runtime): .*|^SIG[A-Z]+: .*goroutine.*|^goroutine \d+ (gp=|\[).*`)
	// badMessage is what programs of an installation say when the emulator lacks something.
	badMessage = regexp.MustCompile(`(?mi)^.*(illegal instruction|bad system call|function not implemented|segmentation fault|core dumped|qemu: ).*`)
)

// messages lists the emulator's messages in a log: its own, and with all those of other programs about it.
func messages(log string, all bool) []string {
	list := ownMessage.FindAllString(log, -1)
	if all {
		list = append(list, badMessage.FindAllString(log, -1)...)
	}
	return list
}
