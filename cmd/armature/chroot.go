package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"armature/cmd/armature/guest"
	"armature/rootfs"
	"armature/rootfs/enter"

	"github.com/urfave/cli/v2"
)

// enterFlags are those that chroot and build share.
func enterFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "bind", Usage: "show a file or folder of the host in the tree: `SOURCE[:TARGET][:ro]`; may be repeated"},
		&cli.StringFlag{Name: "workdir", Usage: "start in `DIR` of the tree"},
		&cli.StringFlag{Name: "user", Usage: "be `USER[:GROUP]` of the tree, by name or number (default: root)"},
		&cli.BoolFlag{Name: "native-tools", Usage: "let the host's cross compiler compile, and its shell, make and the like work, at the host's speed, where they are of the tree's version"},
		&cli.BoolFlag{Name: "native-compiler", Usage: "as --native-tools, but for the compiler only"},
		&cli.StringSliceFlag{Name: "env", Usage: "set `NAME=VALUE`, or hand on the caller's NAME; may be repeated"},
	}
}

// enterConfig reads them.
func enterConfig(c *cli.Context) (enter.Config, error) {
	cfg := enter.Config{Dir: c.String("workdir"), User: c.String("user")}
	cfg.OnlyCompiler = c.Bool("native-compiler")
	if cfg.NativeTools = cfg.OnlyCompiler || c.Bool("native-tools"); cfg.NativeTools {
		cache, err := cacheDir()
		if err != nil {
			return cfg, err
		}
		cfg.Memory = filepath.Join(cache, "native-tools")
	}
	for _, s := range c.StringSlice("bind") {
		b, err := enter.ParseBind(s)
		if err != nil {
			return cfg, fmt.Errorf("--bind: %w", err)
		}
		cfg.Binds = append(cfg.Binds, b)
	}
	for _, s := range c.StringSlice("env") {
		if !strings.Contains(s, "=") {
			v, ok := os.LookupEnv(s)
			if !ok {
				continue
			}
			s += "=" + v
		}
		cfg.Env = append(cfg.Env, s)
	}
	return cfg, nil
}

// enterRun runs the command, and makes its exit status this program's.
func enterRun(cfg enter.Config) error {
	if _, err := os.Lstat(filepath.Join(cfg.Root, rootfs.Marker)); err == nil {
		guest.Fail("note: %s is incomplete: what makes it is at work, or was interrupted; the same `armature rootfs` command starts again", cfg.Root)
	}
	if err := shareCache(&cfg); err != nil {
		return cli.Exit(err, 125)
	}
	status, err := enter.Run(cfg, func(format string, a ...any) { guest.Fail("note: "+format, a...) })
	switch {
	case err != nil:
		return cli.Exit(err, status)
	case status != 0:
		return cli.Exit("", status)
	}
	return nil
}

// chrootCommand runs a command in a tree.
func chrootCommand() *cli.Command {
	return &cli.Command{
		Name:      "chroot",
		Usage:     "run a command in a tree of ARM files as if that were the machine's",
		ArgsUsage: "DIR [COMMAND [ARGS...]]",
		Description: `The tree gets /proc, /sys, /dev, /tmp, /run and the host's resolv.conf for the time
of the command; nothing of these is left when it ends, however it ends. Root is not
needed: others are root in a user namespace. DIR is a path, or the name of a tree that
"armature rootfs" made. The exit status is the command's, 127 if it is not there, 125 if
the tree could not be entered.`,
		Flags: enterFlags(),
		Action: func(c *cli.Context) error {
			if !c.Args().Present() {
				return errors.New("which tree? (armature chroot DIR [COMMAND [ARGS...]])")
			}
			cfg, err := enterConfig(c)
			if err != nil {
				return err
			}
			if cfg.Root, err = findTree(c.Args().First()); err != nil {
				return cli.Exit(err, 125)
			}
			cfg.Args = c.Args().Tail()
			return enterRun(cfg)
		},
	}
}

// enterInitCommand is process 1 of a tree that was entered.
func enterInitCommand() *cli.Command {
	return &cli.Command{
		Name: enter.InitCommand, Hidden: true,
		Action: func(c *cli.Context) error {
			switch c.Args().First() {
			case "again":
				enter.InitAgain()
			case enter.HandlerArgument:
				enter.InitHandler(c.Args().Get(1))
			case enter.ContainArgument:
				enter.InitContained(c.Args().Tail())
			}
			enter.Init()
			return nil
		},
	}
}

// cacheDir is where trees and layers are kept.
func cacheDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "armature"), nil
}

// treeDirs are where trees are found by name: ARMATURE_ROOTFS, the user's cache, the
// system's.
func treeDirs() (dirs []string) {
	if d := os.Getenv("ARMATURE_ROOTFS"); d != "" {
		dirs = append(dirs, d)
	}
	if d, err := cacheDir(); err == nil {
		dirs = append(dirs, filepath.Join(d, "rootfs"))
	}
	return append(dirs, "/var/lib/armature/rootfs")
}

// shareCache keeps the translations of a tree's programs outside of it, for the next
// time: in a folder of the tree's own, since what is kept is executed, or where
// ARMATURE_CACHE says.
func shareCache(cfg *enter.Config) error {
	const inside = "/run/armature/cache"
	set := func(v string) { cfg.Env = append([]string{"ARMATURE_CACHE=" + v}, cfg.Env...) }
	dir := os.Getenv("ARMATURE_CACHE")
	if dir == "off" {
		set("off")
		return nil
	}
	if dir == "" {
		root, err := filepath.Abs(cfg.Root)
		if err != nil {
			return err
		}
		if root, err = filepath.EvalSymlinks(root); err != nil {
			return err
		}
		sum := sha256.Sum256([]byte(root))
		cache, err := cacheDir()
		if dir = filepath.Join(cache, "trees", fmt.Sprintf("%x", sum[:8])); err == nil {
			err = os.MkdirAll(dir, 0o755)
		}
		if err != nil { // no home, as a service: slower, that is all
			set("off")
			return nil
		}
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("ARMATURE_CACHE: %w", err)
	}
	cfg.Binds = append(cfg.Binds, enter.Bind{Source: dir, Target: inside})
	set(inside)
	return nil
}

// findTree finds a tree by its path or name.
func findTree(name string) (string, error) {
	if strings.Contains(name, "/") || name == "." || name == ".." {
		if _, err := os.Stat(name); err != nil {
			return "", fmt.Errorf("%w (`armature rootfs bootstrap debian:bookworm %s` makes a tree)", err, name)
		}
		return name, nil
	}
	dirs := treeDirs()
	for _, d := range dirs {
		p := filepath.Join(d, name)
		if st, err := os.Stat(p); err == nil && st.IsDir() {
			return p, nil
		}
	}
	if st, err := os.Stat(name); err == nil && st.IsDir() {
		return name, nil
	}
	for _, d := range dirs {
		if _, err := os.Stat(d); err == nil {
			dirs[0] = d
			break
		}
	}
	return "", fmt.Errorf("no tree %q, neither here nor in %s: `armature rootfs bootstrap debian:bookworm %s` makes one", name, strings.Join(treeDirs(), ", "), filepath.Join(dirs[0], name))
}
