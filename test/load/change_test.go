package load

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"meshvet.dev/load/apiserver"
	"meshvet.dev/load/certificates"
	"meshvet.dev/load/mount"
	"meshvet.dev/load/replica"
	"meshvet.dev/load/traffic"
)

const (
	changeTime       = 10 * time.Second
	certificateEvery = time.Second
	policyEvery      = 20 * time.Millisecond
	handshakeEvery   = 10 * time.Millisecond
)

// Two policies that say something else about each review that is denied.
const (
	firstPolicy = `apiVersion: meshvet.dev/v1alpha1
kind: Config
extends: [EXAMPLE]
`
	secondPolicy = firstPolicy + `rules:
  virtual-service-cross-namespace-host: {action: warn}
  destination-rule-mtls-mismatch: {action: audit}
  workload-entry-missing-label:
    fix: "off"
    options:
      labels: [app, team, zone]
`
)

func TestChangesUnderLoadLoseNoCall(t *testing.T) {
	s := newSite(t)
	pairs := []certificates.Pair{s.pair, secondPair(t, s)}
	policies := policyFiles(t, s.folder)
	volume := policyVolume(t, s, policies)
	r := s.startReady(t, "--config-interval="+policyEvery.String())

	calls, err := traffic.New(s.cases(t, policies...), 2, r.Webhook,
		s.authority.PEM, 5*time.Second, nil)
	if err != nil {
		t.Fatal(err)
	}
	running := calls.Start()
	defer running.Stop()
	var changes sync.WaitGroup
	end := time.Now().Add(changeTime)
	every := func(interval time.Duration, change func(turn int)) {
		changes.Add(1)
		go func() {
			defer changes.Done()
			for turn := 1; time.Now().Before(end); turn++ {
				change(turn)
				time.Sleep(interval)
			}
		}()
	}
	every(certificateEvery, func(turn int) {
		if err := s.secret.Update(files(pairs[turn%2])); err != nil {
			t.Error(err)
		}
	})
	every(policyEvery, func(turn int) {
		if err := volume.Update(policyFile(t, policies[turn%2])); err != nil {
			t.Error(err)
		}
	})
	seen := handshakes{}
	every(handshakeEvery, func(turn int) { seen.shake(t, s, r, turn) })
	changes.Wait()
	tally := running.Stop()

	t.Logf("%d policies, handshakes by certificate %v: %s",
		len(tally.Generations), seen, &tally)
	if tally.Lost > 0 || tally.Wrong > 0 || tally.Calls < 1000 {
		t.Errorf("calls were lost, wrong or too few: %s", &tally)
	}
	seen.compare(t, pairs)
	expectReloads(t, r, len(tally.Generations))
}

func secondPair(t *testing.T, s *site) certificates.Pair {
	t.Helper()
	pair, err := s.authority.Issue(apiserver.ServiceName)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

// handshakes are counted by the serial number of the certificate shown.
type handshakes map[int64]int

// shake proves that the server has the key of what it shows: both versions of
// TLS have it sign something.
func (h handshakes) shake(t *testing.T, s *site, r *replica.Replica,
	turn int) {
	versions := []uint16{tls.VersionTLS12, tls.VersionTLS13}
	connection, err := s.tryDial(r.Webhook, versions[turn%2])
	if err != nil {
		t.Errorf("handshake %d: %v", turn, err)
		return
	}
	defer connection.Close()
	shown := connection.ConnectionState().PeerCertificates[0]
	h[shown.SerialNumber.Int64()]++
}

// compare: each certificate was shown, and no other.
func (h handshakes) compare(t *testing.T, pairs []certificates.Pair) {
	t.Helper()
	for _, pair := range pairs {
		if h[pair.Serial] == 0 {
			t.Errorf("certificate %d was never shown: %v", pair.Serial, h)
		}
	}
	if len(h) != len(pairs) {
		t.Errorf("%d certificates were shown, want %d: %v", len(h), len(pairs), h)
	}
}

// expectReloads: what did not change proves nothing.
func expectReloads(t *testing.T, r *replica.Replica, answered int) {
	t.Helper()
	generation, err := r.Metric("meshvet_policy_generation")
	if err != nil {
		t.Fatal(err)
	}
	const least = 20
	if generation < least || answered < least {
		t.Errorf("%v policies were in force, %d answered: want at least %d",
			generation, answered, least)
	}
	rejected, err := r.Metric("meshvet_config_reload_failed_total")
	if err != nil {
		t.Fatal(err)
	}
	if rejected != 0 {
		t.Errorf("%v changes were rejected", rejected)
	}
}

// policyFiles are the policies one by one, for `meshvet review`.
func policyFiles(t *testing.T, folder string) []string {
	t.Helper()
	example, err := filepath.Abs(policy)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for name, text := range map[string]string{
		"first.yaml": firstPolicy, "second.yaml": secondPolicy,
	} {
		text = strings.Replace(text, "EXAMPLE", example, 1)
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		names = append(names, path)
	}
	slices.Sort(names)
	return names
}

// policyVolume mounts the first and has the site serve it.
func policyVolume(t *testing.T, s *site, policies []string) *mount.Volume {
	t.Helper()
	volume, err := mount.New(filepath.Join(s.folder, "config"),
		policyFile(t, policies[0]))
	if err != nil {
		t.Fatal(err)
	}
	s.policy = volume.Path("meshvet.yaml")
	return volume
}

func policyFile(t *testing.T, path string) map[string][]byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
	}
	return map[string][]byte{"meshvet.yaml": text}
}
