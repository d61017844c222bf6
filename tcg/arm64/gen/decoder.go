package main

import (
	"bytes"
	"fmt"

	"armature/tcg/arm64/gen/pattern"
)

// First level of the decision tree.
const (
	topBits  = 11
	topShift = 32 - topBits
)

// maxWindow is the greatest number of bits that index a second-level table.
const maxWindow = 8

// genDecoder emits the two-level tree; see doc.go.
func genDecoder(encs []pattern.Encoding) []byte {
	_, rejStart, rejN := rejectTable(encs)

	type node struct{ base, shift, width int }
	var (
		top    [1 << topBits]int
		nodes  []node
		cells  []int // start of a candidate list in cands
		cands  []int // encoding index, or -1 at a list's end
		byList = map[string]int{}
		byNode = map[string]int{}
		cands0 = func(idx []int) int { // interns a list
			key := fmt.Sprint(idx)
			at, ok := byList[key]
			if !ok {
				at = len(cands)
				byList[key] = at
				cands = append(append(cands, idx...), -1)
			}
			return at
		}
	)
	for t := range top {
		var idx []int
		for i, e := range encs {
			if compatible(&e, uint32(t)<<topShift, (1<<topBits-1)<<topShift) {
				idx = append(idx, i)
			}
		}
		key := fmt.Sprint(idx)
		at, ok := byNode[key]
		if !ok {
			// The window may look at the low bits only: buckets with equal candidates share a node.
			shift, width := bestWindow(encs, idx)
			at = len(nodes)
			byNode[key] = at
			nodes = append(nodes, node{len(cells), shift, width})
			for v := range 1 << width {
				var sub []int
				for _, i := range idx {
					if compatible(&encs[i], uint32(v)<<shift, (1<<width-1)<<shift) {
						sub = append(sub, i)
					}
				}
				cells = append(cells, cands0(sub))
			}
		}
		top[t] = at
	}

	var b bytes.Buffer
	fmt.Fprintf(&b, "// decodeTop is indexed by bits 31:%d and gives an index of decodeNodes.\nvar decodeTop = [%d]uint8{", topShift, len(top))
	if len(nodes) > 255 {
		panic("decodeTop needs wider entries")
	}
	for i, v := range top {
		if i%32 == 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%d,", v)
	}
	b.WriteString("\n}\n\nvar decodeNodes = [...]decodeNode{\n")
	for _, n := range nodes {
		fmt.Fprintf(&b, "{%d, %d, %#x},\n", n.base, n.shift, 1<<n.width-1)
	}
	b.WriteString("}\n\n// decodeCells gives the start of a list in decodeCands.\nvar decodeCells = [...]uint16{")
	for i, c := range cells {
		if i%32 == 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%d,", c)
	}
	b.WriteString("\n}\n\n// decodeCands holds the lists of candidates; OpUndefined, which matches any word, ends each.\nvar decodeCands = [...]decodeCand{\n")
	for _, c := range cands {
		if c < 0 {
			b.WriteString("{},\n")
			continue
		}
		e := &encs[c]
		fmt.Fprintf(&b, "{%#08x, %#08x, Op%s, %d, %d},\n", e.Mask, e.Value, e.Name, rejStart[c], rejStart[c]+rejN[c])
	}
	b.WriteString("}\n")
	return b.Bytes()
}

// compatible says whether some word of e, constraints aside and then considered, has the given
// bits under mask.
func compatible(e *pattern.Encoding, value, mask uint32) bool {
	if (e.Value^value)&e.Mask&mask != 0 {
		return false
	}
	// A constraint decided by the known bits alone rules all such words out.
	known, kv := e.Mask|mask, e.Value|value
	for _, r := range e.Rejects {
		if r.Mask&^known == 0 && kv&r.Mask == r.Value {
			return false
		}
	}
	return true
}

// bestWindow finds the run of bits below topShift that splits idx best: the least expected
// number of candidates tried, a small table being preferred among equals.
func bestWindow(encs []pattern.Encoding, idx []int) (shift, width int) {
	best := cost(encs, idx, 0, 0)
	for w := 1; w <= maxWindow; w++ {
		for s := 0; s+w <= topShift; s++ {
			if c := cost(encs, idx, s, w); c < best*0.98 {
				best, shift, width = c, s, w
			}
		}
	}
	return shift, width
}

// cost sums, over the encodings, how many others share a cell with each.
func cost(encs []pattern.Encoding, idx []int, shift, width int) float64 {
	var sum float64
	window := uint32(1<<width-1) << shift
	for _, i := range idx {
		for _, j := range idx {
			if (encs[i].Value^encs[j].Value)&encs[i].Mask&encs[j].Mask&window == 0 {
				sum++
			}
		}
	}
	return sum
}
