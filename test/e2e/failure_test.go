package e2e

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"meshvet.dev/e2e/cluster"
	"meshvet.dev/e2e/meshvet"
)

// site is a cluster and a server of one test alone, which it may break.
type site struct {
	cluster *cluster.Cluster
	kubectl cluster.Kubectl
	server  *meshvet.Server
	folder  string
}

func newSite(t *testing.T) *site {
	t.Helper()
	folder := t.TempDir()
	c, err := cluster.Start(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Stop)
	s := &site{cluster: c, kubectl: c.Kubectl(), folder: folder}
	for _, path := range meshFiles() {
		if err := apply(s.kubectl, path); err != nil {
			t.Fatal(err)
		}
	}
	s.startServer(t, meshvet.Fail)
	return s
}

func (s *site) startServer(t *testing.T, policy meshvet.FailurePolicy) {
	t.Helper()
	server, err := serve(s.folder, s.kubectl, policy)
	if err != nil {
		t.Fatal(err)
	}
	s.server = server
	t.Cleanup(func() { server.Stop() })
}

func (s *site) expectDenied(t *testing.T) {
	t.Helper()
	route := deniedRoute()
	kubectl := inFolder(t, s.kubectl, route.manifest)
	route.compare(t, kubectl.Run(strings.Fields(route.args)...))
}

func TestDenialsOutliveRestartsOfTheControlPlane(t *testing.T) {
	s := newSite(t)
	s.expectDenied(t)

	s.cluster.APIServer.Stop(0)
	if err := s.cluster.APIServer.Start(); err != nil {
		t.Fatal(err)
	}
	s.waitReady(t)
	s.expectDenied(t)

	s.cluster.Etcd.Stop(0)
	s.expectNoAnswer(t)
	if err := s.cluster.Etcd.Start(); err != nil {
		t.Fatal(err)
	}
	s.waitReady(t)
	s.expectDenied(t)
}

func (s *site) waitReady(t *testing.T) {
	t.Helper()
	if err := s.cluster.WaitReady(time.Minute); err != nil {
		t.Fatal(err)
	}
}

// Without etcd not even a denied change gets as far as a verdict that counts:
// whatever the answer is, it is an error.
func (s *site) expectNoAnswer(t *testing.T) {
	t.Helper()
	output := s.kubectl.Run("get", "namespace", "shop", "--request-timeout=3s")
	if output.Code == 0 {
		t.Error("the API server answers without etcd")
	}
}

// A server that is gone decides nothing: the failure policy does.
func TestFailurePolicyDecidesWhenTheServerIsKilled(t *testing.T) {
	s := newSite(t)
	const entry = "create -f change.yaml"
	kubectl := inFolder(t, s.kubectl, routeToLedger)
	s.server.Kill()

	refusal := change{args: entry, want: refused(
		`Error from server (InternalError): ` + creating + `Internal error ` +
			`occurred: failed calling webhook "mutate.meshvet.dev": ` +
			`failed to call webhook: Post ` +
			`"https://127.0.0.1:*/mutate?timeout=5s": ` +
			`dial tcp 127.0.0.1:*: connect: connection refused`)}
	refusal.compare(t, withoutPort(kubectl.Run(strings.Fields(entry)...)))

	if err := register(s.folder, s.kubectl, s.server, meshvet.Ignore); err != nil {
		t.Fatal(err)
	}
	passed := change{
		args: entry,
		want: created("virtualservice.networking.istio.io/invoices"),
	}
	passed.compare(t, kubectl.Run(strings.Fields(entry)...))

	mustRun(t, kubectl, "delete", "-f", "change.yaml")
	s.startServer(t, meshvet.Fail)
	s.expectDenied(t)
}

func withoutPort(output cluster.Output) cluster.Output {
	port := regexp.MustCompile(`127\.0\.0\.1:\d+`)
	output.Stderr = port.ReplaceAllString(output.Stderr, "127.0.0.1:*")
	return output
}
