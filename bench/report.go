package main

import (
	"fmt"
	"io"
	"math"
	"os/exec"
	"strings"

	"armature/test/command"
)

// report is what a whole run found.
type report struct {
	Date    string   `json:"date"`
	Machine string   `json:"machine"`
	Rounds  int      `json:"rounds"`
	Clock   string   `json:"clock"` // "wall" or "cpu"
	Peer    string   `json:"peer"`
	Scale   float64  `json:"scale"`
	Results []result `json:"results"`
}

// The engines' names in samples.
const (
	nativeName = "native"
	peerName   = "peer"
	oursName   = "armature"        // translates everything in each run
	warmName   = "armature-cached" // has its translations from an earlier run
	singleName = "armature-single" // makes code for guests of one thread
)

func printProgName(cc, prog string) (string, error) {
	out, err := exec.Command(cc, "-print-prog-name="+prog).Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w (test/setup.sh installs it)", cc, err)
	}
	return strings.TrimSpace(string(out)), nil
}

func version(argv []string) string {
	if len(argv) == 0 {
		return ""
	}
	out, err := exec.Command(argv[0], "--version").Output()
	if err != nil {
		return argv[0]
	}
	return firstLine(string(out))
}

func cell(v float64, format string) string {
	if math.IsNaN(v) {
		return "-"
	}
	return fmt.Sprintf(format, v)
}

const rowFormat = "| %-14s | %9s | %9s | %9s | %9s | %9s | %9s | %9s | %9s |\n"

func writeHeader(w io.Writer) {
	fmt.Fprintf(w, rowFormat, "", "native s", "peer s", "Armature s", "cached s", "Arm/native", "peer/nat", "peer/Arm", "peer/cach.")
	fmt.Fprintln(w, "|---|--:|--:|--:|--:|--:|--:|--:|--:|")
}

func writeRow(w io.Writer, r result, cpu bool) {
	t := func(e string) string { return cell(median(r.times(e, cpu)), "%.4f") }
	fmt.Fprintf(w, rowFormat, r.Name, t(nativeName), t(peerName), t(oursName), t(warmName),
		cell(r.ratio(oursName, nativeName, cpu), "%.2f"),
		cell(r.ratio(peerName, nativeName, cpu), "%.2f"),
		cell(r.ratio(peerName, oursName, cpu), "%.2f"),
		cell(r.ratio(peerName, warmName, cpu), "%.2f"))
}

// writeMeans prints the geometric means of a group, over the benchmarks that
// every engine in the column finished.
func writeMeans(w io.Writer, results []result, g group, cpu bool) {
	var ours, peer, gain, warm []float64
	for _, r := range results {
		if r.Group == g {
			ours = append(ours, r.ratio(oursName, nativeName, cpu))
			peer = append(peer, r.ratio(peerName, nativeName, cpu))
			gain = append(gain, r.ratio(peerName, oursName, cpu))
			warm = append(warm, r.ratio(peerName, warmName, cpu))
		}
	}
	a, n := geomean(ours)
	b, _ := geomean(peer)
	c, _ := geomean(gain)
	d, _ := geomean(warm)
	fmt.Fprintf(w, rowFormat, fmt.Sprintf("**geomean (%d)**", max(n, 0)), "", "", "", "", cell(a, "%.2f"), cell(b, "%.2f"), cell(c, "%.2f"), cell(d, "%.2f"))
}

// Builds have another column, Armature with native tools, and no memory to compare.
const buildFormat = "| %-10s | %9s | %9s | %9s | %9s | %9s | %9s | %9s | %9s |\n"

func writeBuildHeader(w io.Writer) {
	fmt.Fprintf(w, buildFormat, "", "native s", "peer s", "Armature s", "cached s", "nat. tools", "peer/Arm", "peer/cach.", "peer/n.t.")
	fmt.Fprintln(w, "|---|--:|--:|--:|--:|--:|--:|--:|--:|")
}

