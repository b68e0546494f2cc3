package load

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"meshvet.dev/e2e/cluster"

	"meshvet.dev/load/mesh"
	"meshvet.dev/load/replica"
	"meshvet.dev/load/traffic"
)

const (
	meshObjects      = 10_000
	changesPerSecond = 100
	watchTime        = 24 * time.Second
	mostCPU          = 0.10 // of one core
	mostGrowth       = 0.10 // of resident memory, from the first third on
	compareTime      = 15 * time.Second
)

// A mesh of 10,000 objects, a hundred of which change each second, in a real
// API server.
func TestABusyMesh(t *testing.T) {
	c, err := cluster.Start(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Stop)
	began := time.Now()
	m, err := mesh.Fill(c.Kubeconfig(), meshObjects)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d objects created in %s", meshObjects, time.Since(began))
	s := newSite(t)
	began = time.Now()
	r := s.startWith(t, "--kubeconfig="+c.Kubeconfig())
	t.Logf("ready after %s", time.Since(began).Round(time.Millisecond))
	known, err := r.Metric("meshvet_inventory_objects")
	if err != nil || known < meshObjects {
		t.Fatalf("serve knows %v objects (%v), want %d", known, err, meshObjects)
	}
	t.Run("costs little", func(t *testing.T) { watchAlone(t, m, r) })
	t.Run("is judged as fast", func(t *testing.T) { compareLatency(t, s, m, r) })
}

// startWith knows another mesh than that of the examples.
func (s *site) startWith(t *testing.T, source string) *replica.Replica {
	t.Helper()
	r, err := replica.Start(s.folder,
		"--tls-cert-file="+s.secret.Path("tls.crt"),
		"--tls-private-key-file="+s.secret.Path("tls.key"), source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Kill)
	if err := r.WaitReady(time.Minute); err != nil {
		t.Fatal(err)
	}
	return r
}

// changing calls change at the rate, until it is stopped.
type changing struct {
	cancel context.CancelFunc
	work   sync.WaitGroup
	done   atomic.Int64
	failed atomic.Value
}

func startChanging(change func(context.Context) error) *changing {
	const writers = 16 // each waits for its answer
	ctx, cancel := context.WithCancel(context.Background())
	c := &changing{cancel: cancel}
	due := make(chan struct{})
	c.work.Add(1)
	go func() {
		defer c.work.Done()
		defer close(due)
		pace(ctx, due)
	}()
	for range writers {
		c.work.Add(1)
		go func() {
			defer c.work.Done()
			for range due {
				if err := change(context.Background()); err != nil {
					c.failed.Store(err)
				}
				c.done.Add(1)
			}
		}()
	}
	return c
}

// pace says when a change is due. It makes up for what was late, as a ticker
// does not.
func pace(ctx context.Context, due chan<- struct{}) {
	began := time.Now()
	for count := 1; ; count++ {
		next := began.Add(time.Duration(count) * time.Second / changesPerSecond)
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(next)):
		}
		select {
		case <-ctx.Done():
			return
		case due <- struct{}{}:
		}
	}
}

func (c *changing) stop(t *testing.T) int {
	t.Helper()
	c.cancel()
	c.work.Wait()
	if err := c.failed.Load(); err != nil {
		t.Fatal(err)
	}
	return int(c.done.Load())
}

func watchAlone(t *testing.T, m *mesh.Mesh, r *replica.Replica) {
	changes := startChanging(m.Change)
	time.Sleep(watchTime / 3)
	before := measure(t, r)
	time.Sleep(watchTime * 2 / 3)
	after := measure(t, r)
	count := changes.stop(t)

	took := after.at.Sub(before.at)
	cpu := float64(after.cpu-before.cpu) / float64(took)
	growth := float64(after.resident-before.resident) / float64(before.resident)
	rate := float64(count) / watchTime.Seconds()
	t.Logf("%.0f changes/s: %.1f %% of a core, %d KiB resident, %+d KiB in %s",
		rate, 100*cpu, after.resident, after.resident-before.resident,
		took.Round(time.Second))
	if rate < 0.8*changesPerSecond {
		t.Errorf("only %.0f changes a second were made", rate)
	}
	if cpu > mostCPU {
		t.Errorf("watching takes %.1f %% of a core", 100*cpu)
	}
	if growth > mostGrowth {
		t.Errorf("memory grew by %.0f %%", 100*growth)
	}
}

