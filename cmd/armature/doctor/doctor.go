package doctor

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Status is how a check went.
type Status string

const (
	OK      Status = "ok"
	Limited Status = "limited" // the mode works, but not in all
	Problem Status = "problem" // the mode does not work
)

// Result is what a check found.
type Result struct {
	Mode   string `json:"mode"`
	Check  string `json:"check"`
	Status Status `json:"status"`
	Found  string `json:"found"`
	Fix    string `json:"fix,omitempty"`
}

// Report is what all checks found.
type Report struct {
	OK      bool     `json:"ok"` // no problem; limits may be
	Results []Result `json:"checks"`
}

// Modes are those that there are checks for, in order.
func Modes() (list []string) {
	for _, c := range Checks {
		if !slices.Contains(list, c.Mode) {
			list = append(list, c.Mode)
		}
	}
	return list
}

// Run runs the checks of the modes, of all if there are none.
func Run(modes ...string) (*Report, error) {
	for _, m := range modes {
		if !slices.Contains(Modes(), m) {
			return nil, fmt.Errorf("no mode %q; there are: %s", m, strings.Join(Modes(), ", "))
		}
	}
	r := &Report{OK: true, Results: []Result{}}
	m := &machine{}
	for _, c := range Checks {
		if len(modes) > 0 && !slices.Contains(modes, c.Mode) {
			continue
		}
		f := c.look(m)
		if f.status == "" {
			continue // does not apply here
		}
		r.Results = append(r.Results, Result{c.Mode, c.Name, f.status, f.found, f.fix})
		r.OK = r.OK && f.status != Problem
	}
	return r, nil
}

// Write shows a report to people.
func (r *Report) Write(w io.Writer) {
	signs := map[Status]string{OK: "ok     ", Limited: "limited", Problem: "PROBLEM"}
	mode := ""
	problems, limits := 0, 0
	for _, c := range r.Results {
		if c.Mode != mode {
			mode = c.Mode
			fmt.Fprintf(w, "%s\n", mode)
		}
		fmt.Fprintf(w, "  %s  %s: %s\n", signs[c.Status], c.Check, c.Found)
		if c.Fix != "" {
			fmt.Fprintf(w, "           -> %s\n", c.Fix)
		}
		switch c.Status {
		case Problem:
			problems++
		case Limited:
			limits++
		}
	}
	switch {
	case problems == 0 && limits == 0:
		fmt.Fprintln(w, "all fine")
	case problems == 0:
		fmt.Fprintf(w, "everything works, %s\n", count(limits, "limit"))
	default:
		fmt.Fprintf(w, "%s, %s\n", count(problems, "problem"), count(limits, "limit"))
	}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
