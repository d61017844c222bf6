package archive

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// compression is one way of packing a stream.
type compression struct {
	name   string // as in ".tar.NAME"
	magic  []byte
	reader func(*bufio.Reader) (io.Reader, error)
	writer func(io.Writer) (io.WriteCloser, error) // nil if there is none
}

var compressions = [...]compression{
	{"gz", []byte{0x1f, 0x8b}, func(r *bufio.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriterLevel(w, gzip.DefaultCompression) }},
	{"xz", []byte("\xfd7zXZ\x00"), newXZReader,
		func(w io.Writer) (io.WriteCloser, error) { return xz.NewWriter(w) }},
	{"zst", []byte{0x28, 0xb5, 0x2f, 0xfd}, func(r *bufio.Reader) (io.Reader, error) {
		d, err := zstd.NewReader(r, zstd.WithDecoderMaxWindow(maxDict), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	}, func(w io.Writer) (io.WriteCloser, error) {
		// The output must not depend on how many CPUs there are.
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault))
	}},
	{"bz2", []byte("BZh"), func(r *bufio.Reader) (io.Reader, error) { return bzip2.NewReader(r), nil }, nil},
}

// newXZReader refuses dictionaries beyond maxDict, which the library would
// allocate because a header says so.
func newXZReader(r *bufio.Reader) (io.Reader, error) {
	// Stream header of 12 bytes; block header: size, flags, optional sizes,
	// then for each filter its ID, size of properties, and properties.
	if h, err := r.Peek(12 + 3); err == nil && h[12] != 0 {
		h, err = r.Peek(12 + (int(h[12])+1)*4)
		if err != nil {
			return nil, unexpected(err)
		}
		if i := bytes.Index(h[14:], []byte{0x21, 0x01}); i >= 0 && 14+i+2 < len(h) {
			if c, err := lzma.DecodeDictCap(h[14+i+2]); err == nil && c > maxDict {
				return nil, fmt.Errorf("xz: it wants a dictionary of %d MiB; at most %d are accepted", c>>20, maxDict>>20)
			}
		}
	}
	return xz.NewReader(r)
}

// A bomb is suspected when more than bombFloor bytes came out, and more than
// bombRatio times what went in. No distribution tree comes near either ratio.
const (
	bombFloor = 256 << 20
	bombRatio = 500
)

// counter counts what is read from below.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// ratioReader watches the ratio of a decompressor.
type ratioReader struct {
	name string
	in   *counter
	r    io.Reader
	out  int64
}

func (r *ratioReader) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	r.out += int64(n)
	if r.out > bombFloor && r.out/bombRatio > r.in.n {
		return n, fmt.Errorf("decompression bomb: %d bytes of %s data have become %d MiB (set a maximum size to unpack it all the same)", r.in.n, r.name, r.out>>20)
	}
	if err != nil && err != io.EOF {
		err = fmt.Errorf("%s: %w", r.name, unexpected(err))
	}
	return n, err
}

// decompress gives what is in r, and the name of its compression, "" if it has
// none. With trust, no ratio is too high.
func decompress(r io.Reader, trust bool) (*bufio.Reader, string, error) {
	in := &counter{r: r}
	br := bufio.NewReaderSize(in, 128<<10)
	head, err := br.Peek(8)
	if err != nil && err != io.EOF {
		return nil, "", err
	}
	for i := range compressions {
		c := &compressions[i]
		if !bytes.HasPrefix(head, c.magic) {
			continue
		}
		d, err := c.reader(br)
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w", c.name, unexpected(err))
		}
		if trust {
			return bufio.NewReaderSize(d, 128<<10), c.name, nil
		}
		return bufio.NewReaderSize(&ratioReader{name: c.name, in: in, r: d}, 128<<10), c.name, nil
	}
	return br, "", nil
}

// Decompress gives what is in the stream r, whose compression, if any, is told by
// its content. The reader fails when the ratio is that of a decompression bomb,
// unless trust is set.
func Decompress(r io.Reader, trust bool) (io.Reader, error) {
	d, _, err := decompress(r, trust)
	return d, err
}

// Compress gives a writer that packs what is written for w, by the name of the
// compression: "gz", "xz", "zst", or "" for none. Closing it completes the stream
// and leaves w open. The same input gives the same output on every machine.
func Compress(w io.Writer, name string) (io.WriteCloser, error) {
	if name == "" {
		return nopCloser{w}, nil
	}
	for i := range compressions {
		c := &compressions[i]
		if c.name == name && c.writer != nil {
			return c.writer(w)
		}
	}
	return nil, fmt.Errorf("cannot compress as .%s; .gz, .xz and .zst are possible", name)
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }
