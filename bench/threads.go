package main

import (
	"fmt"
	"io"
	"math"
)

// What threads cost: two beside one, and one in an engine that is made for many.

// overBase returns the median over the rounds of the engine's wall time by that of the
// benchmark's base; NaN without one.
func (r result) overBase(engine string) float64 {
	var q []float64
	for _, s := range r.Samples[engine] {
		if s.Base > 0 {
			q = append(q, s.Wall/s.Base)
		}
	}
	return median(q)
}

// writeThreads prints a line for each of the two, if there is something to say.
func writeThreads(w io.Writer, rep report) {
	var cost []float64
	most, worst := "", 0.0
	for _, r := range rep.Results {
		if two := r.overBase(oursName); !math.IsNaN(two) {
			fmt.Fprintf(w, "\nTwo threads that compute take %s times the time of one (native %s, peer %s).\n",
				cell(two, "%.2f"), cell(r.overBase(nativeName), "%.2f"), cell(r.overBase(peerName), "%.2f"))
		}
		if q := r.ratio(oursName, singleName, true); r.Group == kernels && !math.IsNaN(q) {
			cost = append(cost, q)
			if q > worst {
				most, worst = r.Name, q
			}
		}
	}
	if q, n := geomean(cost); n > 0 {
		fmt.Fprintf(w, "\nCode for many threads takes %.3f times the CPU time of code for one (`--opt=-threads`), "+
			"the geometric mean over %d kernels; the most is %.2f, in %s.\n", q, n, worst, most)
	}
}
