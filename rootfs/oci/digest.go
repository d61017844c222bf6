package oci

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strings"
)

// newHash gives the hash that a digest such as "sha256:..." names, and its value.
func newHash(digest string) (hash.Hash, string, error) {
	alg, sum, _ := strings.Cut(digest, ":")
	switch {
	case alg == "sha256" && isHex(sum, 64):
		return sha256.New(), sum, nil
	case alg == "sha512" && isHex(sum, 128):
		return sha512.New(), sum, nil
	}
	return nil, "", fmt.Errorf("digest %.80q is not one of sha256 or sha512", digest)
}

// blobPath is where a layout has the blob of a digest that newHash accepts.
func blobPath(digest string) string { return "blobs/" + strings.Replace(digest, ":", "/", 1) }

// Verify gives a reader of r that at the end compares what it read with the
// digest, and with the size unless that is negative.
func Verify(r io.Reader, digest string, size int64) (io.Reader, error) {
	h, sum, err := newHash(digest)
	if err != nil {
		return nil, err
	}
	return &verifier{r, h, digest, sum, size, 0}, nil
}

type verifier struct {
	r      io.Reader
	h      hash.Hash
	digest string
	sum    string
	size   int64
	n      int64
}

func (v *verifier) Read(p []byte) (int, error) {
	n, err := v.r.Read(p)
	v.h.Write(p[:n])
	v.n += int64(n)
	if v.size >= 0 && (v.n > v.size || err == io.EOF && v.n < v.size) {
		return n, fmt.Errorf("%s: its size is not the %d bytes that the image says", v.digest, v.size)
	}
	if err == io.EOF && hex.EncodeToString(v.h.Sum(nil)) != v.sum {
		return n, fmt.Errorf("%s: the data does not match the digest", v.digest)
	}
	return n, err
}
