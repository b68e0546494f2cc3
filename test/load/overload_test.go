package load

import (
	"net/http"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/transport"

	"meshvet.dev/e2e/cluster"

	"meshvet.dev/load/mesh"
	"meshvet.dev/load/slowlink"
	"meshvet.dev/load/traffic"
)

const (
	overload     = 3 // times the capacity
	floodTime    = 1500 * time.Millisecond
	floodTimeout = 10 * time.Second
	mostFailures = 0.001
	mostMemory   = 128 << 10 // KiB
	recoveryTime = 2 * time.Second
	capacityTime = 3 * time.Second

	// Of a processor, for each replica: all that calls need comes out of it,
	// handshakes too.
	slowShare    = 0.02
	leastGoodput = 0.6

	// How long an API server takes to answer, so that waiting for it is.
	farAway    = 100 * time.Millisecond
	farObjects = 4 * mesh.PerNamespace
)

// Places in the handler that are taken by calls that wait for the API server.
func TestTooManyCallsForASlowAPIServer(t *testing.T) {
	c, err := cluster.Start(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Stop)
	if _, err := mesh.Fill(c.Kubeconfig(), farObjects); err != nil {
		t.Fatal(err)
	}
	s := newSite(t)
	s.mesh = "--kubeconfig=" + kubeconfigFromAfar(t, c)
	d := s.deploy(t, "--lame-duck=0")
	denied, err := mesh.DeniedReview()
	if err != nil {
		t.Fatal(err)
	}
	f := flood{deployment: d, cases: []traffic.Case{denied}}
	f.learn(t)
	f.measureCapacity(t)
	t.Run("is survived", f.isSurvived)
	t.Run("is not without Retry-After", func(t *testing.T) {
		tally := f.run(t, f.traffic(t, withoutRetryAfter))
		if failures(tally) <= mostFailures {
			t.Errorf("only %.2f %% of the calls failed", 100*failures(tally))
		}
	})
}

// Processors that are too slow for the calls, and for the connections that API
// servers open for calls that wait.
func TestTooManyCallsForASlowProcessor(t *testing.T) {
	s := newSite(t)
	d := s.deploy(t, "--lame-duck=0")
	for _, r := range d.replicas {
		t.Cleanup(r.Throttle(slowShare))
	}
	f := flood{deployment: d, cases: s.cases(t, policy)}
	f.measureCapacity(t)
	f.isSurvived(t)
	// One that shakes hands in the order of arrival is mostly below half.
	if f.goodput < leastGoodput*f.capacity {
		t.Errorf("%.0f calls/s were answered in the flood, %.0f/s without",
			f.goodput, f.capacity)
	}
}

// kubeconfigFromAfar leads to the cluster by a slow link.
func kubeconfigFromAfar(t *testing.T, c *cluster.Cluster) string {
	t.Helper()
	config, err := clientcmd.LoadFromFile(c.Kubeconfig())
	if err != nil {
		t.Fatal(err)
	}
	server, err := url.Parse(c.URL())
	if err != nil {
		t.Fatal(err)
	}
	link, err := slowlink.New(server.Host, farAway)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(link.Close)
	for _, cluster := range config.Clusters {
		cluster.Server = "https://" + link.Address()
	}
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// deaf takes Retry-After out of what comes back.
type deaf struct{ http.RoundTripper }

func (d deaf) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := d.RoundTripper.RoundTrip(request)
	if err == nil {
		response.Header.Del("Retry-After")
	}
	return response, err
}

func withoutRetryAfter(next http.RoundTripper) http.RoundTripper {
	return deaf{next}
}

// flood is too much for a deployment.
type flood struct {
	*deployment
	cases    []traffic.Case
	capacity float64 // calls a second
	goodput  float64 // the same, in the last run
}

func (f *flood) traffic(t *testing.T, wrap transport.WrapperFunc) *traffic.Traffic {
	t.Helper()
	calls, err := traffic.New(f.cases, 2, f.balancer.Address(),
		f.site.authority.PEM, floodTimeout, wrap)
	if err != nil {
		t.Fatal(err)
	}
	return calls
}

func (f *flood) learn(t *testing.T) {
	t.Helper()
	calls := f.traffic(t, nil)
	if err := calls.Learn(); err != nil {
		t.Fatal(err)
	}
	for _, c := range calls.Cases {
		if c.Right[0].Allowed {
			t.Fatalf("%s: %+v", c.Name, c.Right[0])
		}
	}
	f.cases = calls.Cases
}

// measureCapacity is how many calls are answered when nobody waits in vain.
func (f *flood) measureCapacity(t *testing.T) {
	t.Helper()
	calls := f.traffic(t, nil)
	calls.Callers, calls.Pause, calls.Burst = 64, 0, 0
	began := time.Now()
	running := calls.Start()
	time.Sleep(capacityTime)
	tally := running.Stop()
	if tally.Lost > 0 || tally.Wrong > 0 || tally.Calls < 64 {
		t.Fatalf("too much for measuring, or too little: %s", &tally)
	}
	f.capacity = float64(tally.Calls) / time.Since(began).Seconds()
}

func (f *flood) run(t *testing.T, calls *traffic.Traffic) traffic.Tally {
	t.Helper()
	began := time.Now()
	tally := calls.Flood(overload*f.capacity, floodTime)
	took := time.Since(began)
	f.goodput = float64(tally.Calls-tally.Lost-tally.Wrong) / took.Seconds()
	t.Logf("%.0f calls/s for %s where %.0f/s are possible, %.0f put off, "+
		"answered after %s: %s", overload*f.capacity, floodTime, f.capacity,
		f.shed(t), took.Round(time.Millisecond), &tally)
	return tally
}

// shed is how many calls were told to come again, since the start.
func (f *flood) shed(t *testing.T) (total float64) {
	t.Helper()
	for _, r := range f.replicas {
		count, err := r.Metric("meshvet_shed_total")
		if err != nil {
			t.Fatal(err)
		}
		total += count
	}
	return total
}

func (f *flood) isSurvived(t *testing.T) {
	calls := f.traffic(t, nil)
	if tally := f.run(t, calls); failures(tally) > mostFailures {
		t.Errorf("%.2f %% of the calls failed", 100*failures(tally))
	}
	for _, r := range f.replicas {
		resident, err := r.Resident()
		if err != nil || resident > mostMemory {
			t.Errorf("%d KiB are resident (%v)", resident, err)
		}
	}
	hasRecovered(t, calls)
}

// hasRecovered is about the same API servers: they have idle connections now.
func hasRecovered(t *testing.T, calls *traffic.Traffic) {
	t.Helper()
	calls.Callers, calls.Burst = 2, 0
	running := calls.Start()
	time.Sleep(recoveryTime)
	tally := running.Stop()
	t.Logf("after it: %s", &tally)
	if tally.Lost > 0 || tally.Wrong > 0 || tally.Calls == 0 {
		t.Errorf("it has not recovered: %s", &tally)
	}
}

func failures(tally traffic.Tally) float64 {
	return float64(tally.Lost+tally.Wrong) / float64(tally.Calls)
}
