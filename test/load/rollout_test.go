package load

import (
	"testing"
	"time"

	"meshvet.dev/load/balancer"
	"meshvet.dev/load/replica"
	"meshvet.dev/load/traffic"
)

const (
	rollouts = 10
	replicas = 2
	// How long it takes until no new connection goes to a replica that is not
	// ready any more is lag; the lame duck has to be longer.
	lameDuck = "--lame-duck=1200ms"
)

var lag = balancer.Lag{
	Probe:   100 * time.Millisecond,
	Publish: 500 * time.Millisecond,
}

// deployment is some replicas behind a balancer, under load.
type deployment struct {
	site     *site
	balancer *balancer.Balancer
	replicas []*replica.Replica
	flags    []string
}

func newDeployment(t *testing.T, flags ...string) *deployment {
	t.Helper()
	return newSite(t).deploy(t, flags...)
}

func (s *site) deploy(t *testing.T, flags ...string) *deployment {
	t.Helper()
	b, err := balancer.New(lag)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	d := &deployment{site: s, balancer: b, flags: flags}
	for range replicas {
		d.replicas = append(d.replicas, d.start(t))
	}
	for _, r := range d.replicas {
		d.awaitRoute(t, r)
	}
	return d
}

// start does not wait until the new one is ready.
func (d *deployment) start(t *testing.T) *replica.Replica {
	t.Helper()
	r := d.site.start(t, d.flags...)
	d.balancer.Add(target(r))
	return r
}

func target(r *replica.Replica) balancer.Target {
	return balancer.Target{Address: r.Webhook, ReadyURL: r.ReadyURL()}
}

func (d *deployment) awaitRoute(t *testing.T, r *replica.Replica) {
	t.Helper()
	if err := r.WaitReady(time.Minute); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "a route to the new replica", func() bool {
		return d.balancer.Routes(target(r))
	})
}

// underLoad tallies the calls of two API servers while something happens.
func (d *deployment) underLoad(t *testing.T, happens func()) traffic.Tally {
	t.Helper()
	calls, err := traffic.New(d.site.cases(t, d.site.policy), 2,
		d.balancer.Address(), d.site.authority.PEM, 5*time.Second, nil)
	if err != nil {
		t.Fatal(err)
	}
	running := calls.Start()
	defer running.Stop()
	happens()
	return running.Stop()
}

// replace ends one replica while the next starts, as a Deployment with
// maxUnavailable: 1 does.
func (d *deployment) replace(t *testing.T, index int) (exitCode int) {
	t.Helper()
	old := d.replicas[index]
	d.replicas[index] = d.start(t)
	exitCode = old.Stop()
	d.balancer.Remove(target(old))
	d.awaitRoute(t, d.replicas[index])
	return exitCode
}

func TestRollingRestartsLoseNoCall(t *testing.T) {
	d := newDeployment(t, lameDuck)
	tally := d.underLoad(t, func() {
		for range rollouts {
			for index := range d.replicas {
				if code := d.replace(t, index); code != 0 {
					t.Errorf("exit code %d, want 0", code)
				}
			}
		}
	})
	t.Logf("%d rolling restarts: %s", rollouts, &tally)
	if tally.Lost > 0 || tally.Wrong > 0 || tally.Calls < 1000 {
		t.Errorf("calls were lost, wrong or too few: %s", &tally)
	}
}

// The same load notices what a rollout must not do.
func TestALostCallIsNoticed(t *testing.T) {
	for name, end := range map[string]func(*deployment, *replica.Replica){
		"without a lame duck": func(_ *deployment, r *replica.Replica) { r.Stop() },
		"by SIGKILL":          func(_ *deployment, r *replica.Replica) { r.Kill() },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDeployment(t, "--lame-duck=0")
			tally := d.underLoad(t, func() {
				time.Sleep(300 * time.Millisecond)
				end(d, d.replicas[0])
				waitFor(t, "no route to it", func() bool {
					return !d.balancer.Routes(target(d.replicas[0]))
				})
			})
			t.Log(&tally)
			if tally.Lost == 0 {
				t.Errorf("no call was lost: %s", &tally)
			}
			if tally.Wrong > 0 {
				t.Errorf("a lost call must not be a wrong one: %s", &tally)
			}
		})
	}
}
