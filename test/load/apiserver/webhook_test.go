package apiserver

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admission/v1"

	"meshvet.dev/load/certificates"
)

// server answers as it is told, call by call, and then allows.
type server struct {
	refusals []func(http.ResponseWriter)
	calls    []*http.Request
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.calls = append(s.calls, r)
	if len(s.refusals) >= len(s.calls) {
		s.refusals[len(s.calls)-1](w)
		return
	}
	var review admissionv1.AdmissionReview
	if err := json.NewDecoder(r.Body).Decode(&review); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	review.Response = &admissionv1.AdmissionResponse{
		UID: review.Request.UID, Allowed: true,
	}
	review.Request = nil
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(review)
}

func retryAfter(value string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		if value != "" {
			w.Header().Set("Retry-After", value)
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

func hangUp(http.ResponseWriter) { panic(http.ErrAbortHandler) }

func call(t *testing.T, s *server) error {
	t.Helper()
	authority, err := certificates.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	pair, err := authority.Issue(ServiceName)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := tls.X509KeyPair(pair.Certificate, pair.Key)
	if err != nil {
		t.Fatal(err)
	}
	listening := httptest.NewUnstartedServer(s)
	listening.EnableHTTP2 = true
	listening.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	listening.StartTLS()
	t.Cleanup(listening.Close)
	hook, err := NewWebhook(listening.Listener.Addr().String(), "/validate",
		authority.PEM, 4500*time.Millisecond, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = hook.Call(context.Background(), &admissionv1.AdmissionReview{
		Request: &admissionv1.AdmissionRequest{UID: "1"},
	})
	return err
}

func TestCallsAsAnAPIServer(t *testing.T) {
	s := &server{}
	if err := call(t, s); err != nil {
		t.Fatal(err)
	}
	r := s.calls[0]
	for _, test := range []struct{ what, got, want string }{
		{"line", r.Method + " " + r.RequestURI + " " + r.Proto,
			"POST /validate?timeout=5s HTTP/1.1"},
		{"host", r.Host, ServiceName + ":443"},
		{"content type", r.Header.Get("Content-Type"), "application/json"},
		{"encoding", r.Header.Get("Accept-Encoding"), "gzip"},
		{"user agent", r.Header.Get("User-Agent"), "kube-apiserver-admission"},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %q, want %q", test.what, test.got, test.want)
		}
	}
}

func TestRetriesAsAnAPIServer(t *testing.T) {
	for name, test := range map[string]struct {
		refusals []func(http.ResponseWriter)
		calls    int
		failure  string
	}{
		"when told to": {
			[]func(http.ResponseWriter){retryAfter("0"), retryAfter("1")}, 3, "",
		},
		"not without Retry-After": {
			[]func(http.ResponseWriter){retryAfter("")}, 1, "the server is currently",
		},
		"not when the connection ends": {
			[]func(http.ResponseWriter){hangUp}, 1, "EOF",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{refusals: test.refusals}
			err := call(t, s)
			if len(s.calls) != test.calls {
				t.Errorf("%d calls, want %d", len(s.calls), test.calls)
			}
			if test.failure == "" && err != nil {
				t.Error(err)
			}
			if test.failure != "" &&
				(err == nil || !strings.Contains(err.Error(), test.failure)) {
				t.Errorf("got %v, want %q in it", err, test.failure)
			}
		})
	}
}
