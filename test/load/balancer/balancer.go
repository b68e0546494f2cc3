// Package balancer stands for a Service: it forwards TCP connections to the
// replicas that are ready.
//
// Each replica's /readyz is asked as kubelet does, and what it says takes effect
// some time later, as it takes until every kube-proxy knows. Like kube-proxy it
// picks a replica at random for each new connection, leaves established ones
// alone, and resets a connection that the replica does not take.
package balancer

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"
)

// A Target is one replica.
type Target struct {
	Address  string // HOST:PORT of the webhook
	ReadyURL string
}

// Lag is how long news of a replica takes.
type Lag struct {
	Probe   time.Duration // periodSeconds of the readiness probe
	Publish time.Duration // from the probe to the routing of connections
}

// Balancer is safe for use by several goroutines.
type Balancer struct {
	listener net.Listener
	lag      Lag
	work     sync.WaitGroup

	mutex   sync.Mutex
	probes  map[Target]chan struct{} // closed to end the probing
	ready   []Target
	open    map[net.Conn]struct{}
	closing bool
}

// New listens on a free port of loopback.
func New(lag Lag) (*Balancer, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b := &Balancer{
		listener: listener,
		lag:      lag,
		probes:   map[Target]chan struct{}{},
		open:     map[net.Conn]struct{}{},
	}
	b.work.Add(1)
	go b.accept()
	return b, nil
}

// Address is where clients connect.
func (b *Balancer) Address() string { return b.listener.Addr().String() }

// Close ends everything, connections too.
func (b *Balancer) Close() {
	b.listener.Close()
	b.mutex.Lock()
	b.closing = true
	for connection := range b.open {
		connection.Close()
	}
	for _, stop := range b.probes {
		close(stop)
	}
	b.probes = map[Target]chan struct{}{}
	b.mutex.Unlock()
	b.work.Wait()
}

// Add has a replica probed from now on; it gets connections once it is ready.
func (b *Balancer) Add(target Target) {
	stop := make(chan struct{})
	b.mutex.Lock()
	b.probes[target] = stop
	b.mutex.Unlock()
	b.work.Add(1)
	go b.probe(target, stop)
}

// Remove forgets a replica that has ended.
func (b *Balancer) Remove(target Target) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if stop, exists := b.probes[target]; exists {
		close(stop)
		delete(b.probes, target)
	}
	b.route(target, false)
}

// Routes says whether new connections may go to a replica.
func (b *Balancer) Routes(target Target) bool {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for _, other := range b.ready {
		if other == target {
			return true
		}
	}
	return false
}

// As in our manifests: what fails once may only be slow.
const (
	probeTimeout     = 2 * time.Second
	failureThreshold = 2
)

func (b *Balancer) probe(target Target, stop <-chan struct{}) {
	defer b.work.Done()
	client := http.Client{Timeout: probeTimeout}
	defer client.CloseIdleConnections()
	known, failures := false, 0
	for {
		ready := isReady(&client, target)
		if ready {
			failures = 0
		} else {
			failures++
		}
		if ready != known && (ready || failures >= failureThreshold) {
			known = ready
			if !sleep(b.lag.Publish, stop) {
				return
			}
			b.publish(target, ready, stop)
		}
		if !sleep(b.lag.Probe, stop) {
			return
		}
	}
}

func isReady(client *http.Client, target Target) bool {
	response, err := client.Get(target.ReadyURL)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode == http.StatusOK
}

// sleep is false if it was stopped.
func sleep(duration time.Duration, stop <-chan struct{}) bool {
	select {
	case <-stop:
		return false
	case <-time.After(duration):
		return true
	}
}

// publish does nothing for a replica that was removed meanwhile.
func (b *Balancer) publish(target Target, ready bool, stop <-chan struct{}) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	select {
	case <-stop:
	default:
		b.route(target, ready)
	}
}

// route is called with the lock held.
func (b *Balancer) route(target Target, ready bool) {
	kept := make([]Target, 0, len(b.ready)+1)
	for _, other := range b.ready {
		if other != target {
			kept = append(kept, other)
		}
	}
	if ready {
		kept = append(kept, target)
	}
	b.ready = kept
}

func (b *Balancer) pick() (Target, bool) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if len(b.ready) == 0 {
		return Target{}, false
	}
	return b.ready[rand.IntN(len(b.ready))], true
}

func (b *Balancer) accept() {
	defer b.work.Done()
	for {
		client, err := b.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		b.work.Add(1)
		go b.forward(client.(*net.TCPConn))
	}
}

// dialTimeout is that of an API server: a proxy has none of its own.
const dialTimeout = 30 * time.Second

func (b *Balancer) forward(client *net.TCPConn) {
	defer b.work.Done()
	target, found := b.pick()
	if !found {
		reset(client)
		return
	}
	connection, err := net.DialTimeout("tcp", target.Address, dialTimeout)
	if err != nil {
		reset(client)
		return
	}
	server := connection.(*net.TCPConn)
	if !b.keep(client, server) {
		return
	}
	defer b.forget(client, server)
	var upstream sync.WaitGroup
	upstream.Add(1)
	go func() {
		defer upstream.Done()
		pipe(server, client)
	}()
	pipe(client, server)
	upstream.Wait()
}

// keep notes connections that Close has to end; false if it has been called.
func (b *Balancer) keep(connections ...*net.TCPConn) bool {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for _, connection := range connections {
		if b.closing {
			connection.Close()
		} else {
			b.open[connection] = struct{}{}
		}
	}
	return !b.closing
}

func (b *Balancer) forget(connections ...*net.TCPConn) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for _, connection := range connections {
		connection.Close()
		delete(b.open, connection)
	}
}

// pipe hands on the end of a stream as an end, and a reset as a reset. As plain
// reader and writer, for two connections would be spliced by a pipe of two more
// files for each direction, and thousands of them are too many.
func pipe(to, from *net.TCPConn) {
	_, err := io.Copy(struct{ io.Writer }{to}, struct{ io.Reader }{from})
	if err != nil {
		reset(to)
		reset(from)
		return
	}
	_ = to.CloseWrite()
}

func reset(connection *net.TCPConn) {
	_ = connection.SetLinger(0)
	connection.Close()
}
