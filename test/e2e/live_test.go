package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"meshvet.dev/e2e/cluster"
)

// eventually repeats a call until it prints what is wanted: the server learns
// of a change milliseconds after the API server has it.
func (c change) eventually(t *testing.T) {
	t.Helper()
	kubectl := inFolder(t, suite.kubectl, c.manifest)
	var got cluster.Output
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		if got = kubectl.Run(strings.Fields(c.args)...); got == c.want {
			return
		}
	}
	c.compare(t, got)
}

const tryCreate = "create --dry-run=server -f change.yaml"

func routeIsDenied() change {
	c := deniedRoute()
	c.args = tryCreate
	return c
}

func routeIsAllowed() change {
	return change{
		args:     tryCreate,
		manifest: routeToLedger,
		want: succeeded("virtualservice.networking.istio.io/invoices " +
			"created (server dry run)"),
	}
}

const shopMayRouteToPayments = `
rules:
  virtual-service-cross-namespace-host:
    options: {allow: [{from: shop, to: payments}]}
`

func TestConsentIsGivenAndWithdrawn(t *testing.T) {
	const annotation = "meshvet.dev/allow-routes-from"
	t.Run("by an annotation of the Namespace", func(t *testing.T) {
		routeIsDenied().eventually(t)
		mustRun(t, suite.kubectl, "annotate", "namespace", "payments",
			annotation+"=shop")
		t.Cleanup(func() {
			suite.kubectl.Run("annotate", "namespace", "payments", annotation+"-")
		})
		routeIsAllowed().eventually(t)
		mustRun(t, suite.kubectl, "annotate", "namespace", "payments",
			annotation+"-")
		routeIsDenied().eventually(t)
	})
	t.Run("by the policy", func(t *testing.T) {
		routeIsDenied().eventually(t)
		t.Cleanup(func() {
			if err := setPolicy(""); err != nil {
				t.Error(err)
			}
		})
		if err := setPolicy(shopMayRouteToPayments); err != nil {
			t.Fatal(err)
		}
		routeIsAllowed().eventually(t)
		if err := setPolicy(""); err != nil {
			t.Fatal(err)
		}
		routeIsDenied().eventually(t)
	})
	t.Run("by a ReferenceGrant", func(t *testing.T) {
		routeIsDenied().eventually(t)
		kubectl := inFolder(t, suite.kubectl, `
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: ledger-for-shop, namespace: payments}
spec:
  from:
  - {group: networking.istio.io, kind: VirtualService, namespace: shop}
  to:
  - {group: "", kind: Service, name: ledger}
`)
		t.Cleanup(func() {
			kubectl.Run("delete", "--ignore-not-found", "-f", "change.yaml")
		})
		mustRun(t, kubectl, "create", "-f", "change.yaml")
		routeIsAllowed().eventually(t)
		mustRun(t, kubectl, "delete", "-f", "change.yaml")
		routeIsDenied().eventually(t)
	})
}

// One DestinationRule is right or wrong by what the Service's port is called.
func TestServicePortIsRenamed(t *testing.T) {
	const service = `{"spec":{"ports":[{"name":"%s","port":80}]}}`
	rename := func(name string) {
		mustRun(t, suite.kubectl, "patch", "service", "orders", "-n", "first-day",
			"--type=merge", "-p", fmt.Sprintf(service, name))
	}
	rule := change{
		args: tryCreate,
		manifest: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: orders, namespace: first-day}
spec:
  host: orders
  trafficPolicy: {tls: {mode: SIMPLE}}
`,
	}
	t.Cleanup(func() { rename("http") })
	const create = "destinationrule.networking.istio.io/orders " +
		"created (server dry run)"
	warnings := func() string {
		kubectl := inFolder(t, suite.kubectl, rule.manifest)
		return kubectl.Run(strings.Fields(rule.args)...).Stderr
	}
	before := warnings()
	if !strings.Contains(before, "destination-rule-tls-port-mismatch") {
		t.Fatalf("port http and TLS are not warned of: %s", before)
	}
	rename("tls-orders")
	for end := time.Now().Add(time.Minute); ; {
		now := warnings()
		if now != before && strings.Contains(now, "tls") {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("a renamed port changes nothing: %s", now)
		}
	}
	rename("http")
	rule.want = cluster.Output{Stdout: create + "\n", Stderr: before}
	rule.eventually(t)
}

// What a kubectl apply of several objects may hold; a name is filled in.
var applied = map[byte]string{
	'S': `
apiVersion: v1
kind: Service
metadata: {name: %[1]s, namespace: strict}
spec: {clusterIP: None, selector: {app: %[1]s}, ports: [{name: http, port: 80}]}
`,
	'D': `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: %[1]s, namespace: strict}
spec: {host: %[1]s, subsets: [{name: v1, labels: {version: v1}}]}
`,
	'V': `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: %[1]s, namespace: strict}
spec:
  hosts: [%[1]s]
  http: [{route: [{destination: {host: %[1]s, subset: v1, port: {number: 80}}}]}]
`,
}

// The orders, and what is made of them where nothing may be named that is not
// there: a Service always, a DestinationRule after its Service, a
// VirtualService after both.
var orders = map[string]string{
	"SDV": "SDV",
	"SVD": "SD",
	"DSV": "S",
	"DVS": "S",
	"VSD": "SD",
	"VDS": "S",
}

// Objects that name each other, applied within milliseconds: the server's own
// picture of the mesh is always behind, and it must not deny for that.
func TestReadsItsOwnWrites(t *testing.T) {
	t.Parallel() // in a namespace of its own
	const rounds = 50
	mustRun(t, suite.kubectl, "create", "namespace", "strict")
	t.Cleanup(func() {
		suite.kubectl.Run("delete", "-n", "strict", "--all",
			"services,destinationrules,virtualservices")
	})
	var group sync.WaitGroup
	next := 0
	for order, made := range orders {
		next++
		group.Add(1)
		go func(number int) {
			defer group.Done()
			for round := range rounds {
				applyInOrder(t, fmt.Sprintf("app-%d-%d", number, round), order, made)
			}
		}(next)
	}
	group.Wait()
}

func applyInOrder(t *testing.T, name, order, made string) {
	var documents []string
	for i := range len(order) {
		documents = append(documents, fmt.Sprintf(applied[order[i]], name))
	}
	folder := t.TempDir()
	path := filepath.Join(folder, "change.yaml")
	text := strings.Join(documents, "---")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Error(err)
		return
	}
	// Without reading all schemas first, which takes most of the time.
	output := suite.kubectl.In(folder).Run("apply", "--validate=false",
		"-f", "change.yaml")
	got := ""
	for kind, line := range map[byte]string{
		'S': "service/", 'D': "destinationrule.networking.istio.io/",
		'V': "virtualservice.networking.istio.io/",
	} {
		if strings.Contains(output.Stdout, line+name+" created") {
			got += string(kind)
		}
	}
	if !sameLetters(got, made) {
		t.Errorf("of %s were made %q, not %q\n%s%s", order, got, made,
			output.Stdout, output.Stderr)
	}
}

func sameLetters(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if !strings.Contains(b, a[i:i+1]) {
			return false
		}
	}
	return true
}
