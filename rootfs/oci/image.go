package oci

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Limits on what an image may say.
const (
	maxJSON   = 8 << 20 // bytes of an index, manifest or configuration
	maxLayers = 1000
	maxNested = 4 // indexes within indexes
)

// Platform is what an image is for.
type Platform struct {
	OS           string `json:"os"`
	Architecture string `json:"architecture"`
	Variant      string `json:"variant,omitempty"`
}

// ParsePlatform reads "linux/arm64" or "linux/arm/v7".
func ParsePlatform(s string) (Platform, error) {
	p := strings.Split(s, "/")
	if len(p) < 2 || len(p) > 3 || slices.Contains(p, "") {
		return Platform{}, fmt.Errorf("platform %q: want OS/ARCHITECTURE or OS/ARCHITECTURE/VARIANT, as linux/arm64", s)
	}
	r := Platform{OS: p[0], Architecture: p[1]}
	if len(p) == 3 {
		r.Variant = p[2]
	}
	return r, nil
}

func (p Platform) String() string {
	s := p.OS + "/" + p.Architecture
	if p.Variant != "" {
		s += "/" + p.Variant
	}
	return s
}

// runs tells whether an image for q is one for p. Without a variant in p any
// does: arm64 has only v8.
func (p Platform) runs(q Platform) bool {
	return p.OS == q.OS && p.Architecture == q.Architecture && (p.Variant == "" || q.Variant == "" || p.Variant == q.Variant)
}

type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int64             `json:"size"`
	Platform    *Platform         `json:"platform"`
	Annotations map[string]string `json:"annotations"`
}

// name is what people call the image that a descriptor of an index is for.
func (d *descriptor) name() string {
	if n := d.Annotations["io.containerd.image.name"]; n != "" {
		return n
	}
	return d.Annotations["org.opencontainers.image.ref.name"]
}

// called tells whether name, or the part after its colon, is the image's.
func (d *descriptor) called(name string) bool {
	return name == "" || name == d.name() || name == d.Annotations["org.opencontainers.image.ref.name"]
}

// document is an index or a manifest: which one, what it holds tells.
type document struct {
	SchemaVersion int          `json:"schemaVersion"`
	Manifests     []descriptor `json:"manifests"`
	Config        *descriptor  `json:"config"`
	Layers        []descriptor `json:"layers"`
}

type config struct {
	Platform
	RootFS struct {
		Type    string   `json:"type"`
		DiffIDs []string `json:"diff_ids"`
	} `json:"rootfs"`
}

// Layer is one layer of an image.
type Layer struct {
	Digest string // of the blob as it is stored; "" where only DiffID is known
	DiffID string // of the uncompressed tar archive
	Size   int64  // of the blob
	store  Store
	path   string
}

