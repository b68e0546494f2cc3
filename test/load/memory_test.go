package load

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"meshvet.dev/load/replica"
)

const (
	crowd      = 1800
	smallCrowd = 300
	crowdTime  = 25 * time.Second
	arriving   = 32
	bodySize   = 3 << 20
	smallKiB   = 256 // of a stack
	mostPeak   = 256 << 10
)

// More bodies than there is memory for, on small stacks: they are turned away,
// and what is left serves.
func TestTooManyBodiesForTheMemory(t *testing.T) {
	s := newSite(t)
	r := s.startUnder(t, "/usr/bin/prlimit",
		fmt.Sprintf("--stack=%d", smallKiB<<10), "--")
	b := bodies{target: s.target(t, r).TLS, address: r.Webhook}
	b.run(t, crowd)
	peak, err := r.Status("VmHWM")
	t.Logf("%d answers, %d put off, %d ended; at most %d KiB were resident (%v)",
		b.answered.Load(), b.putOff.Load(), b.ended.Load(), peak, err)
	if peak == 0 || peak >= mostPeak {
		t.Errorf("%d KiB were resident", peak)
	}
	if b.putOff.Load() == 0 {
		t.Error("there was room for all: nothing is proven")
	}
	s.expectService(t, r, "afterwards")
}

// The same where the system refuses what is beyond the limit. With one arena:
// others would take address space for good, some runs more than there is.
func TestAllocationsAreRefused(t *testing.T) {
	s := newSite(t)
	limited := func(limits ...string) []string {
		words := []string{"/usr/bin/env", "MALLOC_ARENA_MAX=1", "/usr/bin/prlimit",
			fmt.Sprintf("--stack=%d", smallKiB<<10)}
		return append(append(words, limits...), "--")
	}
	first := s.startUnder(t, limited()...)
	usual, err := first.Status("VmPeak")
	if err != nil {
		t.Fatal(err)
	}
	first.Kill()
	const spare = 64 << 10 // KiB: for a fraction of the bodies
	r := s.startUnder(t, limited(fmt.Sprintf("--as=%d", (usual+spare)<<10))...)
	b := bodies{target: s.target(t, r).TLS, address: r.Webhook}
	b.run(t, smallCrowd)
	t.Logf("%d answers, %d put off, %d ended",
		b.answered.Load(), b.putOff.Load(), b.ended.Load())
	if shed := shedFor(t, r, "memory"); shed == 0 {
		t.Error("memory did not end: nothing is proven")
	}
	s.expectService(t, r, "afterwards")
}

func shedFor(t *testing.T, r *replica.Replica, reason string) float64 {
	t.Helper()
	count, err := r.Metric(`meshvet_shed_total{reason="` + reason + `"}`)
	if err != nil {
		t.Fatal(err)
	}
	return count
}

// bodies are many requests at once, none of which gets its last byte.
type bodies struct {
	target                  *tls.Config
	address                 string
	answered, putOff, ended atomic.Int64
}

func (b *bodies) run(t *testing.T, count int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), crowdTime)
	defer cancel()
	body := bytes.Repeat([]byte(" "), bodySize)
	door := make(chan struct{}, arriving)
	var clients, arrivals sync.WaitGroup
	arrivals.Add(count)
	for range count {
		clients.Add(1)
		go func() {
			defer clients.Done()
			b.send(ctx, door, body, arrivals.Done)
		}()
	}
	arrivals.Wait()
	if ctx.Err() != nil {
		t.Errorf("it took more than %s", crowdTime)
	}
	cancel()
	clients.Wait()
}

// send is what one client does; arrived tells that it will send no more.
func (b *bodies) send(ctx context.Context, door chan struct{}, body []byte,
	arrived func()) {
	door <- struct{}{}
	dialer := tls.Dialer{Config: b.target}
	connection, err := dialer.DialContext(ctx, "tcp", b.address)
	if err != nil {
		<-door
		arrived()
		b.ended.Add(1)
		return
	}
	defer connection.Close()
	context.AfterFunc(ctx, func() { connection.Close() })
	answer := make(chan struct{})
	go func() {
		defer close(answer)
		b.note(http.ReadResponse(bufio.NewReader(connection), nil))
	}()
	writeUntil(answer, connection, body)
	<-door
	arrived()
	<-answer
}

// writeUntil sends all but one byte of the body, if no answer comes before.
func writeUntil(answer <-chan struct{}, connection net.Conn, body []byte) {
	const piece = 256 << 10
	head := "POST /validate HTTP/1.1\r\nHost: a\r\n" +
		"Content-Type: application/json\r\n" +
		fmt.Sprintf("Content-Length: %d\r\n\r\n", len(body)+1)
	_, err := io.WriteString(connection, head)
	for ; err == nil && len(body) > 0; body = body[min(piece, len(body)):] {
		select {
		case <-answer:
			return
		default:
			_, err = connection.Write(body[:min(piece, len(body))])
		}
	}
}

func (b *bodies) note(response *http.Response, err error) {
	switch {
	case err != nil:
		b.ended.Add(1)
	case response.StatusCode == http.StatusServiceUnavailable &&
		response.Header.Get("Retry-After") == "1":
		b.putOff.Add(1)
	default:
		b.answered.Add(1)
	}
}
