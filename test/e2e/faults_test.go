package e2e

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"meshvet.dev/e2e/cluster"
	"meshvet.dev/e2e/meshvet"
)

// How soon after a fault has passed the answers must be right: a watch that
// failed is tried again after 30 s at most.
const soon = 2 * time.Minute

// Runs beside no other test, so that the time it takes is its own.
func TestFaults(t *testing.T) {
	s := newSite(t)
	s.expectDenied(t)
	t.Run("the audit log tells of the denial", s.auditLogTells)
	t.Run("500 at once", s.manyAtOnce)
	t.Run("the pair is near its end", s.pairNearItsEnd)
	t.Run("meshvet is killed under load", s.serverIsKilled)
	t.Run("the API server is restarted", s.apiServerIsRestarted)
	t.Run("the API server is killed", s.apiServerIsKilled)
	t.Run("etcd is killed", s.etcdIsKilled)
	t.Run("etcd stands still for ten seconds", s.etcdStandsStill)
}

func (s *site) apiServerIsRestarted(t *testing.T) {
	// With watches open it would take its leave for a minute.
	s.cluster.APIServer.Stop(2 * time.Second)
	s.answersAlone(t)
	if err := s.cluster.APIServer.Start(); err != nil {
		t.Fatal(err)
	}
	s.waitReady(t)
	s.expectRight(t, soon)
}

func (s *site) apiServerIsKilled(t *testing.T) {
	s.cluster.APIServer.Stop(0)
	if err := s.cluster.APIServer.Start(); err != nil {
		t.Fatal(err)
	}
	s.waitReady(t)
	s.expectRight(t, soon)
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
	s.expectRight(t, soon)
}

