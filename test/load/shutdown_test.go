package load

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admission/v1"

	"meshvet.dev/load/apiserver"
	"meshvet.dev/load/replica"
)

// wire is one connection, seen as bytes: what the client of an API server
// keeps to itself shows here.
type wire struct {
	*tls.Conn
	reader *bufio.Reader
}

func (s *site) dial(t *testing.T, address string) *wire {
	t.Helper()
	connection, err := s.tryDial(address, tls.VersionTLS13)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	return &wire{connection, bufio.NewReader(connection)}
}

func (s *site) tryDial(address string, version uint16) (*tls.Conn, error) {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(s.authority.PEM)
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	return tls.DialWithDialer(dialer, "tcp", address, &tls.Config{
		RootCAs:    roots,
		ServerName: apiserver.ServiceName,
		MinVersion: tls.VersionTLS12,
		MaxVersion: version,
	})
}

// request is the call of a recorded review, byte by byte.
func request(t *testing.T, review string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(reviews, review))
	if err != nil {
		t.Fatal(err)
	}
	call, err := http.NewRequest(http.MethodPost,
		"https://"+apiserver.ServiceName+"/validate?timeout=5s",
		bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	call.Header.Set("Content-Type", "application/json")
	var text bytes.Buffer
	if err := call.Write(&text); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

func (w *wire) send(t *testing.T, text []byte) {
	t.Helper()
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
}

// answer is the next one; last says whether it ends the connection.
func (w *wire) answer(t *testing.T) (allowed, last bool) {
	t.Helper()
	response, err := http.ReadResponse(w.reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var review admissionv1.AdmissionReview
	if err := json.NewDecoder(response.Body).Decode(&review); err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK || review.Response == nil {
		t.Fatalf("%s without a verdict", response.Status)
	}
	return review.Response.Allowed, response.Close
}

// expect is the answer to the review that is denied.
func (w *wire) expect(t *testing.T, what string, wantLast bool) {
	t.Helper()
	allowed, last := w.answer(t)
	if allowed {
		t.Errorf("%s: allowed what must be denied", what)
	}
	if last != wantLast {
		t.Errorf("%s: Connection: close is %t, want %t", what, last, wantLast)
	}
}

func (w *wire) expectEnd(t *testing.T, what string) {
	t.Helper()
	if rest, err := io.ReadAll(w.reader); err != nil || len(rest) > 0 {
		t.Errorf("%s: %d more bytes, then %v, want an orderly end", what,
			len(rest), err)
	}
}

const deniedReview = "deny-workload-entry-without-labels.json"

// The order of things between SIGTERM and the exit.
func TestShutdown(t *testing.T) {
	s := newSite(t)
	r := s.startReady(t, "--lame-duck=1s", "--grace=20s")
	call := request(t, deniedReview)
	half := len(call) / 2

	used, begun, idle := s.dial(t, r.Webhook), s.dial(t, r.Webhook),
		s.dial(t, r.Webhook)
	used.send(t, call)
	used.expect(t, "before", false)
	begun.send(t, call[:half])

	if err := r.Terminate(); err != nil {
		t.Fatal(err)
	}
	awaitUnready(t, r)
	used.send(t, call)
	used.expect(t, "on a connection in use", true)
	used.expectEnd(t, "on a connection in use")
	fresh := s.dial(t, r.Webhook)
	fresh.send(t, call)
	fresh.expect(t, "on a new connection", true)
	fresh.expectEnd(t, "on a new connection")

	waitFor(t, "the port to close", func() bool { return refused(r.Webhook) })
	expectGoodbye(t, idle)
	begun.send(t, call[half:])
	begun.expect(t, "begun before SIGTERM", true)
	begun.expectEnd(t, "begun before SIGTERM")
	if code := r.Stop(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

// awaitUnready fails if anything but the shutdown is the reason.
func awaitUnready(t *testing.T, r *replica.Replica) {
	t.Helper()
	var err error
	waitFor(t, "the end of readiness", func() bool {
		_, err = r.Get("/readyz")
		return err != nil
	})
	if !strings.Contains(err.Error(), "shutting down") {
		t.Errorf("/readyz fails with %q", err)
	}
}

func refused(address string) bool {
	connection, err := net.Dial("tcp", address)
	if err == nil {
		connection.Close()
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}

// expectGoodbye: what an idle connection hears. A client that has just written
// its call takes it for the answer, and comes again elsewhere.
func expectGoodbye(t *testing.T, w *wire) {
	t.Helper()
	response, err := http.ReadResponse(w.reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	after := response.Header.Get("Retry-After")
	if response.StatusCode != http.StatusServiceUnavailable ||
		after != "0" || !response.Close {
		t.Errorf("an idle connection hears %s, Retry-After %q, close %t",
			response.Status, after, response.Close)
	}
	w.expectEnd(t, "idle")
}
