package report

import (
	"os"
	"path/filepath"
	"testing"
)

func TestReplaceSection(t *testing.T) {
	for _, c := range []struct{ old, want string }{
		{"head\n<b>\nold\n<e>\ntail\n", "head\n<b>\n\ntext\n\n<e>\ntail\n"},
		{"<b><e>", "<b>\n\ntext\n\n<e>"},
		{"no marks", ""},
		{"<b> no end", ""},
		{"<e> before <b>", ""},
	} {
		path := filepath.Join(t.TempDir(), "doc.md")
		if err := os.WriteFile(path, []byte(c.old), 0o644); err != nil {
			t.Fatal(err)
		}
		err := ReplaceSection(path, "<b>", "<e>", "text\n")
		got, _ := os.ReadFile(path)
		switch {
		case c.want == "" && (err == nil || string(got) != c.old):
			t.Errorf("%q: %v, became %q", c.old, err, got)
		case c.want != "" && (err != nil || string(got) != c.want):
			t.Errorf("%q: %v, %q", c.old, err, got)
		}
	}
}
