package load

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"testing"
	"time"

	"meshvet.dev/load/apiserver"
	"meshvet.dev/load/hostile"
	"meshvet.dev/load/replica"
	"meshvet.dev/load/traffic"
)

const (
	attackTime = time.Second
	// Honest calls may take so many times as long, and this much besides, in
	// the best of so many runs.
	mostSlower = 5
	// Attackers, callers and the server share two processors here, and others
	// use them too.
	slowerFloor = 30 * time.Millisecond
	attackRuns  = 4
	// KiB it may keep after all of it: what the allocator holds.
	mostKept = 40 << 10
	// Of two API servers for two paths: each keeps a connection for as many
	// calls as it made at once.
	pools = 4
)

// Honest calls beside every attack: none is lost, wrong, or much slower.
func TestHostileClientsHurtNobodyElse(t *testing.T) {
	s := newSite(t)
	r := s.startReady(t)
	calls := s.honest(t, r)
	measure := func() traffic.Tally {
		running := calls.Start()
		time.Sleep(attackTime)
		tally := running.Stop()
		expectHonest(t, "calls", &tally)
		return tally
	}
	measure() // warms all up
	calm := measure()
	limit := mostSlower*calm.Percentile(0.99) + slowerFloor
	t.Logf("calm: %s", &calm)
	before := footprintOf(t, r)

	for _, attack := range hostile.Attacks() {
		t.Run(attack.Name, func(t *testing.T) {
			var tally traffic.Tally
			for run := range attackRuns {
				tally = beside(t, s, r, attack, measure)
				t.Logf("run %d: %s", run, &tally)
				if tally.Percentile(0.99) < limit {
					return
				}
			}
			t.Errorf("honest calls take too long: p99 %s, calm %s",
				tally.Percentile(0.99), calm.Percentile(0.99))
		})
	}
	expectFootprint(t, r, before, calls)
}

// honest is traffic of API servers that mean well.
func (s *site) honest(t *testing.T, r *replica.Replica) *traffic.Traffic {
	t.Helper()
	calls, err := traffic.New(s.cases(t, s.policy), 2, r.Webhook,
		s.authority.PEM, 10*time.Second, nil)
	if err != nil {
		t.Fatal(err)
	}
	calls.Callers, calls.Pause, calls.Burst = 8, 10*time.Millisecond, 0
	return calls
}

func expectHonest(t *testing.T, what string, tally *traffic.Tally) {
	t.Helper()
	if tally.Lost > 0 || tally.Wrong > 0 || tally.Calls == 0 {
		t.Errorf("%s: lost, wrong or none: %s", what, tally)
	}
}

func beside(t *testing.T, s *site, r *replica.Replica, attack hostile.Attack,
	measure func() traffic.Tally) traffic.Tally {
	t.Helper()
	ctx, end := context.WithCancel(context.Background())
	defer end()
	began := make(chan struct{})
	outcome := make(chan error, 1)
	target := s.target(t, r)
	go func() {
		outcome <- attack.Run(ctx, target, func() { close(began) })
	}()
	select {
	case err := <-outcome:
		t.Fatalf("the attack never began: %v", err)
	case <-began:
	}
	tally := measure()
	end()
	if err := <-outcome; err != nil {
		t.Errorf("the attack failed: %v", err)
	}
	return tally
}

func (s *site) target(t *testing.T, r *replica.Replica) hostile.Target {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(s.authority.PEM)
	return hostile.Target{
		Address: r.Webhook,
		TLS: &tls.Config{RootCAs: roots, ServerName: apiserver.ServiceName,
			MinVersion: tls.VersionTLS12},
		Request: request(t, deniedReview),
	}
}

// footprint is what a replica has of the machine.
type footprint struct{ descriptors, resident int }

func footprintOf(t *testing.T, r *replica.Replica) footprint {
	t.Helper()
	descriptors, err := r.Descriptors()
	if err != nil {
		t.Fatal(err)
	}
	resident, err := r.Resident()
	if err != nil {
		t.Fatal(err)
	}
	return footprint{descriptors, resident}
}

// expectFootprint also is an error if it is not ready. The callers may keep
// their connections.
func expectFootprint(t *testing.T, r *replica.Replica, before footprint,
	calls *traffic.Traffic) {
	t.Helper()
	most := before.descriptors + pools*calls.Callers
	waitFor(t, "the end of all other connections", func() bool {
		return footprintOf(t, r).descriptors <= most
	})
	after := footprintOf(t, r)
	t.Logf("before %+v, after %+v", before, after)
	if after.resident > before.resident+mostKept {
		t.Errorf("%d KiB are resident, %d were", after.resident, before.resident)
	}
	if _, err := r.Get("/readyz"); err != nil {
		t.Error(err)
	}
}
