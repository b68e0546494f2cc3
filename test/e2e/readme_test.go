package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The first thing README shows is what kubectl really prints.
func TestReadmeShowsWhatKubectlPrints(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "<!-- denial -->\n```\n")
	shown, _, found := strings.Cut(rest, "```\n<!-- /denial -->")
	command, text, _ := strings.Cut(shown, "\n")
	if !found || command != "$ kubectl apply -f invoices.yaml" {
		t.Fatalf("README shows no denial but %q", command)
	}
	folder := t.TempDir()
	manifest := strings.ReplaceAll(routeToLedger, "tcp:", "http:")
	path := filepath.Join(folder, "invoices.yaml")
	if err := os.WriteFile(path, []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	change{
		args: "apply -f invoices.yaml",
		want: refused(strings.TrimSuffix(text, "\n")),
	}.compare(t, suite.kubectl.In(folder).Run("apply", "-f", "invoices.yaml"))
}
