package main

import (
	"strings"

	"armature/cmd/armature/doctor"
	"armature/cmd/armature/guest"

	"github.com/urfave/cli/v2"
)

// doctorCommand tells what the machine lacks.
func doctorCommand() *cli.Command {
	return &cli.Command{
		Name:      "doctor",
		Usage:     "tell what on this machine is missing or wrong, and how to mend it",
		ArgsUsage: "[MODE...]",
		Description: "Looks at all modes, or those that are named: " + strings.Join(doctor.Modes(), ", ") + `.
Nothing is changed. The exit status is 0 if all of them work, with limits perhaps, 1
otherwise.`,
		Flags: []cli.Flag{&cli.BoolFlag{Name: "json", Usage: "for programs"}},
		Action: func(c *cli.Context) error {
			doctor.TreeDirs = treeDirs
			doctor.CacheDirs = guest.CacheDirs
			r, err := doctor.Run(c.Args().Slice()...)
			if err != nil {
				return err
			}
			if c.Bool("json") {
				err = printJSON(r, "  ")
			} else {
				r.Write(&stdout)
			}
			if err == nil && !r.OK {
				return cli.Exit("", 1)
			}
			return exitOne(err)
		},
	}
}
