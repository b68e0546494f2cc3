// Package meshvet runs `meshvet serve` and registers it with an API server.
package meshvet

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"meshvet.dev/e2e/process"
)

// Server is one `meshvet serve` on loopback, with a certificate it made for
// itself.
type Server struct {
	process *process.Process
	folder  string
	port    int
	opsPort int
}

// Binary is the program under test: MESHVET_BINARY, or the release build as
// seen from the folder of the tests.
func Binary() (string, error) {
	binary := os.Getenv("MESHVET_BINARY")
	if binary == "" {
		binary = "../../build/release/meshvet"
	}
	binary, err := filepath.Abs(binary)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(binary); err != nil {
		return "", fmt.Errorf("there is no meshvet to test: %w", err)
	}
	return binary, nil
}

// Serve returns a server that is ready. Its log and its CA go to folder; flags
// are those of `meshvet serve` besides where it listens.
func Serve(folder string, flags ...string) (*Server, error) {
	s, err := New(folder)
	if err != nil {
		return nil, err
	}
	if err := s.Start(flags...); err != nil {
		return nil, err
	}
	if err := s.AwaitReady(time.Minute); err != nil {
		s.process.Kill()
		return nil, err
	}
	return s, nil
}

// New is a server that does not run yet, but has its addresses.
func New(folder string) (*Server, error) {
	s := &Server{folder: folder}
	for _, port := range []*int{&s.port, &s.opsPort} {
		var err error
		if *port, err = process.FreePort(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Start runs it, whether it gets ready or not; once more after it has ended,
// too.
func (s *Server) Start(flags ...string) error {
	binary, err := Binary()
	if err != nil {
		return err
	}
	words := []string{
		binary, "serve",
		fmt.Sprintf("--listen=127.0.0.1:%d", s.port),
		fmt.Sprintf("--ops-listen=127.0.0.1:%d", s.opsPort),
		"--lame-duck=0",
	}
	if makesCertificate(flags) {
		words = append(words, "--tls-ca-out="+filepath.Join(s.folder, "ca.pem"))
	}
	s.process, err = process.Start(s.Log(), nil, append(words, flags...)...)
	return err
}

// makesCertificate says whether its certificate comes from nowhere else.
func makesCertificate(flags []string) bool {
	return !slices.ContainsFunc(flags, func(flag string) bool {
		return strings.HasPrefix(flag, "--tls-secret=") ||
			strings.HasPrefix(flag, "--tls-cert-file=")
	})
}

// AwaitReady returns when it is ready; it is an error if it ends, or if that
// takes longer.
func (s *Server) AwaitReady(patience time.Duration) error {
	return s.ops().AwaitReady(s.process, patience)
}

// Ops asks the port of probes and metrics; any answer but 200 is an error.
func (s *Server) Ops(path string) (string, error) { return s.ops().Get(path) }

func (s *Server) ops() Ops {
	return Ops(fmt.Sprintf("127.0.0.1:%d", s.opsPort))
}

// URL is where the webhook listens.
func (s *Server) URL() string {
	return fmt.Sprintf("https://127.0.0.1:%d", s.port)
}

// Address is the same as HOST:PORT.
func (s *Server) Address() string {
	return fmt.Sprintf("127.0.0.1:%d", s.port)
}

// CA is the PEM of the authority of its certificate.
func (s *Server) CA() ([]byte, error) {
	return os.ReadFile(filepath.Join(s.folder, "ca.pem"))
}

// Log is the file it writes to.
func (s *Server) Log() string { return filepath.Join(s.folder, "meshvet.log") }

// Kill ends it at once, as the kernel does when memory is short.
func (s *Server) Kill() { s.process.Kill() }

// Stop asks it to end and returns its exit code, or -1 if it had to be killed.
func (s *Server) Stop() int { return s.process.Stop(time.Minute) }

// PeakMemory is the most it ever had resident, in bytes.
func (s *Server) PeakMemory() (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process.PID()))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		var kilobytes int64
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kilobytes); err == nil {
			return kilobytes << 10, nil
		}
	}
	return 0, errors.New("/proc tells of no VmHWM")
}

// Review posts an AdmissionReview, trusting any certificate, and gives the code
// of the answer.
func (s *Server) Review(path, review string) (int, error) {
	client := http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	defer client.CloseIdleConnections()
	response, err := client.Post(s.URL()+path, "application/json",
		strings.NewReader(review))
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}
