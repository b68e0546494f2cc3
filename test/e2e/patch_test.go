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

const tlsInsideTLS = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: bank-mended, namespace: payments}
spec:
  host: bank.partner.example
  exportTo: ["."]
  trafficPolicy: {tls: {mode: SIMPLE}}
`

// What is stored is what the fix says, and kubectl tells the author.
func TestPatch(t *testing.T) {
	for _, test := range []struct {
		namespace, object string
		manifest          string
		warnings          []string
		path, stored      string
	}{
		{
			namespace: "legacy",
			object:    "workloadentry.networking.istio.io/stock-8",
			manifest:  entryThatTells,
			warnings:  entryMended,
			path:      "{.metadata.labels.app} {.metadata.labels.version}",
			stored:    "stock 2024.1",
		},
		{
			namespace: "payments",
			object:    "destinationrule.networking.istio.io/ledger",
			manifest:  plainRuleToStrict,
			warnings: []string{
				`mended spec.trafficPolicy.tls.mode: set mode ISTIO_MUTUAL [destination-rule-mtls-mismatch]`,
			},
			path:   "{.spec.trafficPolicy.tls}",
			stored: `{"mode":"ISTIO_MUTUAL"}`,
		},
		{
			namespace: "payments",
			object:    "destinationrule.networking.istio.io/bank-mended",
			manifest:  tlsInsideTLS,
			warnings: []string{
				`mended spec.trafficPolicy.tls.mode: set mode DISABLE for port 443 [destination-rule-tls-port-mismatch]`,
			},
			path: "{.spec.trafficPolicy}",
			stored: `{"portLevelSettings":[{"port":{"number":443},` +
				`"tls":{"mode":"DISABLE"}}],"tls":{"mode":"SIMPLE"}}`,
		},
	} {
		t.Run(test.object, func(t *testing.T) {
			change{
				args:     "create -f change.yaml",
				manifest: test.manifest,
				want:     created(test.object, test.warnings...),
			}.run(t)
			expectStored(t, test.namespace, test.object, test.path, test.stored)
		})
	}
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
