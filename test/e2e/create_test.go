package e2e

import (
	"testing"
)

const routeToLedger = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: invoices, namespace: shop}
spec:
  hosts: [invoices.shop.example]
  tcp:
  - route:
    - destination: {host: ledger.payments.svc.cluster.local, port: {number: 5432}}
`

const routeToLedgerProblem = `- spec.tcp[0].route[0].destination.host: namespace shop routes to host "ledger.payments.svc.cluster.local" of namespace payments without the consent of namespace payments: annotate Namespace payments with meshvet.dev/allow-routes-from: "shop", add a ReferenceGrant in payments, or allow {from: shop, to: payments} in the policy [virtual-service-cross-namespace-host]`

const entryWithoutLabels = `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: stock-9, namespace: legacy}
spec: {address: 192.0.2.19, serviceAccount: stock}
`

const entryWithoutLabelsProblems = `- metadata: label "app" is missing: telemetry and routing by app do not see this WorkloadEntry [workload-entry-missing-label]` + "\n" +
	`- metadata: label "version" is missing: telemetry and routing by version do not see this WorkloadEntry [workload-entry-missing-label]`

const ruleToStrict = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: ledger, namespace: payments}
spec:
  host: ledger
  trafficPolicy: {tls: {mode: SIMPLE}}
`

const ruleToStrictProblem = `- spec.trafficPolicy.tls.mode: mode SIMPLE sends TLS that is not Istio's to port 5432 (TCP) of ledger.payments.svc.cluster.local, whose sidecars insist on Istio's own mTLS (STRICT): the connection is reset, callers see a 503 [destination-rule-tls-port-mismatch]`

func deniedRoute() change {
	return change{
		name:     "denied without the consent of the other namespace",
		args:     "create -f change.yaml",
		manifest: routeToLedger,
		want: refused(
			forbidden+creating+denied+
				`meshvet found 1 problem in VirtualService shop/invoices:`,
			routeToLedgerProblem),
	}
}

func TestCreateVirtualService(t *testing.T) {
	runAll(t, []change{
		deniedRoute(),
		{
			name: "warned where the policy only warns",
			args: "create -f change.yaml",
			manifest: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: invoices, namespace: first-day}
spec:
  hosts: [invoices.first-day.example]
  tcp:
  - route:
    - destination: {host: ledger.payments.svc.cluster.local, port: {number: 5432}}
`,
			want: created("virtualservice.networking.istio.io/invoices",
				`spec.tcp[0].route[0].destination.host: namespace first-day routes to host "ledger.payments.svc.cluster.local" of namespace payments without the consent of namespace payments: annotate Namespace payments with meshvet.… [virtual-service-cross-namespace-host]`),
		},
		{
			name: "allowed to the Service that is granted",
			args: "create -f change.yaml",
			manifest: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: invoices, namespace: shop}
spec:
  hosts: [invoices.shop.example]
  http:
  - route:
    - destination: {host: billing.payments.svc.cluster.local, port: {number: 80}}
`,
			want: created("virtualservice.networking.istio.io/invoices"),
		},
	})
}

func TestCreateWorkloadEntry(t *testing.T) {
	runAll(t, []change{
		{
			name:     "denied without app and version",
			args:     "create -f change.yaml",
			manifest: entryWithoutLabels,
			want: refused(
				forbidden+creating+denied+
					`meshvet found 2 problems in WorkloadEntry legacy/stock-9:`,
				entryWithoutLabelsProblems),
		},
		{
			name: "warned where the policy only warns",
			args: "create -f change.yaml",
			manifest: `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: till, namespace: first-day}
spec: {address: 192.0.2.20, serviceAccount: till}
`,
			want: created("workloadentry.networking.istio.io/till",
				`metadata: label "app" is missing: telemetry and routing by app do not see this WorkloadEntry [workload-entry-missing-label]`,
				`metadata: label "version" is missing: telemetry and routing by version do not see this WorkloadEntry [workload-entry-missing-label]`),
		},
		{
			name: "allowed with both",
			args: "create -f change.yaml",
			manifest: `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: stock-9, namespace: legacy}
spec:
  address: 192.0.2.19
  serviceAccount: stock
  labels: {app: stock, version: "2024.1"}
`,
			want: created("workloadentry.networking.istio.io/stock-9"),
		},
	})
}

func TestCreateDestinationRule(t *testing.T) {
	runAll(t, []change{
		{
			name:     "denied: TLS that servers of Istio's mTLS refuse",
			args:     "create -f change.yaml",
			manifest: ruleToStrict,
			want: refused(
				forbidden+creating+denied+
					`meshvet found 1 problem in DestinationRule payments/ledger:`,
				ruleToStrictProblem),
		},
		{
			name: "denied: TLS inside TLS, proven by a route",
			args: "create -f change.yaml",
			manifest: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: bank, namespace: payments}
spec:
  host: bank.partner.example
  exportTo: ["."]
  trafficPolicy: {tls: {mode: SIMPLE}}
`,
			want: refused(
				forbidden+creating+denied+
					`meshvet found 1 problem in DestinationRule payments/bank:`,
				`- spec.trafficPolicy.tls.mode: mode SIMPLE starts TLS towards port 443 (TLS) of bank.partner.example, which speaks TLS already, and a tls route brings TLS to it: TLS inside TLS, callers see a 503 or "wrong version number" (fix: set mode DISABLE for port 443) [destination-rule-tls-port-mismatch]`),
		},
		{
			name: "warned: TLS inside TLS, as far as is known",
			args: "create -f change.yaml",
			manifest: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: acquirer, namespace: payments}
spec:
  host: api.acquirer.example
  exportTo: ["."]
  trafficPolicy: {tls: {mode: SIMPLE}}
`,
			want: created("destinationrule.networking.istio.io/acquirer",
				`spec.trafficPolicy.tls.mode: mode SIMPLE starts TLS towards port 443 (HTTPS) of api.acquirer.example, which speaks TLS already, and nothing known brings plain HTTP to it: TLS inside TLS, callers see a 503 or "wrong ver… [destination-rule-tls-port-mismatch]`),
		},
		{
			name: "warned where the policy only warns",
			args: "create -f change.yaml",
			manifest: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: orders, namespace: first-day}
spec:
  host: orders
  trafficPolicy: {tls: {mode: SIMPLE}}
`,
			want: created("destinationrule.networking.istio.io/orders",
				`spec.trafficPolicy.tls.mode: mode SIMPLE sends TLS that is not Istio's to port 80 (HTTP) of orders.first-day.svc.cluster.local, whose sidecars insist on Istio's own mTLS (STRICT): the connection is reset, callers see a… [destination-rule-tls-port-mismatch]`),
		},
		{
			name: "allowed: what the port expects",
			args: "create -f change.yaml",
			manifest: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: ledger, namespace: payments}
spec:
  host: ledger
  trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}
`,
			want: created("destinationrule.networking.istio.io/ledger"),
		},
	})
}
