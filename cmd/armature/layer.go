package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"text/tabwriter"

	"armature/rootfs"
	"armature/rootfs/lease"

	"github.com/urfave/cli/v2"
	"golang.org/x/sys/unix"
)

// layer is what "armature build --layer" keeps.
type layer struct {
	Name  string `json:"name"`
	Tree  string `json:"tree"`
	Bytes int64  `json:"bytes"` // on the disk, as far as the caller may look
	InUse bool   `json:"in_use"`
}

// layerCommand looks after layers.
func layerCommand() *cli.Command {
	return &cli.Command{
		Name:  "layer",
		Usage: "list and remove the layers of armature build",
		Subcommands: []*cli.Command{
			{
				Name: "list", Usage: "list the layers that armature build --layer has kept",
				Flags: []cli.Flag{&cli.BoolFlag{Name: "json", Usage: "for programs"}},
				Action: func(c *cli.Context) error {
					if c.Args().Present() {
						return fmt.Errorf("list takes no argument (%q)", c.Args().First())
					}
					return exitOne(listLayers(c.Bool("json")))
				},
			},
			{
				Name: "remove", Usage: "remove layers", ArgsUsage: "NAME...",
				Description: "A layer that a build uses stays, and makes the exit status 1.",
				Action: func(c *cli.Context) error {
					if !c.Args().Present() {
						return errors.New("which layers? (armature layer list)")
					}
					for _, name := range c.Args().Slice() {
						if err := checkLayerName(name); err != nil {
							return err
						}
					}
					if err := withOwners(""); err != nil {
						return err
					}
					var all []error
					for _, name := range c.Args().Slice() {
						all = append(all, removeLayer(name))
					}
					return exitOne(errors.Join(all...))
				},
			},
		},
		Action: needSubcommand,
	}
}

// layersDir is where layers are kept.
func layersDir() (string, error) {
	cache, err := cacheDir()
	return filepath.Join(cache, "layers"), err
}

func checkLayerName(name string) error {
	if name == "" || name != filepath.Base(name) || name == "." || name == ".." {
		return fmt.Errorf("layer %q: want a name, not a path", name)
	}
	return nil
}

// lockLayer takes the lock of the layer in dir. The lock ends when it is closed.
func lockLayer(dir string) (*lease.Lease, error) {
	f, err := os.OpenFile(layerLock(dir), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	l, err := lease.Take(f)
	if err != nil {
		f.Close()
		if errors.Is(err, lease.ErrHeld) {
			err = errors.New("another build uses it")
		}
		return nil, fmt.Errorf("layer %s: %w", filepath.Base(dir), err)
	}
	return l, nil
}

func layerLock(dir string) string { return filepath.Join(dir, "lock") }

func listLayers(asJSON bool) error {
	dir, err := layersDir()
	if err != nil {
		return err
	}
	names, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	list := []layer{}
	for _, n := range names {
		if !n.IsDir() {
			continue
		}
		at := filepath.Join(dir, n.Name())
		l := layer{Name: n.Name(), Bytes: diskUsage(at)}
		if b, err := os.ReadFile(filepath.Join(at, "tree")); err == nil {
			l.Tree = string(b)
		}
		l.InUse = lease.Held(layerLock(at))
		list = append(list, l)
	}
	if asJSON {
		return printJSON(list, "\t")
	}
	w := tabwriter.NewWriter(&stdout, 0, 8, 2, ' ', 0)
	for _, l := range list {
		state := ""
		if l.InUse {
			state = "\tin use"
		}
		fmt.Fprintf(w, "%s\t%s\tof %s%s\n", l.Name, bytesText(l.Bytes), l.Tree, state)
	}
	return w.Flush()
}

// diskUsage adds up the bytes that files below dir take, as far as they can be looked at.
func diskUsage(dir string) (total int64) {
	filepath.WalkDir(dir, func(p string, _ fs.DirEntry, err error) error {
		var st unix.Stat_t
		if unix.Lstat(p, &st) == nil {
			total += st.Blocks * 512
		}
		if err != nil {
			return fs.SkipDir
		}
		return nil
	})
	return total
}

func removeLayer(name string) error {
	dir, err := layersDir()
	if err != nil {
		return err
	}
	at := filepath.Join(dir, name)
	if _, err := os.Lstat(at); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("no layer %q (`armature layer list` lists them)", name)
	}
	lock, err := lockLayer(at)
	if err != nil {
		return err
	}
	defer lock.Close()
	return rootfs.Remove(at)
}
