package main

import (
	"encoding/json"
	"os"
)

// stdout is standard output, for what a command prints: a file that could not be written to the end
// is a failure.
var stdout output

// output writes to standard output and keeps the first error.
type output struct{ err error }

func (o *output) Write(b []byte) (int, error) {
	n, err := os.Stdout.Write(b)
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// printJSON prints v with indentation.
func printJSON(v any, indent string) error {
	e := json.NewEncoder(&stdout)
	e.SetIndent("", indent)
	return e.Encode(v)
}
