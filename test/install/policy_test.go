package install

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// binary is the program under test.
func binary() string {
	if binary := os.Getenv("MESHVET_BINARY"); binary != "" {
		return binary
	}
	return "../../build/release/meshvet"
}

// meshvet runs it and gives its exit code and what it printed.
func meshvet(t *testing.T, arguments ...string) (int, string) {
	t.Helper()
	command := exec.Command(binary(), arguments...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil && command.ProcessState == nil {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), stdout.String() + stderr.String()
}

// policyOf writes the policy of an overlay to a file.
func policyOf(t *testing.T, objects Objects) string {
	t.Helper()
	data, _ := objects["ConfigMap meshvet-system/meshvet"]["data"].(Object)
	text, exists := data["meshvet.yaml"].(string)
	if !exists {
		t.Fatal("there is no policy")
	}
	file := filepath.Join(t.TempDir(), "meshvet.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// The ConfigMap is mounted where the flag says, and it is a policy.
func TestPolicyIsRead(t *testing.T) {
	for _, overlay := range []string{"audit", "cert-manager", "self-managed-ca"} {
		objects := kustomizeAll(t, Folder+"/overlays/"+overlay)
		code, output := meshvet(t, "config", "validate", "--config",
			policyOf(t, objects))
		if code != 0 {
			t.Errorf("%s: %s", overlay, output)
		}
		s := newSite(t, overlay)
		mounts := map[string]string{}
		for _, mount := range s.container().VolumeMounts {
			mounts[mount.Name] = mount.MountPath
		}
		config := filepath.Dir(s.flag("--config"))
		if config != mounts["policy"] {
			t.Errorf("%s: the policy is in %q, not %q", overlay,
				mounts["policy"], config)
		}
	}
}

// What the Deployment says to `meshvet serve` is what it understands.
func TestFlagsExist(t *testing.T) {
	_, help := meshvet(t, "serve", "--help")
	for _, folder := range []string{
		Folder + "/overlays/audit", Folder + "/overlays/cert-manager",
		Folder + "/overlays/self-managed-ca", "testdata/fail-closed",
		"testdata/self-managed-fail-closed",
	} {
		for _, word := range siteOf(t, folder).container().Args {
			name, _, isFlag := strings.Cut(word, "=")
			if isFlag && !strings.Contains(help, "\n  "+name+" ") {
				t.Errorf("%s: serve has no %s", folder, name)
			}
		}
	}
}

// In audit mode no rule that is on denies or patches by itself.
func TestAuditNeitherDeniesNorPatches(t *testing.T) {
	policy := policyOf(t, kustomizeAll(t, Folder+"/overlays/audit"))
	_, shown := meshvet(t, "config", "show", "--config", policy)
	var effective struct {
		Rules map[string]struct{ Action, Fix string }
	}
	if err := yaml.Unmarshal([]byte(shown), &effective); err != nil {
		t.Fatal(err)
	}
	_, listed := meshvet(t, "rules", "--output=json")
	var rules []struct {
		ID, Action string
		Enabled    bool
	}
	if err := yaml.Unmarshal([]byte(listed), &rules); err != nil {
		t.Fatal(err)
	}
	denying := 0
	for _, rule := range rules {
		if rule.Action != "deny" || !rule.Enabled {
			continue
		}
		denying++
		if action := effective.Rules[rule.ID].Action; action != "warn" {
			t.Errorf("%s: %q", rule.ID, action)
		}
	}
	if denying < 5 {
		t.Errorf("only %d rules deny by default", denying)
	}
}

// knowingAll is a policy for files instead of a cluster, of which it is said
// that they are all there is.
func knowingAll(t *testing.T, policy string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "meshvet.yaml")
	text := "apiVersion: meshvet.dev/v1alpha1\nkind: Config\n" +
		"extends: [\"" + policy + "\"]\n" +
		"context: {closedNamespaces: [\"*\"]}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// The recorded reviews of the examples, under both policies.
func TestReviewsInAuditMode(t *testing.T) {
	policies := map[string]string{}
	for _, overlay := range []string{"audit", "self-managed-ca"} {
		policies[overlay] = knowingAll(t,
			policyOf(t, kustomizeAll(t, Folder+"/overlays/"+overlay)))
	}
	tests := []struct {
		files  string
		flags  []string
		action *regexp.Regexp
	}{
		{"deny-*.json", nil, regexp.MustCompile(`"allowed":\s*false`)},
		{"patch-*.json", []string{"--mutate"}, regexp.MustCompile(`"patch":\s*"`)},
	}
	for _, test := range tests {
		reviews, err := filepath.Glob("../../examples/reviews/" + test.files)
		if err != nil || len(reviews) == 0 {
			t.Fatalf("no %s: %v", test.files, err)
		}
		for _, review := range reviews {
			for overlay, policy := range policies {
				arguments := append([]string{"review", review, "--config", policy,
					"--inventory", "../../examples/mesh"}, test.flags...)
				_, output := meshvet(t, arguments...)
				acts := test.action.MatchString(output)
				if acts != (overlay != "audit") ||
					!strings.Contains(output, `"uid"`) {
					t.Errorf("%s: %v: %s", overlay, arguments, output)
				}
			}
		}
	}
}
