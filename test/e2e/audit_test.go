package e2e

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const auditPolicy = `
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
  resources: [{group: networking.istio.io}]
- level: None
`

// An API server drops an annotation whose key it does not like without a word
// to anyone: all of ours must have arrived.
func (s *site) auditLogTells(t *testing.T) {
	want := map[string]string{
		"mutate.meshvet.dev/policy-generation":   "1",
		"mutate.meshvet.dev/verdict":             "allow",
		"validate.meshvet.dev/policy-generation": "1",
		"validate.meshvet.dev/rules":             "virtual-service-cross-namespace-host",
		"validate.meshvet.dev/verdict":           "deny",
	}
	got := map[string]string{}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		if got = s.annotations(t, "invoices"); len(got) >= len(want) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if !maps.Equal(got, want) {
		t.Errorf("the audit log has %q, want %q", got, want)
	}
}

// annotations are ours of the last event about an object that was not a dry
// run.
func (s *site) annotations(t *testing.T, name string) map[string]string {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(s.folder, "audit.log"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for line := range strings.Lines(string(log)) {
		var event struct {
			RequestURI  string
			ObjectRef   struct{ Name string }
			Annotations map[string]string
		}
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			continue // not written to its end yet
		}
		if event.ObjectRef.Name != name ||
			strings.Contains(event.RequestURI, "dryRun") {
			continue
		}
		maps.DeleteFunc(event.Annotations, func(key, _ string) bool {
			return !strings.Contains(key, ".meshvet.dev/")
		})
		found = event.Annotations
	}
	return found
}
