package load

import (
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"meshvet.dev/load/faults"
	"meshvet.dev/load/replica"
)

const (
	faultTime   = 700 * time.Millisecond
	frozenTime  = 3 * time.Second
	fewFiles    = 64
	manyClients = 200
)

// startUnder starts a replica that is ready, by other words before its own.
func (s *site) startUnder(t *testing.T, words ...string) *replica.Replica {
	t.Helper()
	r, err := replica.StartUnder(s.folder, words,
		"--tls-cert-file="+s.secret.Path("tls.crt"),
		"--tls-private-key-file="+s.secret.Path("tls.key"),
		"--config="+s.policy, s.mesh)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Kill)
	if err := r.WaitReady(time.Minute); err != nil {
		t.Fatal(err)
	}
	return r
}

func newFaults(t *testing.T) *faults.Faults {
	t.Helper()
	f, err := faults.New(t.TempDir(), "faults/preload/faults.c")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// expectService makes honest calls for a while, many of them on connections of
// their own.
func (s *site) expectService(t *testing.T, r *replica.Replica, what string) {
	t.Helper()
	calls := s.honest(t, r)
	calls.Burst, calls.BurstEvery = 60, faultTime/4
	running := calls.Start()
	time.Sleep(faultTime)
	tally := running.Stop()
	t.Logf("%s: %s", what, &tally)
	expectHonest(t, what, &tally)
}

func TestEveryFailureOfAccept(t *testing.T) {
	s := newSite(t)
	for _, failure := range []syscall.Errno{
		syscall.ECONNABORTED, syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS,
		syscall.ENOMEM, syscall.EPROTO, syscall.EINTR, syscall.EPERM,
	} {
		t.Run(failure.Error(), func(t *testing.T) {
			f := newFaults(t)
			r := s.startUnder(t,
				f.Words(fmt.Sprintf("FAULTS_ACCEPT=%d", int(failure)))...)
			s.expectService(t, r, "calls")
			if noted, err := r.Metric("meshvet_accept_errors_total"); err != nil ||
				noted == 0 || f.Done() == 0 {
				t.Errorf("%d failures, %v noted, %v", f.Done(), noted, err)
			}
		})
	}
}

func TestPiecemealStreams(t *testing.T) {
	s := newSite(t)
	f := newFaults(t)
	r := s.startUnder(t, f.Words("FAULTS_STREAM=1")...)
	s.expectService(t, r, "calls")
	if f.Done() < 100 {
		t.Errorf("%d faults are too few", f.Done())
	}
}

func tellsTheHour(log string, at time.Time) bool {
	return strings.Contains(log, at.UTC().Format("2006-01-02T15:"))
}

func TestClockJumps(t *testing.T) {
	s := newSite(t)
	f := newFaults(t)
	r := s.startUnder(t, f.Words()...)
	// Less than the certificate is valid, in both directions.
	const forth, back = 20 * time.Hour, -50 * time.Minute
	for _, shift := range []time.Duration{forth, back, 0} {
		calls := s.honest(t, r)
		running := calls.Start()
		time.Sleep(faultTime / 2)
		before, err := r.Log()
		if err != nil {
			t.Fatal(err)
		}
		f.ShiftClock(shift)
		from := time.Now().Add(shift)
		time.Sleep(faultTime)
		tally := running.Stop()
		t.Logf("%s: %s", shift, &tally)
		expectHonest(t, shift.String(), &tally)
		text, err := r.Log()
		if err != nil {
			t.Fatal(err)
		}
		// The hour may have ended meanwhile.
		text = text[len(before):]
		if !tellsTheHour(text, from) &&
			!tellsTheHour(text, time.Now().Add(shift)) {
			t.Errorf("nothing was logged at %s: %s", from, text)
		}
	}
	if _, err := r.Get("/readyz"); err != nil {
		t.Error(err)
	}
}

func TestFullDiskUnderTheLog(t *testing.T) {
	s := newSite(t)
	r := s.startUnder(t, "/bin/sh", "-c", `exec "$@" 2>/dev/full`, "sh")
	s.expectService(t, r, "calls")
}

// A node that stands still for a while.
func TestFrozenReplica(t *testing.T) {
	s := newSite(t)
	r := s.startReady(t)
	running := s.honest(t, r).Start()
	time.Sleep(faultTime)
	if err := r.Pause(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(frozenTime)
	if err := r.Resume(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(faultTime)
	tally := running.Stop()
	t.Logf("frozen: %s", &tally)
	expectHonest(t, "frozen", &tally)
	if slowest := tally.Percentile(1); slowest < frozenTime/2 {
		t.Errorf("it was not frozen: the slowest call took %s", slowest)
	}
}

// More clients than it may have files, until they leave: probes are answered
// all the while, and calls once there is room.
func TestTooFewFiles(t *testing.T) {
	s := newSite(t)
	r := s.startUnder(t, "/usr/bin/prlimit",
		fmt.Sprintf("--nofile=%d", fewFiles), "--")
	var clients []net.Conn
	for range manyClients {
		// The kernel takes it in, whether or not the replica can.
		connection, err := net.Dial("tcp", r.Webhook)
		if err != nil {
			t.Fatal(err)
		}
		clients = append(clients, connection)
	}
	waitFor(t, "the last file", func() bool {
		return shedFor(t, r, "connections") > 0
	})
	if _, err := r.Get("/readyz"); err != nil {
		t.Error(err)
	}
	for _, connection := range clients {
		connection.Close()
	}
	calls := s.honest(t, r)
	calls.Callers = 2 // they keep their connections
	running := calls.Start()
	time.Sleep(faultTime)
	tally := running.Stop()
	t.Logf("after they left: %s", &tally)
	expectHonest(t, "after they left", &tally)
}
