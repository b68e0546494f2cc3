package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"meshvet.dev/e2e/cluster"
)

// A change is one call of kubectl on a manifest, change.yaml, and all that it
// must print.
type change struct {
	name     string
	args     string // of kubectl, as a user types them
	manifest string
	keep     bool // what the manifest names is not deleted after the test
	want     cluster.Output
}

// created is what kubectl prints when it made an object, after warnings.
func created(what string, warnings ...string) cluster.Output {
	return succeeded(what+" created", warnings...)
}

func succeeded(line string, warnings ...string) cluster.Output {
	output := cluster.Output{Stdout: line + "\n"}
	for _, warning := range warnings {
		output.Stderr += "Warning: " + warning + "\n"
	}
	return output
}

// refused is what kubectl prints when it failed.
func refused(lines ...string) cluster.Output {
	return cluster.Output{Stderr: strings.Join(lines, "\n") + "\n", Code: 1}
}

// What kubectl and the API server put before our own words; kubectl leaves the
// first part out where it names no file.
const (
	forbidden = `Error from server (Forbidden): `
	creating  = `error when creating "change.yaml": `
	denied    = `admission webhook "validate.meshvet.dev" denied the request: `
)

// inFolder is kubectl in a new folder that has the manifest as change.yaml.
func inFolder(t *testing.T, kubectl cluster.Kubectl,
	manifest string) cluster.Kubectl {
	t.Helper()
	folder := t.TempDir()
	path := filepath.Join(folder, "change.yaml")
	if err := os.WriteFile(path, []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	return kubectl.In(folder)
}

// run makes the change; what it created is gone after the test.
func (c change) run(t *testing.T) {
	t.Helper()
	kubectl := inFolder(t, suite.kubectl, c.manifest)
	if c.manifest != "" && !c.keep {
		t.Cleanup(func() {
			kubectl.Run("delete", "--ignore-not-found", "-f", "change.yaml")
		})
	}
	c.compare(t, kubectl.Run(strings.Fields(c.args)...))
}

func (c change) compare(t *testing.T, got cluster.Output) {
	t.Helper()
	if got == c.want {
		return
	}
	t.Errorf("kubectl %s\nexit code %d, want %d\n"+
		"--- stdout\n%s--- want\n%s--- stderr\n%s--- want\n%s", c.args,
		got.Code, c.want.Code, got.Stdout, c.want.Stdout, got.Stderr,
		c.want.Stderr)
}

func runAll(t *testing.T, changes []change) {
	t.Helper()
	for _, c := range changes {
		t.Run(c.name, c.run)
	}
}

// mustRun is kubectl where the test is about something else.
func mustRun(t *testing.T, kubectl cluster.Kubectl, args ...string) string {
	t.Helper()
	output := kubectl.Run(args...)
	if output.Code != 0 {
		t.Fatalf("kubectl %s: %s", strings.Join(args, " "), output.Stderr)
	}
	return output.Stdout
}

// generated hides the five characters an API server adds to a generateName.
func generated(prefix string, output cluster.Output) cluster.Output {
	suffix := regexp.MustCompile(regexp.QuoteMeta(prefix) + "[a-z0-9]{5}")
	output.Stdout = suffix.ReplaceAllString(output.Stdout, prefix+"*")
	output.Stderr = suffix.ReplaceAllString(output.Stderr, prefix+"*")
	return output
}
