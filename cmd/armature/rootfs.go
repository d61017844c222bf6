package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"armature/rootfs"
	"armature/rootfs/enter"
	"armature/rootfs/oci"

	"github.com/urfave/cli/v2"
)

// rootfsCommand makes trees of ARM files, and archives and images of them.
func rootfsCommand() *cli.Command {
	return &cli.Command{
		Name:  "rootfs",
		Usage: "make, unpack and pack trees of ARM files",
		Subcommands: []*cli.Command{
			bootstrapCommand(),
			unpackCommand(),
			packCommand(),
			imageCommand(),
			removeCommand(),
		},
		Action: needSubcommand,
	}
}

func bootstrapCommand() *cli.Command {
	return &cli.Command{
		Name:      "bootstrap",
		Usage:     "make a tree of Debian",
		ArgsUsage: "debian:SUITE DIR",
		Description: `The packages come from the mirror that the machine's apt has; signatures and hashes
are checked. debootstrap does the work if it is installed, or else mmdebstrap, if the
kernel runs ARM programs ("armature binfmt install"), or else apt downloads and checks the
packages, and the tree's own programs install them. DIR must be empty or not exist; if the
work fails it is left as it was; after a kill the same command starts again. Without root
the tree is made in the user namespace of "armature chroot".`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "mirror", Usage: "take packages from `URL`"},
			&cli.StringFlag{Name: "keyring", Usage: "check signatures with the keys in `FILE`"},
			&cli.StringFlag{Name: "variant", Usage: "`NAME`: minbase for the least, buildd for building packages"},
			&cli.StringSliceFlag{Name: "include", Usage: "install `PACKAGES` too, separated by commas"},
		},
		Action: func(c *cli.Context) error {
			spec, dir, err := twoArguments(c)
			if err != nil {
				return err
			}
			if os.Geteuid() != 0 {
				status, err := enter.AsRoot(os.Args[1:])
				if err != nil {
					return exitOne(fmt.Errorf("it takes root, or: %w", err))
				}
				return cli.Exit("", status)
			}
			ctx, stop := interruptible()
			defer stop()
			o := rootfs.BootstrapOptions{
				Mirror: c.String("mirror"), Keyring: c.String("keyring"), Variant: c.String("variant"), Include: c.StringSlice("include"),
				Log:   note,
				Start: enter.StartContained,
				Chroot: func(dir string, env, args []string, started func(int) error) error {
					// debootstrap unmounts /proc, and in a user namespace nobody can mount
					// it again: something mounted below keeps it where it is.
					keep := enter.Bind{Source: "/proc/uptime", Target: "/proc/uptime", ReadOnly: true}
					status, err := enter.Run(enter.Config{Root: dir, Args: args, Env: env, Dir: "/", Binds: []enter.Bind{keep}, Started: started}, note)
					if err == nil && status != 0 {
						err = fmt.Errorf("exit status %d", status)
					}
					return err
				},
			}
			if err := rootfs.Bootstrap(ctx, spec, dir, o); err != nil {
				return exitOne(err)
			}
			note("%s: %s", dir, spec)
			return nil
		},
	}
}