type measurement struct {
	at       time.Time
	cpu      time.Duration
	resident int
}

func measure(t *testing.T, r *replica.Replica) measurement {
	t.Helper()
	cpu, err := r.CPU()
	if err != nil {
		t.Fatal(err)
	}
	resident, err := r.Resident()
	if err != nil {
		t.Fatal(err)
	}
	return measurement{time.Now(), cpu, resident}
}

// meshReviews are about objects of the mesh that is watched. What is right is
// what is said at first: changes of other objects must not change it.
func (s *site) meshReviews(t *testing.T, r *replica.Replica) *traffic.Traffic {
	t.Helper()
	cases, err := mesh.Reviews()
	if err != nil {
		t.Fatal(err)
	}
	calls, err := traffic.New(cases, 2, r.Webhook, s.authority.PEM,
		5*time.Second, nil)
	if err != nil {
		t.Fatal(err)
	}
	// A queue in front of the webhook would hide what is compared here.
	calls.Callers, calls.Burst = 8, 0
	if err := calls.Learn(); err != nil {
		t.Fatal(err)
	}
	for _, c := range calls.Cases {
		warns := len(c.Right[0].Warnings) > 0
		if !c.Right[0].Allowed || warns != strings.HasPrefix(c.Name, "warn") {
			t.Fatalf("%s: %+v", c.Name, c.Right[0])
		}
	}
	return calls
}

// compareLatency holds the replica against one that knows the same mesh from a
// file, where it does not change. Both are called at the same time, so that what
// else the machine does, the API server above all, meets both alike.
func compareLatency(t *testing.T, s *site, m *mesh.Mesh, r *replica.Replica) {
	file := filepath.Join(s.folder, "mesh.yaml")
	if err := mesh.Write(file, meshObjects); err != nil {
		t.Fatal(err)
	}
	still := s.startWith(t, "--inventory="+file)
	ofStill, ofBusy := s.meshReviews(t, still), s.meshReviews(t, r)
	changes := startChanging(m.Change)
	stillRunning, busyRunning := ofStill.Start(), ofBusy.Start()
	time.Sleep(compareTime)
	calm, busy := stillRunning.Stop(), busyRunning.Stop()
	count := changes.stop(t)

	t.Logf("%.0f changes/s\n  a mesh from a file:   %s\n  the mesh as it is now: %s",
		float64(count)/compareTime.Seconds(), &calm, &busy)
	for _, tally := range []*traffic.Tally{&calm, &busy} {
		if tally.Lost > 0 || tally.Wrong > 0 || tally.Calls < 1000 {
			t.Errorf("calls were lost, wrong or too few: %s", tally)
		}
	}
	expectNews(t, m, ofBusy)
	// Machines that build other things meanwhile are no clocks.
	const part = 0.99
	if busy.Percentile(part) > calm.Percentile(part)*3/2+time.Millisecond {
		t.Error("calls take longer while the mesh changes")
	}
}

// expectNews: a watch that has gone silent would cost nothing, either.
func expectNews(t *testing.T, m *mesh.Mesh, calls *traffic.Traffic) {
	t.Helper()
	if err := m.LoseSubset(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "a warning of the subset that is gone", func() bool {
		if err := calls.Learn(); err != nil {
			t.Fatal(err)
		}
		return len(calls.Cases[0].Right[0].Warnings) > 0
	})
}
