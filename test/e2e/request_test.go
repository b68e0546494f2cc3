package e2e

import (
	"strings"
	"testing"
)

func TestServerSideApply(t *testing.T) {
	restoreLater(t)
	runAll(t, []change{
		{
			name:     "that creates is denied",
			args:     "apply --server-side -f change.yaml",
			manifest: routeToLedger,
			want: refused(
				forbidden+denied+
					`meshvet found 1 problem in VirtualService shop/invoices:`,
				routeToLedgerProblem),
		},
		{
			name:     "that creates is patched",
			args:     "apply --server-side -f change.yaml",
			manifest: entryThatTells,
			want: succeeded("workloadentry.networking.istio.io/stock-8 "+
				"serverside-applied", entryMended...),
		},
		{
			name: "that changes what was there before only warns",
			keep: true,
			args: "apply --server-side --force-conflicts -f change.yaml",
			manifest: `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: stock-0, namespace: legacy, annotations: {rack: "7"}}
spec:
  address: 192.0.2.10
  serviceAccount: stock
  labels: {app: stock}
`,
			want: succeeded("workloadentry.networking.istio.io/stock-0 "+
				"serverside-applied",
				`not new, so let through: spec.labels: label "version" is missing: telemetry and routing by version do not see this WorkloadEntry [workload-entry-missing-label]`),
		},
	})
}

// What a patch set is nobody's field: applied again, nothing is lost.
func TestServerSideApplyAgainKeepsThePatch(t *testing.T) {
	kubectl := inFolder(t, suite.kubectl, entryThatTells)
	t.Cleanup(func() { kubectl.Run("delete", "-f", "change.yaml") })
	for range 2 {
		mustRun(t, kubectl, "apply", "--server-side", "-f", "change.yaml")
		expectStored(t, "legacy", "workloadentry/stock-8",
			"{.metadata.labels.app} {.metadata.labels.version}", "stock 2024.1")
	}
}

func TestClientSideApply(t *testing.T) {
	runAll(t, []change{
		{
			name:     "that creates is denied",
			args:     "apply -f change.yaml",
			manifest: routeToLedger,
			want:     deniedRoute().want,
		},
		{
			name: "that changes is denied",
			keep: true,
			args: "apply -f change.yaml",
			manifest: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: catalog, namespace: shop}
spec:
  hosts: [catalog]
  http:
  - route:
    - destination: {host: ledger.payments.svc.cluster.local, port: {number: 5432}}
`,
			want: refused(
				forbidden+"error when applying patch:",
				`{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"networking.istio.io/v1\",\"kind\":\"VirtualService\",\"metadata\":{\"annotations\":{},\"name\":\"catalog\",\"namespace\":\"shop\"},\"spec\":{\"hosts\":[\"catalog\"],\"http\":[{\"route\":[{\"destination\":{\"host\":\"ledger.payments.svc.cluster.local\",\"port\":{\"number\":5432}}}]}]}}\n"}},"spec":{"http":[{"route":[{"destination":{"host":"ledger.payments.svc.cluster.local","port":{"number":5432}}}]}]}}`,
				"to:",
				`Resource: "networking.istio.io/v1, Resource=virtualservices", GroupVersionKind: "networking.istio.io/v1, Kind=VirtualService"`,
				`Name: "catalog", Namespace: "shop"`,
				`for: "change.yaml": error when patching "change.yaml": `+denied+
					`meshvet found 1 problem in VirtualService shop/catalog:`,
				strings.Replace(routeToLedgerProblem, "spec.tcp", "spec.http", 1)),
		},
	})
}

func TestDryRun(t *testing.T) {
	runAll(t, []change{
		{
			name:     "is denied",
			args:     "create --dry-run=server -f change.yaml",
			manifest: routeToLedger,
			want:     deniedRoute().want,
		},
		{
			name:     "is patched, and stores nothing",
			keep:     true,
			args:     "create --dry-run=server -f change.yaml",
			manifest: entryThatTells,
			want: succeeded("workloadentry.networking.istio.io/stock-8 created "+
				"(server dry run)", entryMended...),
		},
	})
	expectAbsent(t, "legacy", "workloadentry/stock-8")
}

func TestGenerateName(t *testing.T) {
	refusal := change{
		args:     "create -f change.yaml",
		manifest: strings.Replace(routeToLedger, "name:", "generateName:", 1),
		want: refused(
			forbidden+creating+denied+
				`meshvet found 1 problem in VirtualService shop/invoices*:`,
			routeToLedgerProblem),
	}
	kubectl := inFolder(t, suite.kubectl, refusal.manifest)
	got := kubectl.Run(strings.Fields(refusal.args)...)
	refusal.compare(t, generated("invoices", got))
}

func TestGenerateNameIsPatched(t *testing.T) {
	patched := change{
		args:     "create -f change.yaml",
		manifest: strings.Replace(entryThatTells, "name:", "generateName:", 1),
		want: created("workloadentry.networking.istio.io/stock-8*",
			entryMended...),
	}
	kubectl := inFolder(t, suite.kubectl, patched.manifest)
	got := kubectl.Run(strings.Fields(patched.args)...)
	name, _, _ := strings.Cut(got.Stdout, " ")
	t.Cleanup(func() { kubectl.Run("delete", "-n", "legacy", name) })
	patched.compare(t, generated("stock-8", got))
	expectStored(t, "legacy", name,
		"{.metadata.labels.app} {.metadata.labels.version}", "stock 2024.1")
}
