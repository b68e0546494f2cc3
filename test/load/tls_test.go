package load

import (
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"meshvet.dev/load/apiserver"
	"meshvet.dev/load/certificates"
	"meshvet.dev/load/replica"
)

// handshake is one client of OpenSSL, and what it says.
type handshake struct {
	name  string
	flags string
	want  string // part of what it says
}

// What a client offers that has forgotten nothing.
const anySecurity = " -cipher ALL:@SECLEVEL=0"

func TestHandshakes(t *testing.T) {
	s := newSite(t)
	r := s.startReady(t)
	for _, test := range []handshake{
		{"TLS 1.0", "-tls1" + anySecurity, "alert protocol version"},
		{"TLS 1.1", "-tls1_1" + anySecurity, "alert protocol version"},
		{"TLS 1.2", "-tls1_2", "Protocol version: TLSv1.2"},
		{"TLS 1.3", "-tls1_3", "Protocol version: TLSv1.3"},
		{"AEAD", "-tls1_2 -cipher ECDHE+AESGCM",
			"Ciphersuite: ECDHE-ECDSA-AES"},
		{"CBC", "-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA",
			"alert handshake failure"},
		{"RSA key exchange", "-tls1_2 -cipher AES128-GCM-SHA256:AES128-SHA",
			"alert handshake failure"},
		{"DHE", "-tls1_2 -cipher DHE", "alert handshake failure"},
		{"no encryption", "-tls1_2 -cipher NULL:@SECLEVEL=0",
			"alert handshake failure"},
		{"anonymous", "-tls1_2 -cipher aNULL:@SECLEVEL=0",
			"alert handshake failure"},
		{"X25519", "-tls1_3 -groups X25519", "Server Temp Key: X25519"},
		{"P-256", "-tls1_3 -groups P-256", "prime256v1"},
		{"a costly group", "-tls1_3 -groups ffdhe8192",
			"alert handshake failure"},
		{"SHA-1", "-tls1_2 -sigalgs ECDSA+SHA1" + anySecurity,
			"alert handshake failure"},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, r, "-brief") })
	}
	for _, test := range []handshake{
		{"HTTP/1.1 of both", "-alpn h2,http/1.1", "ALPN protocol: http/1.1"},
		{"HTTP/2 alone", "-alpn h2", "No ALPN negotiated"},
		{"no compression", "-tls1_2 -comp", "Compression: NONE"},
		{"no ticket of TLS 1.2", "-tls1_2", "Session-ID: \n"},
		{"no session of TLS 1.2", "-tls1_2 -no_ticket", "Session-ID: \n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			said := test.run(t, r)
			if strings.Contains(said, "session ticket") {
				t.Errorf("there is a ticket: %s", said)
			}
		})
	}
	w := s.dial(t, r.Webhook)
	w.send(t, request(t, deniedReview))
	w.expect(t, "an honest call", false)
}

func (h handshake) run(t *testing.T, r *replica.Replica,
	more ...string) string {
	t.Helper()
	said := openssl(r, "", append(strings.Fields(h.flags), more...)...)
	if !strings.Contains(said, h.want) {
		t.Errorf("there is no %q in\n%s", h.want, said)
	}
	return said
}

// openssl is all that s_client says; input is its standard input.
func openssl(r *replica.Replica, input string, flags ...string) string {
	command := exec.Command("openssl", append(
		[]string{"s_client", "-connect", r.Webhook}, flags...)...)
	command.Stdin = strings.NewReader(input)
	text, err := command.CombinedOutput()
	if err == nil {
		return string(text)
	}
	return fmt.Sprintf("%s%v", text, err)
}

// A client of TLS 1.2 that wants to begin anew is refused, and the others do
// not notice.
func TestRenegotiation(t *testing.T) {
	s := newSite(t)
	r := s.startReady(t)
	running := s.honest(t, r).Start()
	for range 3 {
		// s_client takes the line for its command if nothing else came with it.
		command := exec.Command("sh", "-c", `(sleep 0.2; echo R; sleep 0.2) |
			openssl s_client -tls1_2 -connect `+r.Webhook)
		text, _ := command.CombinedOutput()
		if said := string(text); !strings.Contains(said, "RENEGOTIATING") ||
			!strings.Contains(said, "no renegotiation") {
			t.Errorf("it was not refused:\n%s", said)
		}
	}
	tally := running.Stop()
	expectHonest(t, "beside it", &tally)
}

func TestOnlyTLS13(t *testing.T) {
	s := newSite(t)
	for name, flags := range map[string][]string{
		"alone":            nil,
		"with a client CA": {"--client-ca-file=" + s.write(t, s.authority.PEM)},
	} {
		t.Run(name, func(t *testing.T) {
			r := s.startReady(t, append(flags, "--tls-min-version=1.3")...)
			old := handshake{flags: "-tls1_2", want: "alert protocol version"}
			old.run(t, r, "-brief")
			current := handshake{flags: "-tls1_3", want: "TLSv1.3"}
			current.run(t, r, "-brief")
		})
	}
}

