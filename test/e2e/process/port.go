package process

import (
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
)

var given sync.Map // ports

// FreePort returns a port of 127.0.0.1 that nobody listens on, and that it has
// not returned before: tests start many servers side by side. It lies below
// those the kernel gives to outgoing connections (from 32768), so that it stays
// free while a server is restarted.
func FreePort() (int, error) {
	const first, count, tries = 20000, 10000, 200
	for range tries {
		port := first + rand.IntN(count)
		if _, again := given.LoadOrStore(port, true); again {
			continue
		}
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		return port, listener.Close()
	}
	return 0, fmt.Errorf("none of %d ports from %d on is free", tries, first)
}
