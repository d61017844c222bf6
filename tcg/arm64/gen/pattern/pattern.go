// Package pattern reads the table of A64 encodings, a64.pat.  The format is described at the
// head of that file.
package pattern

import (
	"bufio"
	"fmt"
	"io"
	"math/bits"
	"strconv"
	"strings"
)

// A Field is a named run of bits of an encoding.
type Field struct {
	Name  string
	Shift int // position of the lowest bit
	Width int // in bits
}

// A Reject makes the words with w&Mask == Value unallocated.
type Reject struct {
	Mask, Value uint32
	Text        string // as written, without the exclamation mark
}

// An Encoding is one line of the table.
type Encoding struct {
	Name        string
	Title       string // the manual's name, or ""
	Feature     string // FEAT_..., or "" for Armv8.0
	Section     string // heading "##"
	Class       string // heading "###"
	Mask, Value uint32 // the literal bits
	Bits        string // literal bits and field names from bit 31 down, for documentation
	Fields      []Field
	Rejects     []Reject
	Line        int
}

// Matches says whether w is an allocated word of e.
func (e *Encoding) Matches(w uint32) bool {
	if w&e.Mask != e.Value {
		return false
	}
	for _, r := range e.Rejects {
		if w&r.Mask == r.Value {
			return false
		}
	}
	return true
}

type parser struct {
	widths map[string]int
	macros map[string][]string
}

// Read parses a table.  Errors name the line.
func Read(r io.Reader) ([]Encoding, error) {
	p := parser{widths: map[string]int{}, macros: map[string][]string{}}
	var out []Encoding
	var section, class string
	seen := map[string]int{}
	sc := bufio.NewScanner(r)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSpace(sc.Text())
		switch {
		case line == "":
		case strings.HasPrefix(line, "### "):
			class = line[4:]
		case strings.HasPrefix(line, "## "):
			section, class = line[3:], ""
		case strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "%"):
			if err := p.directive(line); err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
		default:
			e, err := p.encoding(line)
			if err != nil {
				return nil, fmt.Errorf("line %d: %s: %w", n, e.Name, err)
			}
			if m := seen[e.Name]; m != 0 {
				return nil, fmt.Errorf("line %d: %s is also on line %d", n, e.Name, m)
			}
			seen[e.Name] = n
			e.Line, e.Section, e.Class = n, section, class
			out = append(out, e)
		}
	}
	return out, sc.Err()
}

func (p *parser) directive(line string) error {
	f := strings.Fields(line)
	switch {
	case f[0] == "%width" && len(f) == 3:
		n, err := strconv.Atoi(f[2])
		p.widths[f[1]] = n
		return err
	case f[0] == "%macro" && len(f) > 2:
		p.macros[f[1]] = f[2:]
		return nil
	}
	return fmt.Errorf("unknown directive %q", line)
}

func (p *parser) encoding(line string) (e Encoding, err error) {
	line, e.Title, _ = strings.Cut(line, ";")
	e.Title = strings.TrimSpace(e.Title)
	tokens := strings.Fields(line)
	e.Name = tokens[0]
	var rejects, drawn []string
	pos := 32
	for _, tok := range tokens[1:] {
		switch {
		case strings.HasPrefix(tok, "["):
			e.Feature = strings.Trim(tok, "[]")
		case strings.HasPrefix(tok, "@"):
			m, ok := p.macros[tok[1:]]
			if !ok {
				return e, fmt.Errorf("unknown macro %s", tok)
			}
			rejects = append(rejects, m...)
		case strings.HasPrefix(tok, "!"):
			rejects = append(rejects, tok)
		case strings.Trim(tok, "01") == "":
			pos -= len(tok)
			if pos < 0 {
				return e, fmt.Errorf("more than 32 bits")
			}
			v, _ := strconv.ParseUint(tok, 2, 32)
			e.Mask |= (1<<len(tok) - 1) << pos
			e.Value |= uint32(v) << pos
			drawn = append(drawn, tok)
		default:
			name, ws, explicit := strings.Cut(tok, ":")
			width := p.widths[name]
			if explicit {
				if width, err = strconv.Atoi(ws); err != nil {
					return e, err
				}
			}
			if width <= 0 {
				return e, fmt.Errorf("field %s has no width", name)
			}
			pos -= width
			if pos < 0 {
				return e, fmt.Errorf("more than 32 bits")
			}
			e.Fields = append(e.Fields, Field{name, pos, width})
			if width == 1 {
				drawn = append(drawn, name)
			} else {
				drawn = append(drawn, fmt.Sprintf("%s:%d", name, width))
			}
		}
	}
	if pos != 0 {
		return e, fmt.Errorf("%d bits are missing", pos)
	}
	e.Bits = strings.Join(drawn, " ")
	for _, text := range rejects {
		r, err := e.reject(text[1:])
		if err != nil {
			return e, err
		}
		e.Rejects = append(e.Rejects, r)
	}
	return e, nil
}

// reject compiles "field=bits,field=bits".
func (e *Encoding) reject(text string) (Reject, error) {
	r := Reject{Text: text}
	for _, term := range strings.Split(text, ",") {
		name, val, ok := strings.Cut(term, "=")
		f, found := e.Field(name)
		if !ok || !found || len(val) != f.Width {
			return r, fmt.Errorf("bad constraint !%s", text)
		}
		for i, c := range val {
			bit := uint32(1) << (f.Shift + f.Width - 1 - i)
			switch c {
			case '1':
				r.Mask |= bit
				r.Value |= bit
			case '0':
				r.Mask |= bit
			case 'x':
			default:
				return r, fmt.Errorf("bad constraint !%s", text)
			}
		}
	}
	return r, nil
}

// Field finds a field by name.
func (e *Encoding) Field(name string) (Field, bool) {
	for _, f := range e.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// Overlap says whether some word with the literal bits of both a and b is allocated in both.
// It answers yes when it cannot tell from pairs of constraints alone, except that it searches
// the words of small intersections.
func Overlap(a, b *Encoding) bool {
	if (a.Value^b.Value)&a.Mask&b.Mask != 0 {
		return false
	}
	mask, value := a.Mask|b.Mask, a.Value|b.Value
	// Only the bits which constraints look at matter.
	var care uint32
	for _, r := range a.Rejects {
		care |= r.Mask
	}
	for _, r := range b.Rejects {
		care |= r.Mask
	}
	care &^= mask
	if bits.OnesCount32(care) > 16 {
		return true
	}
	for sub := care; ; sub = (sub - 1) & care {
		if w := value | sub; a.Matches(w) && b.Matches(w) {
			return true
		}
		if sub == 0 {
			return false
		}
	}
}
