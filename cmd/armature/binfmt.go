package main

import (
	"fmt"

	"armature/binfmt"

	"github.com/urfave/cli/v2"
)

// binfmtCommand makes the kernel run ARM programs by this one.
func binfmtCommand() *cli.Command {
	root := &cli.StringFlag{Name: "root", Usage: "use `DIR`/proc and DIR/etc in place of the machine's"}
	return &cli.Command{
		Name:  "binfmt",
		Usage: "let the kernel run ARM programs like any other (binfmt_misc)",
		Subcommands: []*cli.Command{
			{
				Name:      "install",
				Usage:     "register this program as the handler of ARM programs",
				ArgsUsage: " ",
				Flags: []cli.Flag{
					root,
					&cli.StringFlag{Name: "flags", Value: string(binfmt.DefaultFlags), Usage: "`LETTERS` of POCF: P keep argv[0]; O pass the open program, which may then be unreadable; C use its credentials, for sudo and su; F, which is always set, works in chroots and containers"},
					&cli.StringFlag{Name: "interpreter", Usage: "register the program at `PATH` (default: this one)"},
					&cli.BoolFlag{Name: "replace", Usage: "take the place of another emulator's handler until remove"},
					&cli.BoolFlag{Name: "persist", Usage: "register at every boot, by /etc/binfmt.d"},
				},
				Action: func(c *cli.Context) error {
					if err := noArguments(c); err != nil {
						return err
					}
					flags, err := binfmt.ParseFlags(c.String("flags"))
					if err != nil {
						return err
					}
					o := binfmt.Options{
						Format: binfmt.AArch64, Interpreter: c.String("interpreter"), Root: c.String("root"),
						Replace: c.Bool("replace"), Persist: c.Bool("persist"),
					}
					if c.IsSet("flags") {
						o.Flags = flags
					}
					return exitOne(binfmt.Install(o, say))
				},
			},
			{
				Name:      "remove",
				Aliases:   []string{"uninstall"},
				Usage:     "take the registration back, and enable a handler whose place it took",
				ArgsUsage: " ",
				Flags:     []cli.Flag{root},
				Action: func(c *cli.Context) error {
					if err := noArguments(c); err != nil {
						return err
					}
					return exitOne(binfmt.Remove(binfmt.AArch64, c.String("root"), say))
				},
			},
			{
				Name:        "status",
				Usage:       "show what handles ARM programs, and try it; exit status 1 if they do not run",
				ArgsUsage:   " ",
				Description: "The JSON has, as docker users know it, \"supported\" and \"emulators\".",
				Flags: []cli.Flag{
					root,
					&cli.BoolFlag{Name: "json", Usage: "for programs"},
				},
				Action: func(c *cli.Context) error {
					if err := noArguments(c); err != nil {
						return err
					}
					s, err := binfmt.Inspect(binfmt.AArch64, c.String("root"))
					if err != nil {
						return exitOne(err)
					}
					if c.Bool("json") {
						if err := printJSON(s, "  "); err != nil {
							return exitOne(err)
						}
					} else {
						s.Write(&stdout, binfmt.AArch64)
					}
					if !s.Live.OK {
						return cli.Exit("", 1)
					}
					return nil
				},
			},
		},
		Action: needSubcommand,
	}
}

func say(format string, a ...any) { fmt.Fprintf(&stdout, format+"\n", a...) }

// exitOne makes an error one of the work asked for, as against of the command line.
func exitOne(err error) error {
	if err == nil {
		return nil
	}
	return cli.Exit(err, 1)
}

// noArguments refuses arguments besides options.
func noArguments(c *cli.Context) error {
	if c.Args().Present() {
		return fmt.Errorf("%s takes no argument (%q)", c.Command.FullName(), c.Args().First())
	}
	return nil
}

// needSubcommand is for a command that does nothing itself.
func needSubcommand(c *cli.Context) error {
	if c.Args().Present() {
		return fmt.Errorf("unknown command %q of %s (armature %s --help lists them)", c.Args().First(), c.Command.Name, c.Command.Name)
	}
	return cli.ShowSubcommandHelp(c)
}
