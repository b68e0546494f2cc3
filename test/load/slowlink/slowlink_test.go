package slowlink

import (
	"bufio"
	"io"
	"net"
	"testing"
	"time"
)

const delay = 50 * time.Millisecond

func newLink(t *testing.T, serve func(net.Conn)) *Link {
	t.Helper()
	target, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { target.Close() })
	go func() {
		for {
			connection, err := target.Accept()
			if err != nil {
				return
			}
			go serve(connection)
		}
	}()
	link, err := New(target.Addr().String(), delay)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(link.Close)
	return link
}

func TestWhatComesBackIsLateAndWhole(t *testing.T) {
	link := newLink(t, func(connection net.Conn) {
		_, _ = io.Copy(connection, connection)
	})
	connection, err := net.Dial("tcp", link.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	answers := bufio.NewReader(connection)
	for _, line := range []string{"one\n", "two\n"} {
		began := time.Now()
		if _, err := io.WriteString(connection, line); err != nil {
			t.Fatal(err)
		}
		got, err := answers.ReadString('\n')
		if err != nil || got != line {
			t.Fatalf("got %q, %v, want %q", got, err, line)
		}
		if took := time.Since(began); took < delay {
			t.Errorf("%q came back after %s", got, took)
		}
	}
}

func TestAnEndIsPassedOn(t *testing.T) {
	link := newLink(t, func(connection net.Conn) { connection.Close() })
	connection, err := net.Dial("tcp", link.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if _, err := connection.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("got %v, want the end", err)
	}
}