// etcdStandsStill: worse than one that is gone, since nobody is told.
func (s *site) etcdStandsStill(t *testing.T) {
	etcd := s.cluster.Etcd.PID()
	if err := syscall.Kill(etcd, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	s.answersAlone(t)
	kubectl := inFolder(t, s.kubectl, routeToLedger)
	output := kubectl.Run("create", "--request-timeout=4s", "-f", "change.yaml")
	if output.Code == 0 {
		t.Errorf("stored without etcd: %+v", output)
	}
	time.Sleep(time.Until(start.Add(10 * time.Second)))
	if err := syscall.Kill(etcd, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	s.waitReady(t)
	s.expectRight(t, soon)
}

// answersAlone: with no API server to ask, a review still gets its answer, which
// without its deadline would take a minute, more than Review waits; and probes do
// not end the server.
func (s *site) answersAlone(t *testing.T) {
	t.Helper()
	code, err := s.server.Review("/validate?timeout=5s", namesWhatIsAbsent)
	if err != nil || code != 200 {
		t.Errorf("answered %d: %v", code, err)
	}
	for _, probe := range []string{"/livez", "/readyz"} {
		if _, err := s.server.Ops(probe); err != nil {
			t.Errorf("%s: %v", probe, err)
		}
	}
}

func (s *site) waitReady(t *testing.T) {
	t.Helper()
	if err := s.cluster.WaitReady(time.Minute); err != nil {
		t.Fatal(err)
	}
}

// What is let through, and what kubectl says where nobody judges and the failure
// policy is Fail: a call that meets no server, or one that ends half way.
var unjudged = regexp.MustCompile(`^Error from server \(InternalError\): ` +
	`error when creating "change\.yaml": Internal error occurred: failed ` +
	`calling webhook "(mutate|validate)\.meshvet\.dev": failed to call webhook: ` +
	`Post "https://127\.0\.0\.1:\d+/(mutate|validate)\?timeout=5s": .*\n$`)

// serverIsKilled while calls are under way. What is wrong never passes while the
// policy is Fail, each call comes to an end, and the next server of the same
// address goes on.
func (s *site) serverIsKilled(t *testing.T) {
	stop := make(chan struct{})
	outputs := make(chan cluster.Output, 1000)
	callers := s.keepCalling(t, stop, outputs)
	awaitMore(t, outputs)
	s.server.Kill()
	awaitMore(t, outputs)
	close(stop)
	callers.Wait()
	close(outputs)
	s.judge(t, outputs)

	s.failurePolicyDecides(t)
	s.register(t, meshvet.Fail)
	if err := s.server.Start(s.flags()...); err != nil {
		t.Fatal(err)
	}
	if err := s.server.AwaitReady(time.Minute); err != nil {
		t.Fatal(err)
	}
	s.expectRight(t, soon)
}

// awaitMore returns when one call more than there are callers has come to its
// end: at least one of them began meanwhile.
func awaitMore(t *testing.T, outputs <-chan cluster.Output) {
	t.Helper()
	const more = callersAtOnce + 1
	before := len(outputs)
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		if len(outputs) >= before+more {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("no %d calls came to an end within a minute", more)
}

const callersAtOnce = 4

// keepCalling tries to create what is denied, several times at once.
func (s *site) keepCalling(t *testing.T, stop <-chan struct{},
	outputs chan<- cluster.Output) *sync.WaitGroup {
	t.Helper()
	var callers sync.WaitGroup
	kubectl := inFolder(t, s.kubectl, routeToLedger)
	for range callersAtOnce {
		callers.Add(1)
		go func() {
			defer callers.Done()
			for {
				select {
				case <-stop:
					return
				default:
				}
				outputs <- kubectl.Run(strings.Fields(tryCreate)...)
			}
		}()
	}
	return &callers
}

func (s *site) judge(t *testing.T, outputs <-chan cluster.Output) {
	t.Helper()
	judged, refusedUnjudged := 0, 0
	for output := range outputs {
		switch {
		case output == deniedRoute().want:
			judged++
		case output.Code == 1 && output.Stdout == "" &&
			unjudged.MatchString(output.Stderr):
			refusedUnjudged++
		default:
			t.Errorf("neither denied nor refused: %+v", output)
		}
	}
	t.Logf("%d calls judged, %d not", judged, refusedUnjudged)
	if judged == 0 || refusedUnjudged == 0 {
		t.Error("the server was not killed in between")
	}
}

// A server that is gone decides nothing: the failure policy does.
func (s *site) failurePolicyDecides(t *testing.T) {
	t.Helper()
	const create = "create -f change.yaml"
	kubectl := inFolder(t, s.kubectl, routeToLedger)
	refusal := change{args: create, want: refused(
		`Error from server (InternalError): ` + creating + `Internal error ` +
			`occurred: failed calling webhook "mutate.meshvet.dev": ` +
			`failed to call webhook: Post ` +
			`"https://127.0.0.1:*/mutate?timeout=5s": ` +
			`dial tcp 127.0.0.1:*: connect: connection refused`)}
	refusal.compare(t, withoutPort(kubectl.Run(strings.Fields(create)...)))

	s.register(t, meshvet.Ignore)
	awaitSuccess(t, kubectl, create+" --dry-run=server")
	passed := change{
		args: create,
		want: created("virtualservice.networking.istio.io/invoices"),
	}
	passed.compare(t, kubectl.Run(strings.Fields(create)...))
	mustRun(t, kubectl, "delete", "-f", "change.yaml")
}

func awaitSuccess(t *testing.T, kubectl cluster.Kubectl,
	args string) {
	t.Helper()
	output := cluster.Output{}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
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

// pairNearItsEnd: a mounted pair is replaced in time, by way of one that ends
// soon and one that does not fit. Nobody is lost on the way.
func (s *site) pairNearItsEnd(t *testing.T) {
	const life = 30 * time.Minute // the probe fails in the last hour
	end := time.Now().Add(life)
	s.pair.issue(t, end)
	s.awaitOps(t, "/metrics", fmt.Sprintf(
		"meshvet_cert_not_after_seconds %d", end.Unix()))
	s.awaitOps(t, "/readyz", "[-]certificate")
	s.expectDenied(t) // it may still be called

	rejected := "meshvet_config_reload_failed_total "
	s.awaitOps(t, "/metrics", rejected+"0")
	certificate, _, err := s.cluster.ServerPair("meshvet", end.Add(time.Hour))
	_, otherKey, otherErr := s.cluster.ServerPair("meshvet", end)
	if err := errors.Join(err, otherErr); err != nil {
		t.Fatal(err)
	}
	s.pair.mount(t, certificate, otherKey)
	s.awaitOps(t, "/metrics", rejected+"1")
	s.expectDenied(t)

	end = time.Now().Add(24 * time.Hour)
	s.pair.issue(t, end)
	s.awaitOps(t, "/metrics", fmt.Sprintf(
		"meshvet_cert_not_after_seconds %d", end.Unix()))
	s.awaitOps(t, "/readyz", "ok")
	leaf, err := connect(s.server, string(s.cluster.CA()))
	if err != nil || leaf.NotAfter.Unix() != end.Unix() {
		t.Errorf("what is served: %v", err)
	}
	s.expectRight(t, soon)
}

// awaitOps waits for a text in an answer, whatever its code; a new pair is seen
// within some ten seconds.
func (s *site) awaitOps(t *testing.T, path, want string) {
	t.Helper()
	got := ""
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		var err error
		if got, err = s.server.Ops(path); err != nil {
			got = err.Error()
		}
		if strings.Contains(got, want) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("%s has no %q: %s", path, want, got)
}

// What one of many applies is, and what its answer must be.
type oneOfMany struct {
	name, manifest, path, denial string
}

func newOneOfMany(i int) oneOfMany {
	const path = "/apis/networking.istio.io/v1/namespaces/legacy/workloadentries/"
	one := oneOfMany{name: fmt.Sprintf("many-%d", i)}
	one.path = path + one.name
	labels := `{app: many, version: "1"}`
	if i%2 == 1 {
		labels = `{version: "1"}`
		one.denial = `meshvet found 1 problem in WorkloadEntry legacy/` + one.name +
			`:\n- spec.labels: label \"app\" is missing`
	}
	one.manifest = fmt.Sprintf(`apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: %s, namespace: legacy}
spec: {address: 192.0.2.77, serviceAccount: stock, labels: %s}
`, one.name, labels)
	return one
}

// settle applies until there is a verdict, as a user would; what nobody could
// judge in time the failure policy has refused, and nothing else may happen.
func (o oneOfMany) settle(client *cluster.Client) (unjudged int, err error) {
	for range 10 {
		code, text, err := client.ServerSideApply(o.path, o.manifest)
		switch {
		case err != nil:
			return unjudged, err
		case code == 500 && strings.Contains(text, "failed calling webhook"):
			unjudged++
			continue
		case o.denial == "" && code == 201:
			return unjudged, nil
		case o.denial != "" && code == 403 && strings.Contains(text, o.denial):
			return unjudged, nil
		}
		return unjudged, fmt.Errorf("%s: %d: %s", o.name, code, text)
	}
	return unjudged, fmt.Errorf("%s: nobody ever judged it", o.name)
}

// manyAtOnce: each gets its own verdict, and memory stays within bounds.
func (s *site) manyAtOnce(t *testing.T) {
	const count = 500
	const mostMemory = 128 << 20 // what the Deployment asks for
	client := s.cluster.NewClient()
	defer client.Close()
	start := time.Now()
	errs := make([]error, count)
	again := make([]int, count)
	var all sync.WaitGroup
	for i := range count {
		all.Add(1)
		go func() {
			defer all.Done()
			again[i], errs[i] = newOneOfMany(i).settle(client)
		}()
	}
	all.Wait()
	took := time.Since(start)
	unjudged := 0
	for i := range count {
		unjudged += again[i]
		if errs[i] != nil {
			t.Error(errs[i])
		}
	}
	peak, err := s.server.PeakMemory()
	if err != nil || peak > mostMemory {
		t.Errorf("%d bytes of memory: %v", peak, err)
	}
	t.Logf("%d applies in %s, %d tried again, at most %d MiB", count,
		took.Round(time.Millisecond), unjudged, peak>>20)
	stored := strings.Fields(mustRun(t, s.kubectl, "get", "workloadentries",
		"--namespace=legacy", "--output=name"))
	many := 0
	for _, name := range stored {
		if strings.Contains(name, "/many-") {
			many++
		}
	}
	if many != count/2 {
		t.Errorf("%d were stored, not %d", many, count/2)
	}
	s.expectRight(t, soon)
}
