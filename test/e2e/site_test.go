package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meshvet.dev/e2e/cluster"
	"meshvet.dev/e2e/meshvet"
)

// site is a cluster and a server of one test alone, which it may break. The
// pair of the server is mounted, so that it stays when the server does not.
type site struct {
	cluster *cluster.Cluster
	kubectl cluster.Kubectl
	server  *meshvet.Server
	pair    *mountedPair
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
	s := &site{cluster: c, kubectl: c.Kubectl(), folder: folder,
		pair: newMountedPair(t, c, folder)}
	for _, path := range meshFiles() {
		if err := apply(s.kubectl, path); err != nil {
			t.Fatal(err)
		}
	}
	s.server, err = meshvet.Serve(folder, s.flags()...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.server.Stop() })
	s.register(t, meshvet.Fail)
	if err := awaitDenial(folder, s.kubectl); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) flags() []string {
	return append(serveFlags(s.kubectl, "testdata/policy.yaml"), s.pair.flags()...)
}

func (s *site) register(t *testing.T, policy meshvet.FailurePolicy) {
	t.Helper()
	err := registerWith(s.folder, s.kubectl, s.server, s.cluster.CA(), policy)
	if err != nil {
		t.Fatal(err)
	}
}

func (s *site) expectDenied(t *testing.T) {
	t.Helper()
	route := deniedRoute()
	kubectl := inFolder(t, s.kubectl, route.manifest)
	route.compare(t, kubectl.Run(strings.Fields(route.args)...))
}

// within repeats a call until it prints what is wanted.
func (s *site) within(t *testing.T, patience time.Duration, c change) {
	t.Helper()
	kubectl := inFolder(t, s.kubectl, c.manifest)
	var got cluster.Output
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if got = kubectl.Run(strings.Fields(c.args)...); got == c.want {
			return
		}
	}
	c.compare(t, got)
}

// expectRight: what is wrong is denied, and a consent that is given or taken
// back counts, so that the mesh is known as it is now. All that within
// `patience`.
func (s *site) expectRight(t *testing.T, patience time.Duration) {
	t.Helper()
	const annotation = "meshvet.dev/allow-routes-from"
	start := time.Now()
	left := func() time.Duration { return time.Until(start.Add(patience)) }
	s.within(t, left(), routeIsDenied())
	mustRun(t, s.kubectl, "annotate", "namespace", "payments", annotation+"=shop")
	s.within(t, left(), routeIsAllowed())
	mustRun(t, s.kubectl, "annotate", "namespace", "payments", annotation+"-")
	s.within(t, left(), routeIsDenied())
	t.Logf("right again after %s", time.Since(start).Round(time.Millisecond))
}
