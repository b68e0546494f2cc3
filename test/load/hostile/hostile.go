// Package hostile is what anybody who reaches the port of a webhook can do to
// it without a certificate: connections that say nothing, little, nonsense, or
// end in the middle of a word.
package hostile

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"time"
)

// Target is the server under attack.
type Target struct {
	Address string // HOST:PORT
	TLS     *tls.Config
	Request []byte // one complete call, as it goes over the wire
}

// Attack goes on until its context ends, and leaves no connection behind. It
// tells when it has begun as a whole, and is an error if it could not be
// carried out: an attack that never began proves nothing.
type Attack struct {
	Name string
	Run  func(ctx context.Context, t Target, began func()) error
}

// Attacks are all there are.
func Attacks() []Attack {
	return []Attack{
		{"500 idle connections", crowd(500, answered, untilTheEnd)},
		{"200 half handshakes", crowd(200, halfHandshake, unanswered)},
		{"200 silent connections", crowd(200, connected, unanswered)},
		{"100 headers, a byte a second", crowd(100, headerLine, dripFrom(headerLineSize))},
		{"100 bodies, a byte a second", crowd(100, header, dripFrom(headerSize))},
		{"400 connects at once", again(time.Second, atOnce(400))},
		{"60 new TLS connections a second", again(time.Second/60, visit)},
		{"100 times garbage a second", again(time.Second/100, garbage)},
		{"resets after connect", again(resetEvery, resetAfter(connected))},
		{"resets amid handshake", again(resetEvery, resetAfter(greeted))},
		{"resets amid header", again(resetEvery, resetAfter(halfHeader))},
		{"resets amid body", again(resetEvery, resetAfter(halfBody))},
		{"resets before the answer", again(resetEvery, resetAfter(asked))},
	}
}

const resetEvery = time.Second / 40

// phase brings a new connection to where the attack wants it; hold is what
// happens then.
type (
	phase func(context.Context, Target, net.Conn) (net.Conn, error)
	hold  func(context.Context, Target, net.Conn) error
)

// arrive is a connection in a phase, which ends with the context.
func (t Target) arrive(ctx context.Context, take phase) (net.Conn, error) {
	var dialer net.Dialer
	connection, err := dialer.DialContext(ctx, "tcp", t.Address)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { connection.Close() })
	taken, err := take(ctx, t, connection)
	if err != nil {
		connection.Close()
	}
	return taken, err
}

// arriving is how many of a crowd connect at once: its handshakes alone would
// else use up the machine. How many new connections a second there may be is
// asked elsewhere.
const arriving = 4

// crowd has so many clients take a connection and hold it.
func crowd(count int, take phase, hold hold) func(context.Context, Target,
	func()) error {
	return func(ctx context.Context, t Target, began func()) error {
		var clients, arrivals sync.WaitGroup
		failures := make(chan error, count)
		door := make(chan struct{}, arriving)
		arrivals.Add(count)
		for range count {
			clients.Add(1)
			go func() {
				defer clients.Done()
				door <- struct{}{}
				connection, err := t.arrive(ctx, take)
				<-door
				arrivals.Done()
				if err == nil {
					err = hold(ctx, t, connection)
					connection.Close()
				}
				failures <- err
			}()
		}
		arrivals.Wait()
		began()
		clients.Wait()
		return firstFailure(ctx, failures, count)
	}
}

// firstFailure leaves aside what the end of the attack brought about.
func firstFailure(ctx context.Context, failures <-chan error,
	count int) error {
	for range count {
		if err := <-failures; err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil
}

// again does the same at a rate, one after the other where that is slower.
func again(every time.Duration, once func(context.Context, Target) error) func(
	context.Context, Target, func()) error {
	return func(ctx context.Context, t Target, began func()) error {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for first := true; ctx.Err() == nil; first = false {
			if err := once(ctx, t); err != nil && ctx.Err() == nil {
				return err
			}
			if first {
				began()
			}
			select {
			case <-ctx.Done():
			case <-ticker.C:
			}
		}
		return nil
	}
}
