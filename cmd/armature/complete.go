package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"armature/cmd/armature/guest"

	"github.com/urfave/cli/v2"
)

// completeCommand is what the shells' completions ask: the words of a command line
// up to the one that is completed.
const completeCommand = "complete-words"

// shells are those that completions exist for, and the script of each. The scripts
// know no commands: what there is to complete, the program tells, and so it never
// differs from what the program has.
var shells = map[string]string{
	"bash": `# bash completion of armature
_armature() {
	local lines line
	mapfile -t lines < <("${COMP_WORDS[0]}" ` + completeCommand + ` -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
	COMPREPLY=()
	case ${lines[0]} in
	files) compopt -o filenames -o default ;;
	dirs) compopt -o filenames -o dirnames ;;
	*)
		for line in "${lines[@]:1}"; do
			COMPREPLY+=("${line%%$'\t'*}")
		done
		;;
	esac
}
complete -F _armature armature
`,
	"zsh": `#compdef armature
# zsh completion of armature
_armature() {
	local -a lines words_
	lines=("${(@f)$("${words[1]}" ` + completeCommand + ` -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
	case ${lines[1]} in
	files) _files ;;
	dirs) _files -/ ;;
	*)
		local line
		for line in "${(@)lines[2,-1]}"; do
			words_+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
		done
		_describe -V armature words_
		;;
	esac
}
if [[ ${funcstack[1]} == _armature ]]; then _armature "$@"; else compdef _armature armature; fi
`,
	"fish": `# fish completion of armature
function __armature_complete
	set -l words (commandline -opc)
	set -l lines ($words[1] ` + completeCommand + ` -- $words[2..] (commandline -ct) 2>/dev/null)
	switch $lines[1]
	case files
		__fish_complete_path (commandline -ct)
	case dirs
		__fish_complete_directories (commandline -ct)
	case '*'
		printf '%s\n' $lines[2..]
	end
end
complete -c armature -f -a '(__armature_complete)'
`,
}

func completionCommand() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print the shell's completion of this program: bash, zsh or fish",
		ArgsUsage: "SHELL",
		Description: `make install and the Debian package put them where the shells look. By hand:
   bash: . <(armature completion bash)
   zsh:  . <(armature completion zsh)
   fish: armature completion fish | source`,
		Action: func(c *cli.Context) error {
			script, ok := shells[c.Args().First()]
			if !ok || c.NArg() != 1 {
				return fmt.Errorf("want bash, zsh or fish")
			}
			fmt.Fprint(&stdout, script)
			return nil
		},
	}
}

func completeWordsCommand() *cli.Command {
	return &cli.Command{
		Name: completeCommand, Hidden: true, SkipFlagParsing: true,
		Action: func(c *cli.Context) error {
			words := c.Args().Slice()
			if len(words) > 0 && words[0] == "--" {
				words = words[1:]
			}
			kind, list := completions(c.App.Commands, words)
			fmt.Fprintln(&stdout, kind)
			for _, w := range list {
				fmt.Fprintln(&stdout, w)
			}
			return nil
		},
	}
}

// flagDoc is what help and completions tell of an option.
type flagDoc struct {
	names []string // with their dashes
	arg   string   // what the value is; "" if there is none
	help  string
	value string // default
}

// metavar is the part of a flag's usage that stands for its value.
var metavar = regexp.MustCompile("`([^`]*)`")

// flagsOf gives the visible options of a command.
func flagsOf(c *cli.Command) (list []flagDoc) {
	if c.Name == "run" {
		for _, o := range guest.Options() {
			list = append(list, flagDoc{names: o.Names, arg: o.Arg, help: o.Help})
		}
		return list
	}
	for _, f := range c.Flags {
		d, ok := f.(cli.DocGenerationFlag)
		v, ok2 := f.(cli.VisibleFlag)
		if !ok || !ok2 || !v.IsVisible() || slices.Contains(f.Names(), "help") {
			continue
		}
		doc := flagDoc{help: metavar.ReplaceAllString(d.GetUsage(), "$1")}
		for _, n := range f.Names() {
			dash := "--"
			if len(n) == 1 {
				dash = "-"
			}
			doc.names = append(doc.names, dash+n)
		}
		if d.TakesValue() {
			doc.arg, doc.value = "VALUE", strings.Trim(d.GetDefaultText(), `"`)
			if m := metavar.FindStringSubmatch(d.GetUsage()); m != nil {
				doc.arg = m[1]
			}
		}
		list = append(list, doc)
	}
	return list
}

// completions gives what the last of words, which follow the program's name, can
// become: "words" and a list of them, each with a tab and what it means, or "files"
// or "dirs".
func completions(commands []*cli.Command, words []string) (kind string, list []string) {
	if len(words) == 0 {
		words = []string{""}
	}
	last := words[len(words)-1]
	var cmd *cli.Command
	value := "" // what the option before wants
	args := 0
	for _, w := range words[:len(words)-1] {
		if value != "" {
			value = ""
			continue
		}
		if w == "--" {
			return "files", nil
		}
		if strings.HasPrefix(w, "-") {
			if cmd != nil && !strings.Contains(w, "=") {
				value = valueOf(cmd, w)
			}
			continue
		}
		i := slices.IndexFunc(commands, func(c *cli.Command) bool { return c.HasName(w) })
		if args > 0 || i < 0 {
			args++
			if cmd != nil && cmd.Name == "run" {
				return "files", nil // the program's own
			}
			continue
		}
		cmd, commands = commands[i], commands[i].Subcommands
	}
	switch {
	case value != "":
		return kindOf(value), nil
	case strings.HasPrefix(last, "-"):
		if cmd == nil {
			return "words", match(last, []string{"--help\tshow help"})
		}
		var all []string
		for _, f := range flagsOf(cmd) {
			for _, n := range f.names {
				all = append(all, n+"\t"+f.help)
			}
		}
		if cmd.Name != "run" {
			all = append(all, "--help\tshow help")
		}
		return "words", match(last, all)
	case cmd != nil && cmd.Name == "completion":
		return "words", match(last, []string{"bash\t", "fish\t", "zsh\t"})
	case cmd == nil || len(cmd.Subcommands) > 0:
		var all []string
		for _, c := range commands {
			if !c.Hidden {
				all = append(all, c.Name+"\t"+c.Usage)
			}
		}
		return "words", match(last, all)
	}
	usage := strings.Fields(cmd.ArgsUsage)
	if len(usage) == 0 {
		return "words", nil
	}
	return kindOf(usage[min(args, len(usage)-1)]), nil
}

// valueOf tells what value the option w of a command wants, "" if none.
func valueOf(cmd *cli.Command, w string) string {
	for _, f := range flagsOf(cmd) {
		if slices.Contains(f.names, w) || slices.Contains(f.names, "-"+w) {
			return f.arg
		}
	}
	return ""
}

// kindOf tells how a value called arg is completed.
func kindOf(arg string) string {
	if strings.Contains(arg, "DIR") {
		return "dirs"
	}
	return "files"
}

// match gives those of the list that begin with a prefix.
func match(prefix string, list []string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return !strings.HasPrefix(s, prefix) })
}
