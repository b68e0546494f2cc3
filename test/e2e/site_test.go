package e2e

import (
	"os"
	"path/filepath"
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
	if err := os.WriteFile(filepath.Join(folder, "audit-policy.yaml"),
		[]byte(auditPolicy), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := cluster.Start(folder,
		"--audit-policy-file="+filepath.Join(folder, "audit-policy.yaml"),
		"--audit-log-path="+filepath.Join(folder, "audit.log"))
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
	t.Cleanup(func() { s.server.Stop() })
	return s
}

func (s *site) startServer(t *testing.T, policy meshvet.FailurePolicy) {
	t.Helper()
	server, err := serve(s.folder, s.kubectl, policy)
	if err != nil {
		t.Fatal(err)
	}
	s.server = server
}

func (s *site) expectDenied(t *testing.T) {
	t.Helper()
	route := deniedRoute()
	kubectl := inFolder(t, s.kubectl, route.manifest)
	route.compare(t, kubectl.Run(strings.Fields(route.args)...))
}

func TestSite(t *testing.T) {
	s := newSite(t)
	s.expectDenied(t)
	t.Run("the audit log tells of the denial", s.auditLogTells)
	t.Run("the API server is killed", s.apiServerIsKilled)
	t.Run("etcd is killed", s.etcdIsKilled)
	t.Run("meshvet is killed", s.serverIsKilled)
}

func (s *site) apiServerIsKilled(t *testing.T) {
	s.cluster.APIServer.Stop(0)
	if err := s.cluster.APIServer.Start(); err != nil {
		t.Fatal(err)
	}
	s.waitReady(t)
	s.expectDenied(t)
}

func (s *site) etcdIsKilled(t *testing.T) {
	s.cluster.Etcd.Stop(0)
	output := s.kubectl.Run("get", "namespace", "shop", "--request-timeout=3s")
	if output.Code == 0 {
		t.Error("the API server answers without etcd")
	}
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

// A server that is gone decides nothing: the failure policy does.
func (s *site) serverIsKilled(t *testing.T) {
	const create = "create -f change.yaml"
	kubectl := inFolder(t, s.kubectl, routeToLedger)
	s.server.Kill()

	refusal := change{args: create, want: refused(
		`Error from server (InternalError): ` + creating + `Internal error ` +
			`occurred: failed calling webhook "mutate.meshvet.dev": ` +
			`failed to call webhook: Post ` +
			`"https://127.0.0.1:*/mutate?timeout=5s": ` +
			`dial tcp 127.0.0.1:*: connect: connection refused`)}
	refusal.compare(t, withoutPort(kubectl.Run(strings.Fields(create)...)))

	if err := register(s.folder, s.kubectl, s.server, meshvet.Ignore); err != nil {
		t.Fatal(err)
	}
	awaitSuccess(t, kubectl, create+" --dry-run=server")
	passed := change{
		args: create,
		want: created("virtualservice.networking.istio.io/invoices"),
	}
	passed.compare(t, kubectl.Run(strings.Fields(create)...))

	mustRun(t, kubectl, "delete", "-f", "change.yaml")
	s.startServer(t, meshvet.Fail)
	s.expectDenied(t)
}

func awaitSuccess(t *testing.T, kubectl cluster.Kubectl,
	args string) {
	t.Helper()
	output := cluster.Output{}
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); {
		output = kubectl.Run(strings.Fields(args)...)
		if output.Code == 0 {
			return
		}
	}
	t.Fatalf("kubectl %s: %s", args, output.Stderr)
}

func withoutPort(output cluster.Output) cluster.Output {
	port := regexp.MustCompile(`127\.0\.0\.1:\d+`)
	output.Stderr = port.ReplaceAllString(output.Stderr, "127.0.0.1:*")
	return output
}