func (s *site) write(t *testing.T, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.pem")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestClientCertificates(t *testing.T) {
	s := newSite(t)
	stranger, err := certificates.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	const right = "kube-apiserver"
	now := time.Now()
	past, future := now.Add(-48*time.Hour), now.Add(48*time.Hour)
	r := s.startReady(t, "--client-ca-file="+s.write(t, s.authority.PEM),
		"--client-name="+right)
	for _, test := range []struct {
		name      string
		authority *certificates.Authority // nil: no certificate
		client    string
		from      time.Time
		want      string
	}{
		{"the right name", s.authority, right, now, "HTTP/1.1 404"},
		{"another name", s.authority, "somebody", now, "alert"},
		{"another CA", stranger, right, now, "alert unknown ca"},
		{"expired", s.authority, right, past, "alert certificate expired"},
		{"not yet valid", s.authority, right, future, "alert bad certificate"},
		{"none", nil, "", now, "alert certificate required"},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := handshakeErrors(t, r)
			flags := []string{"-ign_eof", "-quiet"}
			if test.authority != nil {
				flags = append(flags,
					s.clientFlags(t, test.authority, test.client, test.from)...)
			}
			said := openssl(r, "POST / HTTP/1.1\r\nHost: a\r\n\r\n", flags...)
			if !strings.Contains(said, test.want) {
				t.Errorf("there is no %q in\n%s", test.want, said)
			}
			refused := handshakeErrors(t, r) - before
			if wanted := !strings.HasPrefix(test.want, "HTTP"); (refused == 1) != wanted {
				t.Errorf("counted as refused: %v", refused)
			}
		})
	}
}

func (s *site) clientFlags(t *testing.T, authority *certificates.Authority,
	name string, from time.Time) []string {
	t.Helper()
	pair, err := authority.IssueClient(name, from)
	if err != nil {
		t.Fatal(err)
	}
	return []string{"-cert", s.write(t, pair.Certificate),
		"-key", s.write(t, pair.Key)}
}

// handshakeErrors counts clients that were refused for their certificate.
func handshakeErrors(t *testing.T, r *replica.Replica) float64 {
	t.Helper()
	count, err := r.Metric(
		`meshvet_tls_handshake_errors_total{reason="client_certificate"}`)
	if err != nil {
		t.Fatal(err)
	}
	return count
}

// scan is what sslscan says in XML.
type scan struct {
	Protocols []struct {
		Type    string `xml:"type,attr"`
		Version string `xml:"version,attr"`
		Enabled int    `xml:"enabled,attr"`
	} `xml:"ssltest>protocol"`
	Renegotiation struct {
		Supported int `xml:"supported,attr"`
	} `xml:"ssltest>renegotiation"`
	Heartbleed []struct {
		Vulnerable int `xml:"vulnerable,attr"`
	} `xml:"ssltest>heartbleed"`
	Ciphers []struct {
		Name string `xml:"cipher,attr"`
	} `xml:"ssltest>cipher"`
	Groups []struct {
		Name string `xml:"name,attr"`
	} `xml:"ssltest>group"`
}

// What a scanner finds, as a whole.
func TestScanner(t *testing.T) {
	s := newSite(t)
	r := s.startReady(t)
	text, err := exec.Command("sslscan", "--xml=-", "--sni-name="+
		apiserver.ServiceName, r.Webhook).Output()
	if err != nil {
		t.Fatalf("sslscan (scripts/setup.sh gates): %v", err)
	}
	var found scan
	if err := xml.Unmarshal(text, &found); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, protocol := range found.Protocols {
		got = append(got, fmt.Sprintf("%s %s: %d", protocol.Type,
			protocol.Version, protocol.Enabled))
	}
	for _, cipher := range found.Ciphers {
		got = append(got, cipher.Name)
	}
	for _, group := range found.Groups {
		got = append(got, group.Name)
	}
	want := []string{
		"ssl 2: 0", "ssl 3: 0", "tls 1.0: 0", "tls 1.1: 0", "tls 1.2: 1",
		"tls 1.3: 1",
		"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
		"TLS_CHACHA20_POLY1305_SHA256",
		"ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305",
		"ECDHE-ECDSA-AES128-GCM-SHA256",
		"secp256r1 (NIST P-256)", "secp384r1 (NIST P-384)", "x25519",
		"secp256r1 (NIST P-256)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if found.Renegotiation.Supported != 0 || len(found.Heartbleed) == 0 {
		t.Errorf("renegotiation or nothing tried: %s", text)
	}
	for _, try := range found.Heartbleed {
		if try.Vulnerable != 0 {
			t.Errorf("Heartbleed: %s", text)
		}
	}
}
