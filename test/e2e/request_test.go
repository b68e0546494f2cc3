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
			name:     "that creates a rule is denied",
			args:     "apply --server-side -f change.yaml",
			manifest: ruleToStrict,
			want: refused(
				forbidden+denied+
					`meshvet found 1 problem in DestinationRule payments/ledger:`,
				ruleToStrictProblem),
		},
		{
			name:     "that creates an entry is denied",
			args:     "apply --server-side -f change.yaml",
			manifest: entryWithoutLabels,
			want: refused(
				forbidden+denied+
					`meshvet found 2 problems in WorkloadEntry legacy/stock-9:`,
				entryWithoutLabelsProblems),
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
			name:     "of a rule is denied",
			args:     "create --dry-run=server -f change.yaml",
			manifest: ruleToStrict,
			want: refused(
				forbidden+creating+denied+
					`meshvet found 1 problem in DestinationRule payments/ledger:`,
				ruleToStrictProblem),
		},
		{
			name:     "of an entry is denied",
			args:     "create --dry-run=server -f change.yaml",
			manifest: entryWithoutLabels,
			want: refused(
				forbidden+creating+denied+
					`meshvet found 2 problems in WorkloadEntry legacy/stock-9:`,
				entryWithoutLabelsProblems),
		},
		{
			name:     "of a rule is patched, and stores nothing",
			keep:     true,
			args:     "create --dry-run=server -f change.yaml",
			manifest: plainRuleToStrict,
			want: succeeded("destinationrule.networking.istio.io/ledger created "+
				"(server dry run)",
				`mended spec.trafficPolicy.tls.mode: set mode ISTIO_MUTUAL [destination-rule-mtls-mismatch]`),
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
	expectAbsent(t, "payments", "destinationrule/ledger")
}

// An object that has no name yet is called by the one it is given.
func TestGenerateName(t *testing.T) {
	for _, test := range []struct{ prefix, manifest, head, problems string }{
		{"invoices", routeToLedger,
			"1 problem in VirtualService shop/invoices*:", routeToLedgerProblem},
		{"stock-9", entryWithoutLabels,
			"2 problems in WorkloadEntry legacy/stock-9*:",
			entryWithoutLabelsProblems},
		{"ledger", ruleToStrict,
			"1 problem in DestinationRule payments/ledger*:", ruleToStrictProblem},
	} {
		refusal := change{
			args:     "create -f change.yaml",
			manifest: strings.Replace(test.manifest, "name:", "generateName:", 1),
			want: refused(forbidden+creating+denied+`meshvet found `+test.head,
				test.problems),
		}
		kubectl := inFolder(t, suite.kubectl, refusal.manifest)
		got := kubectl.Run(strings.Fields(refusal.args)...)
		refusal.compare(t, generated(test.prefix, got))
	}
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
