package e2e

import (
	"testing"
)

const entryThatTells = `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata:
  name: stock-8
  namespace: legacy
  labels: {app.kubernetes.io/name: stock, app.kubernetes.io/version: "2024.1"}
spec: {address: 192.0.2.18, serviceAccount: stock}
`

// What kubectl says of it.
var entryMended = []string{
	`mended metadata.labels: add app: stock (from app.kubernetes.io/name) [workload-entry-missing-label]`,
	`mended metadata.labels: add version: 2024.1 (from app.kubernetes.io/version) [workload-entry-missing-label]`,
}

const plainRuleToStrict = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: ledger, namespace: payments}
spec:
  host: ledger
  trafficPolicy: {tls: {mode: DISABLE}}
`

// What is stored is what the fix says, and kubectl tells the author.
func TestPatch(t *testing.T) {
	entry := change{
		args:     "create -f change.yaml",
		manifest: entryThatTells,
		want: created("workloadentry.networking.istio.io/stock-8",
			entryMended...),
	}
	rule := change{
		args:     "create -f change.yaml",
		manifest: plainRuleToStrict,
		want: created("destinationrule.networking.istio.io/ledger",
			`mended spec.trafficPolicy.tls.mode: set mode ISTIO_MUTUAL [destination-rule-mtls-mismatch]`),
	}
	const labels = "{.metadata.labels.app} {.metadata.labels.version}"
	const mode = "{.spec.trafficPolicy.tls.mode}"
	t.Run("WorkloadEntry", func(t *testing.T) {
		entry.run(t)
		expectStored(t, "legacy", "workloadentry/stock-8", labels,
			"stock 2024.1")
	})
	t.Run("DestinationRule", func(t *testing.T) {
		rule.run(t)
		expectStored(t, "payments", "destinationrule/ledger", mode,
			"ISTIO_MUTUAL")
	})
}

func expectStored(t *testing.T, namespace, object, path, want string) {
	t.Helper()
	got := mustRun(t, suite.kubectl, "get", "-n", namespace, object,
		"-o", "jsonpath="+path)
	if got != want {
		t.Errorf("%s has %q at %s, want %q", object, got, path, want)
	}
}

func expectAbsent(t *testing.T, namespace, object string) {
	t.Helper()
	got := mustRun(t, suite.kubectl, "get", "-n", namespace, object,
		"--ignore-not-found", "-o", "name")
	if got != "" {
		t.Errorf("%s was stored", object)
	}
}
