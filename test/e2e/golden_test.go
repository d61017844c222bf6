package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

// otherSources are the guest programs that tests other than TestPrograms run.
var otherSources = map[string]bool{}

// readGolden returns the expected output kept beside a guest's source. Such files
// hold what Linux on ARM prints, where neither the host nor the reference
// emulator can be asked.
func readGolden(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "test", "guest", "c", name+".want"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
