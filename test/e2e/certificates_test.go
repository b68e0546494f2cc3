package e2e

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"meshvet.dev/e2e/cluster"
	"meshvet.dev/e2e/meshvet"
)

const (
	tlsSecret  = meshvet.OwnNamespace + "/meshvet-tls"
	validating = "validatingwebhookconfiguration/meshvet"
	mutating   = "mutatingwebhookconfiguration/meshvet"
)

// authoritySite is a cluster of its own, in which replicas of meshvet keep an
// authority in a Secret.
type authoritySite struct {
	t          *testing.T
	kubectl    cluster.Kubectl
	kubeconfig string
	folder     string
	replicas   []*meshvet.Server
}

func newAuthoritySite(t *testing.T) *authoritySite {
	t.Helper()
	folder := t.TempDir()
	c, err := cluster.Start(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Stop)
	s := &authoritySite{
		t: t, kubectl: c.Kubectl(), kubeconfig: c.Kubeconfig(), folder: folder,
	}
	mustRun(t, s.kubectl, "create", "namespace", meshvet.OwnNamespace)
	return s
}

// start brings up so many replicas at the same moment, and gives the first.
func (s *authoritySite) start(count int, flags ...string) *meshvet.Server {
	s.t.Helper()
	first := len(s.replicas)
	s.replicas = append(s.replicas, make([]*meshvet.Server, count)...)
	errs := make([]error, count)
	var all sync.WaitGroup
	for i := range count {
		folder := filepath.Join(s.folder, fmt.Sprintf("replica-%d", first+i))
		if err := os.Mkdir(folder, 0o700); err != nil {
			s.t.Fatal(err)
		}
		all.Add(1)
		go func() {
			defer all.Done()
			s.replicas[first+i], errs[i] = meshvet.Serve(folder, append([]string{
				"--kubeconfig=" + s.kubeconfig,
				"--tls-secret=" + tlsSecret,
				"--tls-dns-name=127.0.0.1",
				"--tls-secret-interval=100ms",
				"--tls-ca-grace=3s",
			}, flags...)...)
		}()
	}
	all.Wait()
	for i, err := range errs {
		if err != nil {
			s.t.Fatal(err)
		}
		s.t.Cleanup(func() { s.replicas[first+i].Stop() })
	}
	return s.replicas[first]
}

func (s *authoritySite) register(server *meshvet.Server) {
	s.t.Helper()
	list, err := meshvet.Registration(server.URL(), nil, meshvet.Ignore)
	if err != nil {
		s.t.Fatal(err)
	}
	path := filepath.Join(s.folder, "registration.json")
	if err := os.WriteFile(path, list, 0o600); err != nil {
		s.t.Fatal(err)
	}
	if err := apply(s.kubectl, path); err != nil {
		s.t.Fatal(err)
	}
}

func (s *authoritySite) get(what, path string) string {
	output := s.kubectl.Run("get", what, "-o", "jsonpath="+path)
	if output.Code != 0 {
		s.t.Errorf("get %s: %s", what, output.Stderr)
	}
	return output.Stdout
}

// decoded is a field in base64.
func (s *authoritySite) decoded(what, path string) string {
	text, err := base64.StdEncoding.DecodeString(s.get(what, path))
	if err != nil {
		s.t.Errorf("%s of %s: %v", path, what, err)
	}
	return string(text)
}

func (s *authoritySite) bundle(what string) string {
	return s.decoded(what, "{.webhooks[0].clientConfig.caBundle}")
}

func (s *authoritySite) secret(key string) string {
	output := s.kubectl.Run("get", "secret", "meshvet-tls",
		"--namespace="+meshvet.OwnNamespace,
		"-o", "jsonpath={.data."+strings.ReplaceAll(key, ".", `\.`)+"}")
	text, err := base64.StdEncoding.DecodeString(output.Stdout)
	if err != nil || output.Code != 0 {
		s.t.Errorf("%s of the Secret: %v %s", key, err, output.Stderr)
	}
	return string(text)
}

func (s *authoritySite) certs(arguments ...string) string {
	s.t.Helper()
	binary, err := meshvet.Binary()
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command(binary, append([]string{"certs"}, arguments...)...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+s.kubeconfig)
	output, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("certs %v: %v: %s", arguments, err, output)
	}
	return string(output)
}

// await is for what happens within some intervals.
func (s *authoritySite) await(what string, happened func() bool) {
	s.t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		if happened() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.t.Fatalf("%s: not within a minute", what)
}

// connect does a handshake, trusting bundle alone.
func connect(server *meshvet.Server, bundle string) (*x509.Certificate, error) {
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(bundle)) {
		return nil, fmt.Errorf("no bundle: %q", bundle)
	}
	connection, err := tls.Dial("tcp", server.Address(),
		&tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12})
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	return connection.ConnectionState().PeerCertificates[0], nil
}