func unpackCommand() *cli.Command {
	return &cli.Command{
		Name:      "unpack",
		Usage:     "unpack an archive, a container image or a directory of .deb files",
		ArgsUsage: "ARCHIVE DIR",
		Description: `ARCHIVE is told by its content: tar, cpio (newc) or .deb, plain or compressed by
gzip, xz, zstd or bzip2; an OCI image layout or what docker save writes, as a
directory or an archive; a directory of .deb files; - for standard input. DIR must be
empty or not exist. If unpacking fails it is left as it was; after a kill the same
command starts again.

Links mean what they mean in a chroot to DIR, and nothing is written outside of it.
Without root, owners are those that "armature chroot" has in its user namespace, from
your subordinate IDs (/etc/subuid); "armature rootfs remove" removes such a tree.
Device nodes are left out then.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "max-size", Usage: "refuse what unpacks to more than `SIZE` bytes (as 500M or 20G; default: the free space), and trust any compression ratio"},
			&cli.BoolFlag{Name: "no-same-owner", Usage: "let all files belong to you, whatever the archive says"},
			&cli.StringFlag{Name: "platform", Value: "linux/arm64", Usage: "of several container images take the one for `OS/ARCH`"},
			&cli.StringFlag{Name: "image", Usage: "of several container images take the one called `NAME`"},
		},
		Action: func(c *cli.Context) error {
			src, dir, err := twoArguments(c)
			if err != nil {
				return err
			}
			o := rootfs.UnpackOptions{Image: c.String("image"), KeepOwners: os.Geteuid() == 0 && !c.Bool("no-same-owner")}
			if o.MaxSize, err = parseSize(c.String("max-size")); err != nil {
				return fmt.Errorf("--max-size: %w", err)
			}
			if o.Platform, err = oci.ParsePlatform(c.String("platform")); err != nil {
				return err
			}
			if !c.Bool("no-same-owner") {
				if err := withOwners("all files will belong to you"); err != nil {
					return err
				}
			}
			p := newProgress("unpacking " + filepath.Base(src))
			o.Progress = p.set
			o.Log = func(format string, a ...any) { p.clear(); note(format, a...) }
			ctx, stop := interruptible()
			defer stop()
			st, err := rootfs.Unpack(ctx, src, dir, o)
			p.clear()
			if err != nil {
				return exitOne(err)
			}
			if st.Skipped > 0 {
				note("%d device nodes left out", st.Skipped)
			}
			note("%s: %d entries, %s", dir, st.Entries, bytesText(st.Bytes))
			return nil
		},
	}
}

func packCommand() *cli.Command {
	return &cli.Command{
		Name:      "pack",
		Usage:     "make an archive of a tree",
		ArgsUsage: "DIR ARCHIVE",
		Description: `The name of ARCHIVE tells its format: .tar or .cpio, with .gz, .xz or .zst behind it
or nothing. The same tree gives the same bytes. SOURCE_DATE_EPOCH in the environment
makes later times this one. Tar archives keep everything; cpio archives lose extended
attributes, holes, and fractions of seconds.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "mtime", Usage: "give all entries the time `TIME`: seconds since 1970 as @N, or as 2006-01-02 or 2006-01-02T15:04:05Z"},
		},
		Action: func(c *cli.Context) error {
			dir, out, err := twoArguments(c)
			if err != nil {
				return err
			}
			var o rootfs.PackOptions
			if err := withOwners("owners are archived as you see them"); err != nil {
				return err
			}
			if o.ModTime, err = parseTime(c.String("mtime")); err != nil {
				return fmt.Errorf("--mtime: %w", err)
			}
			if o.Latest, err = rootfs.SourceDateEpoch(); err != nil {
				return err
			}
			p := newProgress("packing " + filepath.Base(dir))
			o.Progress = p.set
			o.Log = func(format string, a ...any) { p.clear(); note(format, a...) }
			ctx, stop := interruptible()
			defer stop()
			err = rootfs.Pack(ctx, dir, out, o)
			p.clear()
			return done(err, out)
		},
	}
}

func imageCommand() *cli.Command {
	return &cli.Command{
		Name:        "image",
		Usage:       "make a disk image with an ext4 file system of a tree",
		ArgsUsage:   "DIR IMAGE",
		Description: "The image is a sparse file. mke2fs (package e2fsprogs) makes the file system.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "size", Usage: "`SIZE` of the image, as 500M or 20G; it is required"},
		},
		Action: func(c *cli.Context) error {
			dir, out, err := twoArguments(c)
			if err != nil {
				return err
			}
			if !c.IsSet("size") {
				return errors.New("want --size SIZE, as 500M or 20G")
			}
			size, err := parseSize(c.String("size"))
			if err != nil {
				return fmt.Errorf("--size: %w", err)
			}
			if err := withOwners("owners in the image are as you see them"); err != nil {
				return err
			}
			ctx, stop := interruptible()
			defer stop()
			return done(rootfs.Image(ctx, dir, out, size, note), out)
		},
	}
}