// Open gives the blob, a tar archive that may be compressed. The reader fails at
// its end when the blob is not what the image says.
func (l *Layer) Open() (io.ReadCloser, error) {
	f, _, err := l.store.Open(l.path)
	if err != nil || l.Digest == "" {
		return f, err
	}
	v, err := Verify(f, l.Digest, l.Size)
	if err != nil {
		f.Close()
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{v, f}, nil
}

// Image is one image of a store.
type Image struct {
	Name     string // "" if the store tells none
	Platform Platform
	Layers   []Layer // the lowest first
}

// Find gives the image for a platform, among several the one called name. The
// error wraps fs.ErrNotExist if the store has neither an OCI layout nor what
// docker save writes.
func Find(s Store, p Platform, name string) (*Image, error) {
	if ok, err := exists(s, "index.json"); err != nil {
		return nil, err
	} else if ok {
		return findOCI(s, p, name)
	}
	return findDocker(s, p, name)
}

// found is an image that fits.
type found struct {
	name string
	desc descriptor
	doc  document
	conf config
}

func findOCI(s Store, p Platform, name string) (*Image, error) {
	var index document
	if err := readJSON(s, "index.json", "", -1, &index); err != nil {
		return nil, err
	}
	var fits []found
	var others []string // what there is besides
	seen := map[string]bool{}
	var walk func(ds []descriptor, name string, called bool, depth int) error
	walk = func(ds []descriptor, label string, called bool, depth int) error {
		if depth > maxNested {
			return errors.New("indexes are nested too deeply")
		}
		for _, d := range ds {
			n, c := label, called || d.called(name)
			if d.name() != "" {
				n = d.name()
			}
			if seen[d.Digest] {
				continue
			}
			if d.Platform != nil && !p.runs(*d.Platform) {
				if d.Platform.OS != "unknown" { // attestations are unknown/unknown
					others = append(others, strings.TrimSpace(n+" "+d.Platform.String()))
				}
				continue
			}
			if _, _, err := newHash(d.Digest); err != nil {
				return err
			}
			var doc document
			if err := readJSON(s, blobPath(d.Digest), d.Digest, d.Size, &doc); errors.Is(err, fs.ErrNotExist) {
				others = append(others, n+" "+d.Digest+" (it is not in the archive)")
				continue
			} else if err != nil {
				return err
			}
			if !c && doc.Manifests == nil {
				others = append(others, n)
				continue
			}
			seen[d.Digest] = true
			if doc.Manifests != nil {
				if err := walk(doc.Manifests, n, c, depth+1); err != nil {
					return err
				}
				continue
			}
			conf, err := readConfig(s, &doc)
			if err != nil {
				return err
			}
			if !p.runs(conf.Platform) {
				others = append(others, strings.TrimSpace(n+" "+conf.Platform.String()))
				continue
			}
			fits = append(fits, found{n, d, doc, *conf})
		}
		return nil
	}
	if err := walk(index.Manifests, "", name == "", 0); err != nil {
		return nil, err
	}
	switch {
	case len(fits) == 0:
		return nil, noImage(p, name, others)
	case len(fits) > 1:
		var names []string
		for _, f := range fits {
			names = append(names, fmt.Sprintf("%s (%.19s)", f.name, f.desc.Digest))
		}
		return nil, fmt.Errorf("several images for %v: %s: say which one by its name", p, strings.Join(names, ", "))
	}
	f := &fits[0]
	img := &Image{Name: f.name, Platform: f.conf.Platform}
	if len(f.doc.Layers) != len(f.conf.RootFS.DiffIDs) {
		return nil, fmt.Errorf("the image has %d layers, but its configuration names %d", len(f.doc.Layers), len(f.conf.RootFS.DiffIDs))
	}
	for i, l := range f.doc.Layers {
		if _, _, err := newHash(l.Digest); err != nil {
			return nil, err
		}
		img.Layers = append(img.Layers, Layer{l.Digest, f.conf.RootFS.DiffIDs[i], l.Size, s, blobPath(l.Digest)})
	}
	return img, check(img)
}

func noImage(p Platform, name string, others []string) error {
	err := fmt.Sprintf("no image for %v", p)
	if name != "" {
		err += " called " + name
	}
	if len(others) > 0 {
		err += "; there are: " + strings.Join(others, ", ")
	}
	return errors.New(err)
}

func readConfig(s Store, doc *document) (*config, error) {
	if doc.Config == nil {
		return nil, errors.New("a manifest without a configuration")
	}
	if _, _, err := newHash(doc.Config.Digest); err != nil {
		return nil, err
	}
	var c config
	if err := readJSON(s, blobPath(doc.Config.Digest), doc.Config.Digest, doc.Config.Size, &c); err != nil {
		return nil, err
	}
	return &c, nil
}

// findDocker reads what docker save writes.
func findDocker(s Store, p Platform, name string) (*Image, error) {
	var list []struct {
		Config   string
		RepoTags []string
		Layers   []string
	}
	if err := readJSON(s, "manifest.json", "", -1, &list); err != nil {
		return nil, err
	}
	var img *Image
	var others []string
	for _, m := range list {
		label := strings.Join(m.RepoTags, " ")
		if name != "" && !slices.Contains(m.RepoTags, name) {
			others = append(others, label)
			continue
		}
		// The configuration's file is called by its digest.
		digest := ""
		if id := strings.TrimSuffix(path.Base(m.Config), ".json"); isHex(id, 64) {
			digest = "sha256:" + id
		}
		var c config
		if err := readJSON(s, m.Config, digest, -1, &c); err != nil {
			return nil, err
		}
		if !p.runs(c.Platform) {
			others = append(others, strings.TrimSpace(label+" "+c.Platform.String()))
			continue
		}
		if img != nil {
			return nil, fmt.Errorf("several images for %v: %s, %s: say which one by its name", p, img.Name, label)
		}
		if len(m.Layers) != len(c.RootFS.DiffIDs) {
			return nil, fmt.Errorf("the image has %d layers, but its configuration names %d", len(m.Layers), len(c.RootFS.DiffIDs))
		}
		img = &Image{Name: label, Platform: c.Platform}
		for i, l := range m.Layers {
			img.Layers = append(img.Layers, Layer{"", c.RootFS.DiffIDs[i], -1, s, l})
		}
	}
	if img == nil {
		return nil, noImage(p, name, others)
	}
	return img, check(img)
}

// check looks at the layers before anything is unpacked.
func check(img *Image) error {
	if len(img.Layers) > maxLayers {
		return fmt.Errorf("more than %d layers", maxLayers)
	}
	for i := range img.Layers {
		l := &img.Layers[i]
		if _, _, err := newHash(l.DiffID); err != nil {
			return err
		}
		f, size, err := l.store.Open(l.path)
		if err != nil {
			return fmt.Errorf("layer %d: %w", i+1, err)
		}
		f.Close()
		if l.Size >= 0 && l.Size != size {
			return fmt.Errorf("layer %d: %s has %d bytes, the image says %d", i+1, l.path, size, l.Size)
		}
		l.Size = size
	}
	return nil
}

// readJSON reads a file, checked against digest and size unless these are "" and
// negative.
func readJSON(s Store, name, digest string, size int64, to any) error {
	f, n, err := s.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if n > maxJSON {
		return fmt.Errorf("%s: %d bytes are too many", name, n)
	}
	r := io.Reader(f)
	if digest != "" {
		if r, err = Verify(f, digest, size); err != nil {
			return err
		}
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := json.Unmarshal(b, to); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
