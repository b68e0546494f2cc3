package e2e

import (
	"fmt"
	"strings"
	"testing"

	"meshvet.dev/e2e/cluster"
)

// What the policy warns about; a number is filled in.
var wrong = []struct{ kind, manifest string }{
	{"virtualservice", `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: wrong-%[1]d, namespace: first-day}
spec:
  hosts: [wrong-%[1]d.first-day.example]
  tcp:
  - route: [{destination: {host: ledger.payments.svc.cluster.local}}]
`},
	{"workloadentry", `---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: wrong-%[1]d, namespace: first-day}
spec: {address: 192.0.2.20, serviceAccount: till}
`},
	{"destinationrule", `---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: wrong-%[1]d, namespace: first-day}
spec: {host: orders, trafficPolicy: {tls: {mode: SIMPLE}}}
`},
}

// makeWrong creates as many as are wanted.
func makeWrong(t *testing.T, manifest string, count int) cluster.Kubectl {
	t.Helper()
	var manifests strings.Builder
	for i := range count {
		fmt.Fprintf(&manifests, manifest, i)
	}
	kubectl := inFolder(t, suite.kubectl, manifests.String())
	mustRun(t, kubectl, "create", "-f", "change.yaml")
	t.Cleanup(func() {
		kubectl.Run("delete", "--ignore-not-found", "-f", "change.yaml")
	})
	return kubectl
}

// What is wrong may always go: by itself, and with all of its kind.
func TestDelete(t *testing.T) {
	for _, one := range wrong {
		t.Run(one.kind, func(t *testing.T) {
			calls := callsOf(t, `operation="DELETE"`)
			kubectl := makeWrong(t, one.manifest, 1)
			gone := change{
				args: "delete -f change.yaml",
				want: succeeded(one.kind + `.networking.istio.io "wrong-0" deleted ` +
					`from first-day namespace`),
			}
			gone.compare(t, kubectl.Run(strings.Fields(gone.args)...))
			expectAbsent(t, "first-day", one.kind+"/wrong-0")
			expectCalls(t, `operation="DELETE"`, calls+1)
		})
	}
}

func TestDeleteCollection(t *testing.T) {
	const count = 3
	plural := map[string]string{"virtualservice": "virtualservices",
		"workloadentry": "workloadentries", "destinationrule": "destinationrules"}
	for _, one := range wrong {
		t.Run(one.kind, func(t *testing.T) {
			calls := callsOf(t, `operation="DELETE"`)
			kubectl := makeWrong(t, one.manifest, count)
			mustRun(t, kubectl, "delete", "--raw=/apis/networking.istio.io/v1/"+
				"namespaces/first-day/"+plural[one.kind])
			for i := range count {
				expectAbsent(t, "first-day", fmt.Sprintf("%s/wrong-%d", one.kind, i))
			}
			expectCalls(t, `operation="DELETE"`, calls+count)
		})
	}
}

// makeRoutes creates VirtualServices that the policy warns about.
func makeRoutes(t *testing.T, namespace string, count int) cluster.Kubectl {
	t.Helper()
	var manifests strings.Builder
	for i := range count {
		fmt.Fprintf(&manifests, `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: route-%d, namespace: %s}
spec:
  hosts: [route-%d.first-day.example]
  tcp:
  - route: [{destination: {host: ledger.payments.svc.cluster.local}}]
`, i, namespace, i)
	}
	kubectl := inFolder(t, suite.kubectl, manifests.String())
	mustRun(t, kubectl, "create", "-f", "change.yaml")
	t.Cleanup(func() {
		kubectl.Run("delete", "--ignore-not-found", "-f", "change.yaml")
	})
	return kubectl
}
