package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"armature/cmd/armature/guest"

	"github.com/urfave/cli/v2"
)

// The manual page is made from the definitions of the command line, by this test, so
// that no generator is part of the program. `make man` writes it.
var update = flag.Bool("update", false, "write docs/armature.1")

const manPage = "../../docs/armature.1"

func TestManPage(t *testing.T) {
	want := man()
	if *update {
		if err := os.WriteFile(manPage, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(manPage)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/armature.1 is not what the command line says; make man writes it anew")
	}
}

// TestManRenders has the formatter look at it.
func TestManRenders(t *testing.T) {
	cmd := exec.Command("man", "--warnings", "-E", "UTF-8", "-l", manPage)
	cmd.Env = append(os.Environ(), "MANWIDTH=80", "LC_ALL=C.UTF-8")
	var warnings bytes.Buffer
	cmd.Stderr = &warnings
	out, err := cmd.Output()
	if err != nil || warnings.Len() > 0 {
		t.Errorf("%v\n%s", err, &warnings)
	}
	for _, s := range []string{"--max-size SIZE", "armature rootfs unpack", "binfmt install"} {
		if !strings.Contains(string(out), s) {
			t.Errorf("the page has no %q", s)
		}
	}
}

// roff makes text safe for the formatter.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "`", `\(ga`).Replace(s)
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") || strings.HasPrefix(l, "'") {
			lines[i] = `\&` + l
		}
	}
	return strings.Join(lines, "\n")
}

func man() []byte {
	app := newApp()
	var b bytes.Buffer
	p := func(f string, a ...any) { fmt.Fprintf(&b, f+"\n", a...) }
	p(`.\" Made from the command line's definitions; make man writes it.`)
	p(`.TH ARMATURE 1 "" "Armature" "User Commands"`)
	p(".SH NAME\narmature \\- %s", roff(app.Usage))
	p(".SH SYNOPSIS")
	p(".B armature\n.I COMMAND\n[options] [arguments]\n.br")
	p(".B armature\\-aarch64\n[options]\n.I PROG\n[arguments]")
	p(".SH DESCRIPTION")
	p("Armature runs ARM Linux programs: a single one")
	p(".RB ( \"armature run\" ),\nall of them as the kernel's handler\n.RB ( \"armature binfmt\" ),\nor those of a whole tree")
	p(".RB ( \"armature chroot\" \", \" \"armature build\" ).\nCalled")
	p(".BR armature\\-aarch64 ,\n.B qemu\\-aarch64\nor\n.B qemu\\-aarch64\\-static\nit takes the options, program and arguments of")
	p(".B armature run\ndirectly.")
	p(".SH COMMANDS")
	manCommands(&b, "armature", app.Commands)
	help := guest.Help("armature run")
	env := help[strings.Index(help, "Environment:\n")+len("Environment:\n"):]
	env, status, _ := strings.Cut(env, "\nExit status: ")
	p(".SH ENVIRONMENT\nOf\n.BR \"armature run\" :\n.PP\n.nf\n%s.fi", roff(env))
	p(".SH EXIT STATUS\nOf\n.BR \"armature run\" :\n%s", roff(status)+".PP")
	p("Of the other commands: 0 if all is well, 1 for a failure, 2 for a wrong command line, unless said otherwise above.")
	return b.Bytes()
}

func manCommands(b *bytes.Buffer, path string, commands []*cli.Command) {
	p := func(f string, a ...any) { fmt.Fprintf(b, f+"\n", a...) }
	for _, c := range commands {
		if c.Hidden || c.Name == "help" {
			continue
		}
		name := path + " " + c.Name
		if len(c.Subcommands) > 0 {
			p(".SS %s\n%s.", roff(name), roff(c.Usage))
			manCommands(b, name, c.Subcommands)
			continue
		}
		flags := flagsOf(c)
		opts := ""
		if len(flags) > 0 {
			opts = " [options]"
		}
		p(".SS %s", roff(strings.TrimSpace(name+opts+" "+strings.TrimSpace(c.ArgsUsage))))
		p("%s.", roff(c.Usage))
		if c.Description != "" {
			p(".PP")
			for i, par := range strings.Split(c.Description, "\n\n") {
				if i > 0 {
					p(".PP")
				}
				// Lines that are indented stay as they are.
				filled := true
				for line := range strings.SplitSeq(par, "\n") {
					if indented := strings.HasPrefix(line, "  "); indented == filled {
						p(map[bool]string{true: ".nf", false: ".fi"}[indented])
						filled = !indented
					}
					p("%s", roff(line))
				}
				if !filled {
					p(".fi")
				}
			}
		}
		for _, f := range flags {
			var names []string
			for _, n := range f.names {
				names = append(names, `\fB`+roff(n)+`\fR`)
			}
			head := strings.Join(names, ", ")
			if f.arg != "" {
				head += ` \fI` + roff(f.arg) + `\fR`
			}
			text := f.help
			if f.value != "" {
				text += " (default: " + f.value + ")"
			}
			p(".TP\n%s\n%s.", head, roff(text))
		}
	}
}