func TestAuthority(t *testing.T) {
	t.Parallel()
	s := newAuthoritySite(t)
	s.start(2)
	t.Run("replicas that race have one authority", s.oneAuthority)
	t.Run("only the caBundle is patched", s.onlyTheBundle)
	t.Run("nobody is lost while the CA changes", s.nobodyIsLost)
	t.Run("a certificate near its end is renewed", func(t *testing.T) {
		s.isRenewed(t, 20*time.Second)
	})
	t.Run("and one that has ended", func(t *testing.T) {
		s.isRenewed(t, -time.Minute)
	})
	for _, replica := range s.replicas {
		replica.Stop()
	}
	t.Run("the failure policy is promoted", s.isPromoted)
}

func (s *authoritySite) oneAuthority(t *testing.T) {
	ca := s.secret("ca.crt")
	serials := map[string]bool{}
	for _, replica := range s.replicas {
		leaf, err := connect(replica, ca)
		if err != nil {
			t.Fatal(err)
		}
		serials[leaf.SerialNumber.String()] = true
	}
	if len(serials) != 1 {
		t.Errorf("the replicas serve different certificates: %v", serials)
	}
}

func (s *authoritySite) onlyTheBundle(t *testing.T) {
	s.register(s.replicas[0])
	ca := s.secret("ca.crt")
	for _, what := range []string{validating, mutating} {
		s.await("the bundle of "+what, func() bool { return s.bundle(what) == ca })
	}
	list, err := os.ReadFile(filepath.Join(s.folder, "registration.json"))
	if err != nil {
		t.Fatal(err)
	}
	var applied struct{ Items []map[string]any }
	if err := json.Unmarshal(list, &applied); err != nil {
		t.Fatal(err)
	}
	for _, want := range applied.Items {
		what := strings.ToLower(want["kind"].(string)) + "/meshvet"
		var got map[string]any
		output := s.kubectl.Run("get", what, "-o", "json")
		if err := json.Unmarshal([]byte(output.Stdout), &got); err != nil {
			t.Fatal(err)
		}
		wanted, stored := theWebhook(want), theWebhook(got)
		// Not in what was applied: the API server's defaults.
		delete(stored, "objectSelector")
		if !reflect.DeepEqual(wanted, stored) {
			t.Errorf("%s:\n got %v\nwant %v", what, stored, wanted)
		}
	}
}

// theWebhook is the only one of a configuration, without its caBundle.
func theWebhook(configuration map[string]any) map[string]any {
	webhook := configuration["webhooks"].([]any)[0].(map[string]any)
	delete(webhook["clientConfig"].(map[string]any), "caBundle")
	return webhook
}

func (s *authoritySite) nobodyIsLost(t *testing.T) {
	before := s.secret("ca.crt")
	var published atomic.Value
	published.Store(s.bundle(validating))
	done := make(chan struct{})
	var clients sync.WaitGroup
	var handshakes, bundles atomic.Int64
	clients.Add(1)
	go func() { // as an API server notices its configurations, only later
		defer clients.Done()
		for {
			select {
			case <-done:
				return
			default:
				if now := s.bundle(validating); now != published.Load() {
					published.Store(now)
					bundles.Add(1)
				}
			}
		}
	}()
	for _, replica := range s.replicas {
		clients.Add(1)
		go func() {
			defer clients.Done()
			for {
				select {
				case <-done:
					return
				default:
				}
				_, err := connect(replica, published.Load().(string))
				if err != nil {
					t.Error(err)
					return
				}
				handshakes.Add(1)
			}
		}()
	}
	s.certs("rotate", "--tls-secret="+tlsSecret)
	s.certs("rotate", "--tls-secret="+tlsSecret, "--ca")
	s.await("another CA alone", func() bool {
		now := s.bundle(validating)
		return now != before && strings.Count(now, "BEGIN") == 1
	})
	close(done)
	clients.Wait()
	after := s.secret("ca.crt")
	if after == before || s.bundle(mutating) != after {
		t.Error("the CA did not change everywhere")
	}
	for _, replica := range s.replicas {
		if _, err := connect(replica, before); err == nil {
			t.Error("a replica still serves a certificate of the old CA")
		}
	}
	// Old; old and new; new and old; new.
	if bundles.Load() < 2 || handshakes.Load() < 100 {
		t.Errorf("only %d handshakes and %d new bundles", handshakes.Load(),
			bundles.Load())
	}
	t.Logf("%d handshakes, %d new bundles", handshakes.Load(), bundles.Load())
}

