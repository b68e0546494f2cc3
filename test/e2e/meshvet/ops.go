package meshvet

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"meshvet.dev/e2e/process"
)

// Ops is the port of probes and metrics of one `meshvet serve`, as HOST:PORT.
type Ops string

// Get asks it; any answer but 200 is an error.
func (o Ops) Get(path string) (string, error) {
	client := http.Client{Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	response, err := client.Get("http://" + string(o) + path)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: %s", response.Status, text)
	}
	return string(text), nil
}

// AwaitReady returns when it is ready; it is an error if its process p ends, or
// if that takes longer.
func (o Ops) AwaitReady(p *process.Process, patience time.Duration) error {
	answer := errors.New("not asked yet")
	for end := time.Now().Add(patience); time.Now().Before(end); {
		select {
		case <-p.Done():
			return p.Failure("ended")
		default:
		}
		if _, answer = o.Get("/readyz"); answer == nil {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return p.Failure(fmt.Sprintf("is not ready after %s: %v", patience, answer))
}
