package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"armature/cmd/armature/guest"
	"armature/syscalls"

	"github.com/urfave/cli/v2"
)

// commands is the command line for people.
func commands(args []string) int {
	err := newApp().Run(args)
	if err == nil {
		err = exitOne(stdout.err)
	}
	if err != nil {
		return failed(err)
	}
	return 0
}

// newApp defines the command line: the help, the completions and the manual page
// (docs/armature.1) are made from it.
func newApp() *cli.App {
	cli.VersionPrinter = func(*cli.Context) { io.WriteString(&stdout, guest.VersionText()) }
	app := &cli.App{
		Name:    "armature",
		Usage:   "runs ARM Linux programs on x86-64 Linux",
		Version: guest.Version,
		Writer:  &stdout,
		Commands: append([]*cli.Command{
			{
				Name:      "run",
				Usage:     "run a program",
				ArgsUsage: "PROG [ARGS...]",
				// Package guest takes this command; it is here for the help.
				SkipFlagParsing:    true,
				CustomHelpTemplate: guest.Help("armature run"),
			},
			binfmtCommand(),
			rootfsCommand(),
			chrootCommand(),
			buildCommand(),
			layerCommand(),
			enterInitCommand(),
			doctorCommand(),
			completionCommand(),
			completeWordsCommand(),
			{
				Name:      "syscalls",
				Usage:     "list the system calls and how each is handled",
				ArgsUsage: "[NAME...]",
				Action: func(c *cli.Context) error {
					return listSyscalls(c.Args().Slice())
				},
			},
			{
				Name:  "version",
				Usage: "show the version",
				Action: func(*cli.Context) error {
					_, err := io.WriteString(&stdout, guest.VersionText())
					return exitOne(err)
				},
			},
		}, enterAgainCommands()...),
		CommandNotFound: func(c *cli.Context, name string) {
			guest.Fail("unknown command %q (armature --help lists them; to run a program: armature run %s)", name, name)
			os.Exit(guest.UsageStatus)
		},
		ExitErrHandler: func(*cli.Context, error) {},
		OnUsageError:   usageError("armature"),
	}
	setUsageErrors("armature", app.Commands)
	return app
}

// setUsageErrors gives each command of the list, below the one called name, a message about options
// that it does not have.
func setUsageErrors(name string, list []*cli.Command) {
	for _, c := range list {
		c.OnUsageError = usageError(name + " " + c.Name)
		setUsageErrors(name+" "+c.Name, c.Subcommands)
	}
}

func usageError(command string) cli.OnUsageErrorFunc {
	return func(_ *cli.Context, err error, _ bool) error {
		what := strings.Replace(err.Error(), "flag provided but not defined: ", "unknown option ", 1)
		return fmt.Errorf("%s (%s --help lists the options)", what, command)
	}
}

// failed tells of an error, and gives the exit status: what the error asks for
// (cli.Exit), or that of a wrong command line.
func failed(err error) int {
	status := guest.UsageStatus
	var exit cli.ExitCoder
	if errors.As(err, &exit) {
		status = exit.ExitCode()
	}
	if err.Error() != "" {
		guest.Fail("%v", err)
	}
	return status
}

// listSyscalls prints the rows of the named calls, or of all.
func listSyscalls(names []string) error {
	want := map[string]bool{}
	for _, n := range names {
		want[n] = true
	}
	how := map[syscalls.How]string{syscalls.Pass: "host", syscalls.Translate: "translated", syscalls.Emulate: "emulated"}
	for nr := range syscalls.Table {
		r := &syscalls.Table[nr]
		if r.How == syscalls.Absent || len(names) > 0 && !want[r.Name] {
			continue
		}
		delete(want, r.Name)
		h := how[r.How]
		if r.How == syscalls.Refuse {
			h = r.Errno.Name()
		}
		note := ""
		if r.Note != "" {
			note = "  ; " + r.Note
		}
		fmt.Fprintf(&stdout, "%3d %-24s %-11s (%s)%s\n", nr, r.Name, h, strings.ReplaceAll(r.Args, " ", ", "), note)
	}
	for n := range want {
		return fmt.Errorf("no system call %q", n)
	}
	return nil
}
