// Package slowlink is a TCP connection to somewhere far away: what comes back
// takes a while, however much of it is under way.
package slowlink

import (
	"io"
	"net"
	"sync"
	"time"
)

// Link is safe for use by several goroutines.
type Link struct {
	listener net.Listener
	target   string
	delay    time.Duration
	work     sync.WaitGroup

	mutex  sync.Mutex
	open   map[net.Conn]struct{}
	closed bool
}

// New listens on a free port of loopback, and leads to target, HOST:PORT.
func New(target string, delay time.Duration) (*Link, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l := &Link{listener: listener, target: target, delay: delay,
		open: map[net.Conn]struct{}{}}
	l.work.Add(1)
	go l.accept()
	return l, nil
}

// Address is where clients connect.
func (l *Link) Address() string { return l.listener.Addr().String() }

// Close ends everything, connections too.
func (l *Link) Close() {
	l.listener.Close()
	l.mutex.Lock()
	l.closed = true
	for connection := range l.open {
		connection.Close()
	}
	l.mutex.Unlock()
	l.work.Wait()
}

func (l *Link) accept() {
	defer l.work.Done()
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		l.work.Add(1)
		go func() {
			defer l.work.Done()
			l.join(near)
		}()
	}
}

func (l *Link) join(near net.Conn) {
	defer near.Close()
	far, err := net.Dial("tcp", l.target)
	if err != nil {
		return
	}
	defer far.Close()
	if !l.keep(near, far) {
		return
	}
	defer l.forget(near, far)
	there := make(chan struct{})
	go func() {
		defer close(there)
		_, _ = io.Copy(far, near)
		far.Close()
	}()
	l.copyLate(near, far)
	near.Close()
	<-there
}

func (l *Link) keep(connections ...net.Conn) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for _, connection := range connections {
		l.open[connection] = struct{}{}
	}
	return !l.closed
}

func (l *Link) forget(connections ...net.Conn) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for _, connection := range connections {
		delete(l.open, connection)
	}
}

type late struct {
	due  time.Time
	data []byte
}

func (l *Link) copyLate(near io.Writer, far io.Reader) {
	const mostUnderWay = 1024
	way := make(chan late, mostUnderWay)
	go func() {
		defer close(way)
		buffer := make([]byte, 32<<10)
		for {
			count, err := far.Read(buffer)
			if count > 0 {
				data := append([]byte(nil), buffer[:count]...)
				way <- late{time.Now().Add(l.delay), data}
			}
			if err != nil {
				return
			}
		}
	}()
	failed := false
	for part := range way {
		if failed {
			continue
		}
		time.Sleep(time.Until(part.due))
		_, err := near.Write(part.data)
		failed = err != nil
	}
}
