package balancer

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// replica says its name on each connection, and then echoes.
type replica struct {
	Target
	ready atomic.Bool
}

func newReplica(t *testing.T, name string) *replica {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer connection.Close()
				_, _ = io.WriteString(connection, name)
				_, _ = io.Copy(connection, connection)
			}()
		}
	}()
	r := &replica{}
	r.ready.Store(true)
	ops := httptest.NewServer(http.HandlerFunc(
		func(w http.ResponseWriter, _ *http.Request) {
			if !r.ready.Load() {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		}))
	t.Cleanup(ops.Close)
	r.Target = Target{Address: listener.Addr().String(), ReadyURL: ops.URL}
	return r
}

// connect gives the name of the replica too; none if the connection was reset.
func connect(t *testing.T, b *Balancer) (net.Conn, string) {
	t.Helper()
	connection, err := net.Dial("tcp", b.Address())
	if err != nil {
		return nil, ""
	}
	t.Cleanup(func() { connection.Close() })
	name := make([]byte, 1)
	if _, err := io.ReadFull(connection, name); err != nil {
		return connection, ""
	}
	return connection, string(name)
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !done(); {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

func TestFollowsReadiness(t *testing.T) {
	b, err := New(Lag{Probe: time.Millisecond, Publish: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	if _, name := connect(t, b); name != "" {
		t.Errorf("%q answers although there is none", name)
	}
	first, second := newReplica(t, "1"), newReplica(t, "2")
	b.Add(first.Target)
	waitFor(t, "the first", func() bool { return b.Routes(first.Target) })
	established, name := connect(t, b)
	if name != "1" {
		t.Fatalf("%q answers, want 1", name)
	}
	b.Add(second.Target)
	waitFor(t, "the second", func() bool { return b.Routes(second.Target) })
	seen := map[string]bool{}
	waitFor(t, "both", func() bool {
		_, name := connect(t, b)
		seen[name] = true
		return seen["1"] && seen["2"]
	})

	first.ready.Store(false)
	waitFor(t, "its end", func() bool { return !b.Routes(first.Target) })
	for range 20 {
		if _, name := connect(t, b); name != "2" {
			t.Errorf("%q answers, want 2", name)
		}
	}
	echo := make([]byte, 4)
	_, _ = io.WriteString(established, "echo")
	if _, err := io.ReadFull(established, echo); err != nil {
		t.Errorf("the established connection has ended: %v", err)
	}
}
