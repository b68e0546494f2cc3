// Package load tests `meshvet serve` under the load of API servers: rollouts,
// changes of certificate and policy, a busy mesh. scripts/load.sh runs it.
package load

import (
	"path/filepath"
	"testing"
	"time"

	"meshvet.dev/load/apiserver"
	"meshvet.dev/load/certificates"
	"meshvet.dev/load/mount"
	"meshvet.dev/load/replica"
	"meshvet.dev/load/traffic"
)

const (
	reviews   = "../../examples/reviews"
	inventory = "../../examples/mesh"
	policy    = "../../examples/meshvet.yaml"
)

// site is what replicas have in common.
type site struct {
	folder    string
	authority *certificates.Authority
	pair      certificates.Pair
	secret    *mount.Volume
	policy    string
	mesh      string // the flag that says where it is
}

func newSite(t *testing.T) *site {
	t.Helper()
	authority, err := certificates.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	pair, err := authority.Issue(apiserver.ServiceName)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{folder: t.TempDir(), authority: authority, pair: pair,
		policy: policy, mesh: "--inventory=" + inventory}
	s.secret, err = mount.New(filepath.Join(s.folder, "tls"), files(pair))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// files are those of a Secret of the type kubernetes.io/tls.
func files(pair certificates.Pair) map[string][]byte {
	return map[string][]byte{"tls.crt": pair.Certificate, "tls.key": pair.Key}
}

// start starts a replica, which ends with the test at the latest.
func (s *site) start(t *testing.T, flags ...string) *replica.Replica {
	t.Helper()
	r, err := replica.Start(s.folder, append([]string{
		"--tls-cert-file=" + s.secret.Path("tls.crt"),
		"--tls-private-key-file=" + s.secret.Path("tls.key"),
		"--config=" + s.policy,
		s.mesh,
	}, flags...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Kill)
	return r
}

func (s *site) startReady(t *testing.T, flags ...string) *replica.Replica {
	t.Helper()
	r := s.start(t, flags...)
	if err := r.WaitReady(time.Minute); err != nil {
		t.Fatal(err)
	}
	return r
}

func (s *site) cases(t *testing.T, policies ...string) []traffic.Case {
	t.Helper()
	cases, err := traffic.Cases(reviews, inventory, policies...)
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !done(); {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}
