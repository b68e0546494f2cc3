package e2e

import (
	"fmt"
	"strings"
	"testing"

	"meshvet.dev/e2e/cluster"
)

// What is wrong may always go: by itself, and with all of its kind.
func TestDelete(t *testing.T) {
	calls := callsOf(t, `operation="DELETE"`)
	kubectl := makeRoutes(t, "first-day", 1)
	gone := change{
		args: "delete -f change.yaml",
		want: succeeded("virtualservice.networking.istio.io \"route-0\" deleted" +
			" from first-day namespace"),
	}
	gone.compare(t, kubectl.Run(strings.Fields(gone.args)...))
	expectAbsent(t, "first-day", "virtualservice/route-0")
	expectCalls(t, `operation="DELETE"`, calls+1)
}

func TestDeleteCollection(t *testing.T) {
	const count = 5
	calls := callsOf(t, `operation="DELETE"`)
	kubectl := makeRoutes(t, "first-day", count)
	mustRun(t, kubectl, "delete", "--raw="+
		"/apis/networking.istio.io/v1/namespaces/first-day/virtualservices")
	for i := range count {
		expectAbsent(t, "first-day", fmt.Sprintf("virtualservice/route-%d", i))
	}
	expectCalls(t, `operation="DELETE"`, calls+count)
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
