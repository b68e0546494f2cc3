package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"meshvet.dev/e2e/cluster"
	"meshvet.dev/e2e/meshvet"
)

// installed is a cluster with what manifests/ makes of it, but without nodes:
// its Deployment runs nowhere. A server on loopback, which has the rights the
// manifests give and no others, takes its place.
type installed struct {
	cluster  *cluster.Cluster
	kubectl  cluster.Kubectl
	auditLog string
}

func TestInstall(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	policy := filepath.Join(folder, "audit-policy.yaml")
	err := os.WriteFile(policy, []byte(rightsAuditPolicy), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	s := &installed{auditLog: filepath.Join(folder, "audit.log")}
	s.cluster, err = cluster.Start(folder, "--audit-policy-file="+policy,
		"--audit-log-path="+s.auditLog)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.cluster.Stop)
	s.kubectl = s.cluster.Kubectl()
	if err := cluster.InstallOperatorCRDs(s.kubectl); err != nil {
		t.Fatal(err)
	}
	mustRun(t, s.kubectl, "create", "namespace", "istio-system")
	mustRun(t, s.kubectl, "apply", "--filename",
		manifests(t, "base/namespace.yaml"))
	t.Run("the API server takes every manifest", s.takesManifests)
	mustRun(t, s.kubectl, "apply", "--kustomize",
		manifests(t, "overlays/self-managed-ca"))
	t.Run("applying again changes nothing", s.appliesTwice)
	t.Run("the rights suffice", s.rightsSuffice)
	t.Run("each right is needed", s.eachRightIsNeeded)
	t.Run("there are no other rights", s.noOtherRights)
	t.Run("there is a way out", s.isUndone)
	t.Run("what is queried is there", s.metricsExist)
}

func manifests(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(meshvet.Manifests, path))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func (s *installed) takesManifests(t *testing.T) {
	overlays, err := os.ReadDir(manifests(t, "overlays"))
	if err != nil {
		t.Fatal(err)
	}
	for _, overlay := range overlays {
		output := s.kubectl.Run("apply", "--dry-run=server", "--kustomize",
			manifests(t, "overlays/"+overlay.Name()))
		// A warning would say that a pod breaks the restricted standard.
		if output.Code != 0 || warnings(output) != "" {
			t.Errorf("%s: %+v", overlay.Name(), output)
		}
	}
}

