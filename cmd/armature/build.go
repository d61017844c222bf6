package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"armature/rootfs/enter"
	"armature/rootfs/lease"

	"github.com/urfave/cli/v2"
)

// buildCommand runs a build of the current project in a tree.
func buildCommand() *cli.Command {
	return &cli.Command{
		Name:      "build",
		Usage:     "build the project in the current directory in a tree of ARM files",
		ArgsUsage: "[--] COMMAND [ARGS...]",
		Description: `The command sees the tree as "armature chroot" shows it, and the project at its own
path. What it changes in the project stays, and belongs to the project's owner. What it
changes elsewhere goes to a layer over the tree, which stays as it is: to memory, gone at
the end, or with --layer to the disk, for the next build:

   armature build --layer deps -- sh -c 'apt-get update && apt-get build-dep -y .'
   armature build --layer deps -- make -j2

"armature layer" lists and removes layers.`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "rootfs", EnvVars: []string{"ARMATURE_BUILD_ROOTFS"}, Usage: "the tree: a path or the `NAME` of one that \"armature rootfs\" made (default: the only one there is)"},
			&cli.StringFlag{Name: "project", Value: ".", Usage: "the project's `DIR`"},
			&cli.StringFlag{Name: "layer", Usage: "keep what changes in the tree as the layer `NAME`"},
		}, enterFlags()...),
		Action: func(c *cli.Context) error {
			cfg, err := enterConfig(c)
			if err != nil {
				return err
			}
			name := c.String("rootfs")
			if name == "" {
				name, err = onlyTree()
			}
			if err == nil {
				cfg.Root, err = findTree(name)
			}
			if err != nil {
				return cli.Exit(err, 125)
			}
			if err := projectConfig(&cfg, c.String("project")); err != nil {
				return err
			}
			cfg.Overlay = true
			if layer := c.String("layer"); layer != "" {
				lock, err := openLayer(&cfg, layer)
				if err != nil {
					return cli.Exit(err, 125)
				}
				defer lock.Close()
			}
			cfg.Args = c.Args().Slice()
			return enterRun(cfg)
		},
	}
}

// projectConfig shows the project in the tree, and starts there.
func projectConfig(cfg *enter.Config, dir string) error {
	project, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if project, err = filepath.EvalSymlinks(project); err != nil {
		return fmt.Errorf("--project: %w", err)
	}
	for _, system := range []string{"/", "/proc", "/sys", "/dev", "/tmp", "/run", "/usr", "/etc", "/bin", "/lib"} {
		if project == system {
			return fmt.Errorf("the project is %s, which the tree has itself: change to the project's directory, or use --project", project)
		}
	}
	cfg.Project = project
	if cfg.Dir == "" {
		cfg.Dir = project
		if wd, err := os.Getwd(); err == nil && strings.HasPrefix(wd, project+"/") {
			cfg.Dir = wd
		}
	}
	return nil
}

// openLayer makes or finds a layer, and locks it until the file that it returns is
// closed. A layer belongs to one tree.
func openLayer(cfg *enter.Config, name string) (*lease.Lease, error) {
	if err := checkLayerName(name); err != nil {
		return nil, fmt.Errorf("--%w", err)
	}
	dir, err := layersDir()
	if err != nil {
		return nil, err
	}
	cfg.Layer = filepath.Join(dir, name)
	if err := os.MkdirAll(cfg.Layer, 0o755); err != nil {
		return nil, err
	}
	lock, err := lockLayer(cfg.Layer)
	if err != nil {
		return nil, err
	}
	cfg.Started = lock.Add
	root, err := filepath.Abs(cfg.Root)
	if err != nil {
		return nil, err
	}
	if root, err = filepath.EvalSymlinks(root); err != nil {
		return nil, err
	}
	of := filepath.Join(cfg.Layer, "tree")
	before, err := os.ReadFile(of)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && len(before) == 0: // or killed before it was written
		return lock, os.WriteFile(of, []byte(root), 0o644)
	case err != nil:
		return nil, err
	case string(before) != root:
		return nil, fmt.Errorf("layer %s is one of the tree %s, not of %s: use another name", name, before, root)
	}
	return lock, nil
}

// onlyTree finds the tree that is meant when none is named.
func onlyTree() (string, error) {
	var trees []string
	for _, d := range treeDirs() {
		list, err := os.ReadDir(d)
		if err != nil {
			continue
		}
		for _, e := range list {
			p := filepath.Join(d, e.Name())
			if st, err := os.Stat(p); err == nil && st.IsDir() && e.Name()[0] != '.' {
				trees = append(trees, p)
			}
		}
	}
	switch len(trees) {
	case 1:
		return trees[0], nil
	case 0:
		return "", fmt.Errorf("no tree to build in: `armature rootfs bootstrap debian:bookworm %s` makes one", filepath.Join(treeDirs()[0], "bookworm-arm64"))
	}
	return "", fmt.Errorf("which tree? --rootfs with one of %s", strings.Join(trees, ", "))
}