func removeCommand() *cli.Command {
	return &cli.Command{
		Name:      "remove",
		Usage:     "remove a tree with all that is in it",
		ArgsUsage: "DIR",
		Description: `Also one that was made without root, whose files belong to your subordinate IDs. What
is mounted below DIR is an error, and so is a DIR that your home or the working directory
is in; nothing outside of DIR is touched.`,
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return errors.New("want DIR (armature rootfs remove --help tells more)")
			}
			if err := withOwners("what belongs to others will stay"); err != nil {
				return err
			}
			return exitOne(rootfs.Remove(c.Args().First()))
		},
	}
}

// withOwners has this command run again as root of a user namespace, if the caller is
// not root. Without subordinate IDs it goes on, and tells what follows from that, if
// otherwise says it.
func withOwners(otherwise string) error {
	if os.Geteuid() == 0 {
		return nil
	}
	status, err := enter.AsRoot(os.Args[1:])
	if errors.Is(err, enter.ErrNoIDs) {
		if otherwise != "" {
			note("%s (%v)", otherwise, err)
		}
		return nil
	}
	if err != nil {
		return exitOne(err)
	}
	return cli.Exit("", status)
}

// enterAgainCommands are what enter.AsRoot starts.
func enterAgainCommands() []*cli.Command {
	return []*cli.Command{
		{
			Name: enter.AgainCommand, Hidden: true, SkipFlagParsing: true,
			Action: func(c *cli.Context) error { return exitOne(enter.Again(c.Args().Slice())) },
		},
		{
			Name: enter.AsRootCommand, Hidden: true, SkipFlagParsing: true,
			Action: func(c *cli.Context) error {
				args, err := enter.AsRootArgs(c.Args().Slice())
				if err != nil {
					return exitOne(err)
				}
				return newApp().Run(append([]string{"armature"}, args...))
			},
		},
	}
}

// done tells that a file is complete, if err is nil.
func done(err error, file string) error {
	if err != nil {
		return exitOne(err)
	}
	st, err := os.Stat(file)
	if err != nil {
		return exitOne(err)
	}
	note("%s: %s", file, bytesText(st.Size()))
	return nil
}

// parseTime reads a time: @SECONDS, a date, or one with the time of day. "" is the
// zero time.
func parseTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if n, ok := strings.CutPrefix(s, "@"); ok {
		sec, err := strconv.ParseInt(n, 10, 64)
		if err != nil {
			return time.Time{}, fmt.Errorf("%q: want a number of seconds after the @", s)
		}
		return time.Unix(sec, 0), nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q: want @SECONDS, 2006-01-02 or 2006-01-02T15:04:05Z", s)
}

// twoArguments gives the two that a command has to have.
func twoArguments(c *cli.Context) (first, second string, err error) {
	if c.NArg() != 2 {
		return "", "", fmt.Errorf("want %s (armature %s %s --help tells more)", c.Command.ArgsUsage, "rootfs", c.Command.Name)
	}
	return c.Args().Get(0), c.Args().Get(1), nil
}

// note tells what goes on, on standard error.
func note(format string, a ...any) { fmt.Fprintf(os.Stderr, "armature: "+format+"\n", a...) }

// errInterrupted is why an interruptible context ended.
var errInterrupted = errors.New("interrupted")

// interruptible gives a context that ends at the first SIGINT, SIGTERM or SIGHUP.
func interruptible() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	ch := make(chan os.Signal, 1)
	signal.Notify(ch, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		if _, ok := <-ch; ok {
			cancel(errInterrupted)
		}
	}()
	return ctx, func() { signal.Stop(ch); close(ch); cancel(nil) }
}

// parseSize reads a number of bytes with an optional K, M, G or T, for powers of
// 1024. "" is 0.
func parseSize(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	n, shift := strings.TrimSuffix(strings.TrimSuffix(strings.ToUpper(s), "B"), "I"), 0
	for i, unit := range []string{"K", "M", "G", "T"} {
		if m, ok := strings.CutSuffix(n, unit); ok {
			n, shift = m, 10*(i+1)
			break
		}
	}
	v, err := strconv.ParseInt(n, 10, 64)
	if err != nil || v <= 0 || v > 1<<62>>shift {
		return 0, fmt.Errorf("%q: want a size such as 500M or 20G", s)
	}
	return v << shift, nil
}