// warnings is what kubectl printed to standard error but for what it says of a
// namespace that was not applied.
func warnings(output cluster.Output) string {
	var lines []string
	for _, line := range strings.Split(output.Stderr, "\n") {
		if line != "" && !strings.Contains(line, "last-applied-configuration") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func (s *installed) appliesTwice(t *testing.T) {
	output := s.kubectl.Run("diff", "--kustomize",
		manifests(t, "overlays/self-managed-ca"))
	if output.Code != 0 {
		t.Errorf("%+v", output)
	}
}

// serve runs with the rights of the ServiceAccount.
func (s *installed) serve(t *testing.T) *meshvet.Server {
	t.Helper()
	folder := t.TempDir()
	token := mustRun(t, s.kubectl, "create", "token", "meshvet",
		"--namespace="+meshvet.OwnNamespace)
	kubeconfig, err := s.cluster.KubeconfigOf(folder, strings.TrimSpace(token))
	if err != nil {
		t.Fatal(err)
	}
	server, err := meshvet.Serve(folder, "--kubeconfig="+kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Stop() })
	return server
}

// watched are the resources of the series of a metric, by value.
func watched(t *testing.T, server *meshvet.Server, metric string,
	value string) []string {
	t.Helper()
	text, err := server.Ops("/metrics")
	if err != nil {
		t.Fatal(err)
	}
	series := regexp.MustCompile(
		`(?m)^` + metric + `\{resource="([^"]*)"\} ` + value + `$`)
	var resources []string
	for _, match := range series.FindAllStringSubmatch(text, -1) {
		resources = append(resources, match[1])
	}
	return resources
}

func (s *installed) rightsSuffice(t *testing.T) {
	server := s.serve(t)
	if unknown := watched(t, server, "meshvet_watch_known", "0"); unknown != nil {
		t.Errorf("not known: %q", unknown)
	}
	if known := watched(t, server, "meshvet_watch_known", "1"); len(known) < 20 {
		t.Errorf("known is only %q", known)
	}
	log := s.logOf(t, server)
	if strings.Contains(log, "watch failed") || strings.Contains(log, "forbidden") {
		t.Error(log)
	}
}

func (s *installed) logOf(t *testing.T, server *meshvet.Server) string {
	t.Helper()
	text, err := os.ReadFile(server.Log())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// noOtherRights asks for what would be dangerous to have.
func (s *installed) noOtherRights(t *testing.T) {
	questions := []struct {
		may  string // verb resource, and flags
		want string
	}{
		{"get secrets/meshvet-tls --namespace=meshvet-system", "yes"},
		{"patch secrets/meshvet-tls --namespace=meshvet-system", "yes"},
		{"update secrets/meshvet-tls --namespace=meshvet-system", "no"},
		{"get secrets/other --namespace=meshvet-system", "no"},
		{"list secrets --namespace=meshvet-system", "no"},
		{"create secrets --namespace=meshvet-system", "no"},
		{"get secrets --all-namespaces", "no"},
		{"watch configmaps/istio --namespace=istio-system", "yes"},
		{"watch configmaps/other --namespace=istio-system", "no"},
		{"list configmaps --all-namespaces", "no"},
		{"patch validatingwebhookconfigurations/meshvet", "yes"},
		{"patch mutatingwebhookconfigurations/meshvet", "yes"},
		{"patch validatingwebhookconfigurations/other", "no"},
		{"create validatingwebhookconfigurations", "no"},
		{"delete validatingwebhookconfigurations/meshvet", "no"},
		{"watch virtualservices.networking.istio.io --all-namespaces", "yes"},
		{"patch virtualservices.networking.istio.io --all-namespaces", "no"},
		{"create pods --all-namespaces", "no"},
		{"create pods --subresource=exec --all-namespaces", "no"},
		{"get nodes", "no"},
	}
	for _, question := range questions {
		output := s.kubectl.Run(strings.Fields("auth can-i " +
			"--as=system:serviceaccount:meshvet-system:meshvet " +
			question.may)...)
		if got := strings.TrimSpace(output.Stdout); got != question.want {
			t.Errorf("may it %s: %s, not %s (%s)", question.may, got,
				question.want, output.Stderr)
		}
	}
}

// isUndone is what docs/operating.md says to do when nothing else helps.
func (s *installed) isUndone(t *testing.T) {
	mustRun(t, s.kubectl, "delete",
		"validatingwebhookconfigurations,mutatingwebhookconfigurations",
		"meshvet")
	mustRun(t, s.kubectl, "create", "namespace", "way-out")
}

// metricsExist looks for each name that an alert or the dashboard uses in what
// meshvet and the API server really export.
func (s *installed) metricsExist(t *testing.T) {
	exported := mustRun(t, s.kubectl, "get", "--raw", "/metrics") +
		s.metricsAfterCalls(t)
	for _, file := range []string{"prometheus-rule.yaml", "dashboard.json"} {
		text, err := os.ReadFile(manifests(t, "overlays/monitoring/"+file))
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]bool{}
		for _, name := range regexp.MustCompile(
			`\b(meshvet|apiserver)_[a-z0-9_]+`).FindAllString(string(text), -1) {
			names[name] = true
		}
		if len(names) < 10 {
			t.Errorf("%s uses only %v", file, names)
		}
		for name := range names {
			if !regexp.MustCompile(`(?m)^` + name + `[{ ]`).MatchString(exported) {
				t.Errorf("%s: nobody exports %s", file, name)
			}
		}
	}
}

// metricsAfterCalls are those of a server that has denied something, and those
// the API server has of one that does not answer.
func (s *installed) metricsAfterCalls(t *testing.T) string {
	server := s.serve(t)
	folder := t.TempDir()
	for _, path := range meshFiles() {
		if err := apply(s.kubectl, path); err != nil {
			t.Fatal(err)
		}
	}
	if err := register(folder, s.kubectl, server, meshvet.Fail); err != nil {
		t.Fatal(err)
	}
	if err := awaitDenial(folder, s.kubectl); err != nil {
		t.Fatal(err)
	}
	text, err := server.Ops("/metrics")
	if err != nil {
		t.Fatal(err)
	}
	return text + s.metricsOfFailures(t, folder, server)
}

func (s *installed) metricsOfFailures(t *testing.T, folder string,
	server *meshvet.Server) string {
	server.Kill()
	kubectl := inFolder(t, s.kubectl, routeToLedger)
	const create = "create --dry-run=server -f change.yaml"
	if output := kubectl.Run(strings.Fields(create)...); output.Code == 0 {
		t.Error("nobody judged, and it passed: ", output)
	}
	if err := register(folder, s.kubectl, server, meshvet.Ignore); err != nil {
		t.Fatal(err)
	}
	awaitSuccess(t, kubectl, create)
	return mustRun(t, s.kubectl, "get", "--raw", "/metrics")
}
