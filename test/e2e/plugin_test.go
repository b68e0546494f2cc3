package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"meshvet.dev/e2e/meshvet"
)

// kubectl finds kubectl-meshvet on its PATH and hands it the rest of the line.
func TestKubectlRunsThePlugin(t *testing.T) {
	binary, err := meshvet.Binary()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.Symlink(binary, filepath.Join(folder, "kubectl-meshvet")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
	help := suite.kubectl.Run("meshvet", "lint", "--help")
	if help.Code != 0 || !strings.Contains(help.Stdout, "Usage: kubectl meshvet lint ") {
		t.Errorf("kubectl meshvet lint --help: %+v", help)
	}
	examples, err := filepath.Abs("../../examples/broken")
	if err != nil {
		t.Fatal(err)
	}
	found := suite.kubectl.Run("meshvet", "lint", "-q", "-o", "concise", examples)
	if found.Code != 1 || !strings.Contains(found.Stdout, "error[") {
		t.Errorf("kubectl meshvet lint: %+v", found)
	}
}
