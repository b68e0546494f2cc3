package e2e

import (
	"path/filepath"
	"strings"
	"testing"
)

// The objects of testdata/before would be denied today. Whoever changes one is
// told; only what a change makes worse is denied.
func TestUpdateOfWhatWasThereBefore(t *testing.T) {
	restoreLater(t)
	runAll(t, []change{
		{
			name: "an old route only warns",
			args: "-n shop patch virtualservice before --type=merge " +
				`-p {"metadata":{"labels":{"touched":"once"}}}`,
			want: succeeded("virtualservice.networking.istio.io/before patched",
				`not new, so let through: spec.tcp[0].route[0].destination.host: namespace shop routes to host "ledger.payments.svc.cluster.local" of namespace payments without the consent of namespace payments: annotate Namespace pa… [virtual-service-cross-namespace-host]`),
		},
		{
			name: "a new one beside it is denied",
			args: "-n shop patch virtualservice before --type=json -p " +
				`[{"op":"add","path":"/spec/tcp/-","value":{"route":[` +
				`{"destination":{"host":"wallet.payments.svc.cluster.local"}}]}}]`,
			want: refused(
				`Warning: not new, so let through: spec.tcp[0].route[0].destination.host: namespace shop routes to host "ledger.payments.svc.cluster.local" of namespace payments without the consent of namespace payments: annotate Namespace pa… [virtual-service-cross-namespace-host]`,
				`Warning: spec.tcp[1].route[0].destination.host: host "wallet.payments.svc.cluster.local" is neither a Service nor a ServiceEntry host: calls to it end in a 503 [virtual-service-unknown-host]`,
				forbidden+denied+
					`meshvet found 1 problem in VirtualService shop/before:`,
				strings.NewReplacer("tcp[0]", "tcp[1]", "ledger.", "wallet.").
					Replace(routeToLedgerProblem)),
		},
		{
			name: "an old lack of a label only warns",
			args: "-n legacy patch workloadentry stock-0 --type=merge " +
				`-p {"spec":{"address":"192.0.2.110"}}`,
			want: succeeded("workloadentry.networking.istio.io/stock-0 patched",
				`not new, so let through: spec.labels: label "version" is missing: telemetry and routing by version do not see this WorkloadEntry [workload-entry-missing-label]`),
		},
		{
			name: "a label lost is denied",
			args: "-n legacy patch workloadentry stock-0 --type=merge " +
				`-p {"spec":{"labels":null}}`,
			want: refused(
				`Warning: not new, so let through: metadata: label "version" is missing: telemetry and routing by version do not see this WorkloadEntry [workload-entry-missing-label]`,
				forbidden+denied+
					`meshvet found 1 problem in WorkloadEntry legacy/stock-0:`,
				`- metadata: label "app" is missing: telemetry and routing by app do not see this WorkloadEntry [workload-entry-missing-label]`),
		},
		{
			name: "an old TLS mode only warns",
			args: "-n payments patch destinationrule before --type=merge " +
				`-p {"spec":{"trafficPolicy":{"outlierDetection":{"interval":"9s"}}}}`,
			want: succeeded("destinationrule.networking.istio.io/before patched",
				`not new, so let through: spec.trafficPolicy.tls.mode: mode SIMPLE sends TLS that is not Istio's to port 5432 (TCP) of archive.payments.svc.cluster.local, whose sidecars insist on Istio's own mTLS (STRICT): the connecti… [destination-rule-tls-port-mismatch]`),
		},
		{
			name: "another wrong mode is denied",
			args: "-n payments patch destinationrule before --type=merge " +
				`-p {"spec":{"subsets":[{"name":"v15","labels":{"version":"15"},` +
				`"trafficPolicy":{"tls":{"mode":"MUTUAL","credentialName":"ledger"}}}]}}`,
			want: refused(
				`Warning: not new, so let through: spec.trafficPolicy.tls.mode: mode SIMPLE sends TLS that is not Istio's to port 5432 (TCP) of archive.payments.svc.cluster.local, whose sidecars insist on Istio's own mTLS (STRICT): the connecti… [destination-rule-tls-port-mismatch]`,
				`Warning: spec.subsets[0].trafficPolicy.tls.mode: credentialName is honoured by gateways, and by sidecars only with a workloadSelector: sidecars send plaintext [destination-rule-tls-incomplete]`,
				forbidden+denied+
					`meshvet found 1 problem in DestinationRule payments/before:`,
				`- spec.subsets[0].trafficPolicy.tls.mode: mode MUTUAL sends TLS that is not Istio's to port 5432 (TCP) of archive.payments.svc.cluster.local, whose sidecars insist on Istio's own mTLS (STRICT): the connection is reset, callers see a 503 [destination-rule-tls-port-mismatch]`),
		},
	})
}

// restoreLater puts back what was there before: not worse than what is there,
// so it is let through.
func restoreLater(t *testing.T) {
	t.Helper()
	path, err := filepath.Abs("testdata/before")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mustRun(t, suite.kubectl, "replace", "-f", path) })
}

func TestUpdateOfWhatWasRight(t *testing.T) {
	make := change{
		args: "create -f change.yaml",
		manifest: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: invoices, namespace: shop}
spec:
  hosts: [invoices.shop.example]
  http:
  - name: pay
    route:
    - destination: {host: billing.payments.svc.cluster.local, port: {number: 80}}
`,
		want: created("virtualservice.networking.istio.io/invoices"),
	}
	make.run(t)
	turn := change{
		args: "-n shop patch virtualservice invoices --type=json -p " +
			`[{"op":"replace","path":"/spec/http/0/route/0/destination",` +
			`"value":{"host":"ledger.payments.svc.cluster.local"}}]`,
		want: refused(
			`Warning: spec.http[0].route[0].destination.host: no port is given, so requests that come in on port 80 go to port 80 of "ledger.payments.svc.cluster.local", which has only 5432: they end in a 503 [virtual-service-ambiguous-port]`,
			forbidden+denied+
				`meshvet found 1 problem in VirtualService shop/invoices:`,
			strings.Replace(routeToLedgerProblem, "spec.tcp", "spec.http", 1)),
	}
	turn.run(t)
}
