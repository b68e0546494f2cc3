package hostile

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// connected says nothing.
func connected(_ context.Context, _ Target, connection net.Conn) (net.Conn,
	error) {
	return connection, nil
}

// greeted has heard the server's part of a handshake.
func greeted(_ context.Context, t Target, connection net.Conn) (net.Conn,
	error) {
	hello, err := t.clientHello()
	if err != nil {
		return nil, err
	}
	if _, err := connection.Write(hello); err != nil {
		return nil, err
	}
	_, err = connection.Read(make([]byte, 1))
	return connection, err
}

// halfHandshake has sent a ClientHello, or half of one.
func halfHandshake(_ context.Context, t Target, connection net.Conn) (net.Conn,
	error) {
	hello, err := t.clientHello()
	if err != nil {
		return nil, err
	}
	if rand.IntN(2) == 0 {
		hello = hello[:len(hello)/2]
	}
	_, err = connection.Write(hello)
	return connection, err
}

// recorder keeps what a TLS client says first.
type recorder struct {
	net.Conn
	said bytes.Buffer
}

var errRecorded = errors.New("recorded")

func (r *recorder) Write(data []byte) (int, error) { return r.said.Write(data) }
func (r *recorder) Read([]byte) (int, error)       { return 0, errRecorded }
func (r *recorder) Close() error                   { return nil }

func (t Target) clientHello() ([]byte, error) {
	r := &recorder{}
	err := tls.Client(r, t.TLS).Handshake()
	if !errors.Is(err, errRecorded) {
		return nil, err
	}
	return r.said.Bytes(), nil
}

// said has shaken hands and sent the first bytes of a call.
func said(count func(call []byte) int) phase {
	return func(ctx context.Context, t Target, connection net.Conn) (net.Conn,
		error) {
		secure := tls.Client(connection, t.TLS)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		_, err := secure.Write(t.Request[:count(t.Request)])
		return secure, err
	}
}

func headerLineSize(call []byte) int { return bytes.IndexByte(call, '\n') + 1 }

func headerSize(call []byte) int {
	return bytes.Index(call, []byte("\r\n\r\n")) + 4
}

var (
	headerLine = said(headerLineSize)
	header     = said(headerSize)
	halfHeader = said(func(call []byte) int { return headerSize(call) / 2 })
	halfBody   = said(func(call []byte) int {
		return (headerSize(call) + len(call)) / 2
	})
	asked = said(func(call []byte) int { return len(call) })
)

// answered has had one answer, the beginning of it at least.
func answered(ctx context.Context, t Target, connection net.Conn) (net.Conn,
	error) {
	secure, err := asked(ctx, t, connection)
	if err != nil {
		return nil, err
	}
	_, err = secure.Read(make([]byte, 1))
	return secure, err
}

func untilTheEnd(ctx context.Context, _ Target, _ net.Conn) error {
	<-ctx.Done()
	return nil
}

// unanswered expects the connection to last as long as the attack does.
func unanswered(ctx context.Context, _ Target, connection net.Conn) error {
	_, err := io.Copy(io.Discard, connection)
	if ctx.Err() == nil {
		return fmt.Errorf("the connection ended early: %w", err)
	}
	return nil
}

// dripFrom sends what follows the first bytes of a call, one by one.
func dripFrom(first func(call []byte) int) hold {
	return func(ctx context.Context, t Target, connection net.Conn) error {
		rest := t.Request[first(t.Request):]
		for i := range rest {
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(time.Second):
			}
			if _, err := connection.Write(rest[i : i+1]); err != nil {
				return err
			}
		}
		return errors.New("all of the call was dripped")
	}
}

// visit has one answer on a connection of its own.
func visit(ctx context.Context, t Target) error {
	connection, err := t.arrive(ctx, answered)
	if err != nil {
		return err
	}
	return connection.Close()
}

// atOnce has so many connect in the same moment. Each says the first byte of a
// handshake, so that the server has to look at it.
func atOnce(count int) func(context.Context, Target) error {
	const recordOfHandshake = 22 // RFC 8446, section 5.1
	return func(ctx context.Context, t Target) error {
		var clients sync.WaitGroup
		failures := make(chan error, count)
		start := make(chan struct{})
		for range count {
			clients.Add(1)
			go func() {
				defer clients.Done()
				<-start
				connection, err := t.arrive(ctx, connected)
				if err == nil {
					_, err = connection.Write([]byte{recordOfHandshake})
					connection.Close()
				}
				failures <- err
			}()
		}
		close(start)
		clients.Wait()
		return firstFailure(ctx, failures, count)
	}
}

// garbage is anything but TLS; the server has to end the connection.
func garbage(ctx context.Context, t Target) error {
	connection, err := t.arrive(ctx, connected)
	if err != nil {
		return err
	}
	defer connection.Close()
	noise := make([]byte, 16+rand.IntN(4096))
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	noise[0] |= 0x80 // no type of record
	if _, err := connection.Write(noise); err != nil {
		return err
	}
	const patience = 9 * time.Second // less than a handshake may take
	if err := connection.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	// A reset is an end as well: it comes where some of it was not read.
	_, err = io.Copy(io.Discard, connection)
	if slow, is := err.(net.Error); is && slow.Timeout() {
		return errors.New("garbage is taken for a handshake")
	}
	return nil
}

func resetAfter(take phase) func(context.Context, Target) error {
	return func(ctx context.Context, t Target) error {
		var socket *net.TCPConn
		connection, err := t.arrive(ctx, func(ctx context.Context, t Target,
			connection net.Conn) (net.Conn, error) {
			socket = connection.(*net.TCPConn)
			return take(ctx, t, connection)
		})
		if err != nil {
			return err
		}
		defer connection.Close()
		// The end is a RST (tcp(7), SO_LINGER).
		if err := socket.SetLinger(0); err != nil {
			return err
		}
		return socket.Close()
	}
}