// signer is the CA in the Secret.
func (s *authoritySite) signer(t *testing.T) (*x509.Certificate, crypto.Signer) {
	t.Helper()
	pair, err := tls.X509KeyPair([]byte(s.secret("ca.crt")),
		[]byte(s.secret("ca.key")))
	if err != nil {
		t.Fatal(err)
	}
	return pair.Leaf, pair.PrivateKey.(crypto.Signer)
}

// store puts a certificate for loopback into the Secret that ends after `left`.
func (s *authoritySite) store(t *testing.T, left time.Duration) *big.Int {
	t.Helper()
	ca, caKey := s.signer(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(left),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca, key.Public(),
		caKey)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	data := map[string][]byte{
		"tls.crt": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		"tls.key": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}),
	}
	patch, err := json.Marshal(map[string]any{"data": data})
	if err != nil {
		t.Fatal(err)
	}
	mustRun(t, s.kubectl, "patch", "secret", "meshvet-tls", "--type=merge",
		"--namespace="+meshvet.OwnNamespace, "--patch="+string(patch))
	return template.SerialNumber
}

func (s *authoritySite) isStored(leaf *x509.Certificate) bool {
	block, _ := pem.Decode([]byte(s.secret("tls.crt")))
	return block != nil && bytes.Equal(block.Bytes, leaf.Raw)
}

// isRenewed: every replica serves another certificate, of the same CA, before
// the one in the Secret ends; and at no time one that nobody may take.
func (s *authoritySite) isRenewed(t *testing.T, left time.Duration) {
	ca := s.secret("ca.crt")
	end := time.Now().Add(left)
	serial := s.store(t, left)
	for _, replica := range s.replicas {
		s.await("a new certificate", func() bool {
			leaf, err := connect(replica, ca)
			if err != nil {
				t.Error(err)
				return true
			}
			return leaf.SerialNumber.Cmp(serial) != 0 &&
				time.Until(leaf.NotAfter) > 80*24*time.Hour &&
				s.isStored(leaf)
		})
	}
	if left > 0 && time.Now().After(end) {
		t.Error("it was renewed after its end")
	}
	if s.secret("ca.crt") != ca {
		t.Error("another CA for another certificate")
	}
}

func (s *authoritySite) policies() string {
	return s.get(validating, "{.webhooks[*].failurePolicy}") + " " +
		s.get(mutating, "{.webhooks[*].failurePolicy}")
}

const auditEverything = `apiVersion: meshvet.dev/v1alpha1
kind: Config
rules:
  workload-entry-missing-label: {action: audit, fix: "off"}
`

func (s *authoritySite) isPromoted(t *testing.T) {
	audit := filepath.Join(s.folder, "audit.yaml")
	if err := os.WriteFile(audit, []byte(auditEverything), 0o600); err != nil {
		t.Fatal(err)
	}
	auditing := s.start(1, "--promote-failure-policy=Fail", "--config="+audit)
	s.register(auditing)
	s.await("a word why not", func() bool {
		log, err := os.ReadFile(auditing.Log())
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(string(log),
			"a WorkloadEntry that lacks a label was not patched") &&
			strings.Contains(string(log),
				"a WorkloadEntry without labels was let through")
	})
	if got := s.policies(); got != "Ignore Ignore" {
		t.Fatalf("promoted without proof: %s", got)
	}
	auditing.Stop()

	replica := s.start(1, "--promote-failure-policy=Fail")
	s.register(replica)
	s.await("promotion", func() bool { return s.policies() == "Fail Fail" })
	entries := s.kubectl.Run("get", "workloadentries", "--all-namespaces", "-o",
		"name")
	if entries.Stdout != "" {
		t.Errorf("the proof left something behind: %s", entries.Stdout)
	}
	s.neverPromotedAgain(t, replica)
	replica.Stop()
	// Applying the manifests again took it back; the rollout of a new version
	// promotes again.
	s.register(s.start(1, "--promote-failure-policy=Fail"))
	s.await("promotion", func() bool { return s.policies() == "Fail Fail" })
}

// Who goes back to Ignore wants to get out of trouble. That the bundle is
// mended shows that turns went by.
func (s *authoritySite) neverPromotedAgain(t *testing.T,
	replica *meshvet.Server) {
	s.register(replica)
	ca := s.secret("ca.crt")
	for range 3 {
		mustRun(t, s.kubectl, "patch", validating, "--type=json", "--patch",
			`[{"op": "remove", "path": "/webhooks/0/clientConfig/caBundle"}]`)
		s.await("the bundle", func() bool { return s.bundle(validating) == ca })
		time.Sleep(time.Second)
	}
	if got := s.policies(); got != "Ignore Ignore" {
		t.Errorf("promoted against the will of somebody: %s", got)
	}
}
