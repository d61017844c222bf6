package gdb

import "encoding/hex"

// packetSize is how long a packet's data may be, in bytes, as it is on the wire.
const packetSize = 0x4000

// Kinds of what a decoder finds.
const (
	gotPacket    = iota
	gotBad       // a packet with a wrong checksum, or one that is too long
	gotInterrupt // ^C
	gotResend    // '-'
)

// decoder takes the protocol's stream of bytes apart. The zero value is ready.
type decoder struct {
	state  int
	data   []byte
	sum    byte
	digits [2]byte
	long   bool // the packet is too long: its rest is skipped
}

const (
	idle = iota
	inData
	inSum1
	inSum2
)

// next consumes bytes of b up to the end of the next thing found, and gives the rest.
// ok is false if b ends before. data is the packet's, with escapes resolved; it is valid
// until the next call.
func (d *decoder) next(b []byte) (kind int, data, rest []byte, ok bool) {
	for i, c := range b {
		switch d.state {
		case idle:
			switch c {
			case '$':
				d.begin()
			case 3:
				return gotInterrupt, nil, b[i+1:], true
			case '-':
				return gotResend, nil, b[i+1:], true
			}
		case inData:
			switch {
			case c == '$': // the one before was cut off
				d.begin()
			case c == '#':
				d.state = inSum1
			case len(d.data) == packetSize:
				d.long = true
			default:
				d.data = append(d.data, c)
				d.sum += c
			}
		case inSum1:
			d.digits[0], d.state = c, inSum2
		case inSum2:
			d.digits[1], d.state = c, idle
			var sum [1]byte
			if _, err := hex.Decode(sum[:], d.digits[:]); err != nil || sum[0] != d.sum || d.long {
				return gotBad, nil, b[i+1:], true
			}
			return gotPacket, unescape(d.data), b[i+1:], true
		}
	}
	return 0, nil, nil, false
}

func (d *decoder) begin() {
	d.state, d.data, d.sum, d.long = inData, d.data[:0], 0, false
}

// unescape resolves escapes in place.
func unescape(b []byte) []byte {
	out := b[:0]
	for i := 0; i < len(b); i++ {
		c := b[i]
		if c == '}' && i+1 < len(b) {
			i++
			c = b[i] ^ 0x20
		}
		out = append(out, c)
	}
	return out
}

// escape appends binary data to a packet, up to room bytes of it. It gives the number
// of bytes of data that fitted.
func escape(b, data []byte, room int) ([]byte, int) {
	for i, c := range data {
		n := 1
		if c == '#' || c == '$' || c == '}' || c == '*' {
			n = 2
		}
		if room -= n; room < 0 {
			return b, i
		}
		if n == 2 {
			b, c = append(b, '}'), c^0x20
		}
		b = append(b, c)
	}
	return b, len(data)
}

// frame makes a packet of data.
func frame(data []byte) []byte {
	var sum byte
	for _, c := range data {
		sum += c
	}
	b := make([]byte, 0, len(data)+4)
	b = append(b, '$')
	b = append(b, data...)
	b = append(b, '#')
	return hex.AppendEncode(b, []byte{sum})
}