func writeBuildRow(w io.Writer, r result, cpu bool) {
	t := func(e string) string { return cell(median(r.times(e, cpu)), "%.2f") }
	q := func(e string) string { return cell(r.ratio(peerName, e, cpu), "%.2f") }
	fmt.Fprintf(w, buildFormat, r.Name, t(nativeName), t(peerName), t(oursName), t(warmName), t(nativeToolsName),
		q(oursName), q(warmName), q(nativeToolsName))
}

// writeBuilds prints the table of the builds.
func writeBuilds(w io.Writer, rep report) {
	if first(rep.Results, builds) == nil {
		return
	}
	fmt.Fprintf(w, "\n### %s\n\n", builds)
	writeBuildHeader(w)
	for _, r := range rep.Results {
		if r.Group == builds {
			writeBuildRow(w, r, rep.Clock == "cpu")
		}
	}
}

// writeTables prints a table for each group that has results, and the errors.
func writeTables(w io.Writer, rep report) {
	cpu := rep.Clock == "cpu"
	for _, g := range []group{kernels, startup, process, large} {
		first := true
		for _, r := range rep.Results {
			if r.Group != g {
				continue
			}
			if first {
				fmt.Fprintf(w, "\n### %s\n\n", g)
				writeHeader(w)
				first = false
			}
			writeRow(w, r, cpu)
		}
		if !first {
			writeMeans(w, rep.Results, g, cpu)
		}
	}
	writeThreads(w, rep)
	writeBuilds(w, rep)
	for _, r := range rep.Results {
		for e, msg := range r.Errors {
			fmt.Fprintf(w, "\n- **%s under %s failed**: %s\n", r.Name, e, msg)
		}
	}
}

// writeMemory prints the peak memory of each engine.
func writeMemory(w io.Writer, rep report) {
	fmt.Fprintf(w, "\n### peak memory (MiB resident)\n\n| | native | peer | Armature |\n|---|--:|--:|--:|\n")
	for _, r := range rep.Results {
		if r.Peak == nil {
			continue
		}
		mib := func(e string) string {
			kib, ok := r.Peak[e]
			if !ok {
				return "-"
			}
			return fmt.Sprintf("%.1f", float64(kib)/1024)
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", r.Name, mib(nativeName), mib(peerName), mib(oursName))
	}
}

// writeStats prints what Armature told of its translations, where it did.
func writeStats(w io.Writer, rep report) {
	first := true
	for _, r := range rep.Results {
		s := r.Stats
		if s == nil || s.GuestInsts == 0 {
			continue
		}
		if first {
			fmt.Fprintf(w, "\n### translation (one more run each, with --stats)\n\n"+
				"| | regions | guest instructions translated | host instructions per guest instruction | host bytes per guest byte | ns per guest instruction | share of the time |\n|---|--:|--:|--:|--:|--:|--:|\n")
			first = false
		}
		fmt.Fprintf(w, "| %s | %d | %d | %s | %.2f | %.0f | %.1f%% |\n", r.Name, s.Regions, s.GuestInsts,
			cell(float64(s.HostInsts)/float64(s.TracedInsts), "%.2f"), float64(s.CodeBytes)/float64(4*s.GuestInsts), s.TranslateSec*1e9/float64(s.GuestInsts), 100*s.TranslateSec/s.WallSec)
	}
}

const (
	beginMark = "<!-- results: written by `go run ./bench -md` -->"
	endMark   = "<!-- end of results -->"
)

// updateMarkdown replaces the results section of the file by the report, and
// leaves the text around it alone.
func updateMarkdown(path string, rep report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s. Peer: %s. Medians of %d paired rounds, %s time", rep.Date, rep.Machine, rep.Peer, rep.Rounds, rep.Clock)
	if rep.Scale != 1 {
		fmt.Fprintf(&b, ", work scaled by %g", rep.Scale)
	}
	b.WriteString(".\n")
	writeTables(&b, rep)
	writeStats(&b, rep)
	writeMemory(&b, rep)
	return command.ReplaceSection(path, beginMark, endMark, b.String())
}
