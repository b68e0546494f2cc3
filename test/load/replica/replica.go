// Package replica runs `meshvet serve` as a Deployment would: with a mounted
// certificate and a policy, told to end by SIGTERM.
package replica

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"meshvet.dev/e2e/meshvet"
	"meshvet.dev/e2e/process"
)

// Replica is one running server. Safe for use by several goroutines.
type Replica struct {
	// Webhook and Ops are HOST:PORT.
	Webhook, Ops string

	process *process.Process
	log     string
}

var started atomic.Int64

// Start returns at once: WaitReady waits. Its log goes to folder; flags are
// those of `meshvet serve` besides where it listens.
func Start(folder string, flags ...string) (*Replica, error) {
	return StartUnder(folder, nil, flags...)
}

// StartUnder starts it by the words of another program that becomes it, as
// `env` or `prlimit` do.
func StartUnder(folder string, words []string, flags ...string) (*Replica,
	error) {
	binary, err := meshvet.Binary()
	if err != nil {
		return nil, err
	}
	r := &Replica{}
	for _, address := range []*string{&r.Webhook, &r.Ops} {
		port, err := process.FreePort()
		if err != nil {
			return nil, err
		}
		*address = fmt.Sprintf("127.0.0.1:%d", port)
	}
	r.log = filepath.Join(folder, fmt.Sprintf("replica-%d.log", started.Add(1)))
	words = append(slices.Clone(words),
		binary, "serve", "--listen="+r.Webhook, "--ops-listen="+r.Ops)
	r.process, err = process.Start(r.log, nil, append(words, flags...)...)
	return r, err
}

// Log is what it wrote so far.
func (r *Replica) Log() (string, error) {
	text, err := os.ReadFile(r.log)
	return string(text), err
}

// WaitReady is an error if it ends, or if it is not ready in time.
func (r *Replica) WaitReady(patience time.Duration) error {
	return meshvet.Ops(r.Ops).AwaitReady(r.process, patience)
}

// ReadyURL is what kubelet asks.
func (r *Replica) ReadyURL() string { return "http://" + r.Ops + "/readyz" }

// Get asks the port of probes and metrics; any answer but 200 is an error.
func (r *Replica) Get(path string) (string, error) {
	return meshvet.Ops(r.Ops).Get(path)
}

// Metric is the sum over all label values of a metric.
func (r *Replica) Metric(name string) (float64, error) {
	text, err := r.Get("/metrics")
	if err != nil {
		return 0, err
	}
	sum, found := 0.0, false
	for line := range strings.Lines(text) {
		rest, matches := strings.CutPrefix(strings.TrimSpace(line), name)
		if !matches || rest == "" || (rest[0] != ' ' && rest[0] != '{') {
			continue
		}
		value, err := strconv.ParseFloat(rest[strings.LastIndex(rest, " ")+1:], 64)
		if err != nil {
			return 0, err
		}
		sum, found = sum+value, true
	}
	if !found {
		return 0, fmt.Errorf("there is no metric %s", name)
	}
	return sum, nil
}

// Terminate sends SIGTERM.
func (r *Replica) Terminate() error { return r.process.Signal(syscall.SIGTERM) }

// Stop sends SIGTERM and returns the exit code, or -1 if it had to be killed.
func (r *Replica) Stop() int { return r.process.Stop(time.Minute) }

// Kill ends it by SIGKILL.
func (r *Replica) Kill() { r.process.Kill() }

// CPU is the processor time it has used.
func (r *Replica) CPU() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", r.process.PID()))
	if err != nil {
		return 0, err
	}
	// The second field, the name, may hold anything; see proc(5).
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')'):]))
	const userTime, systemTime = 12, 13
	ticks := 0
	for _, field := range []int{userTime, systemTime} {
		count, err := strconv.Atoi(fields[field])
		if err != nil {
			return 0, err
		}
		ticks += count
	}
	const perSecond = 100 // sysconf(_SC_CLK_TCK) of every Linux
	return time.Duration(ticks) * time.Second / perSecond, nil
}

// Pause stops it, as a debugger or a frozen node does, until it is resumed.
func (r *Replica) Pause() error { return r.process.Signal(syscall.SIGSTOP) }

// Resume is the end of Pause.
func (r *Replica) Resume() error { return r.process.Signal(syscall.SIGCONT) }

// Descriptors is how many files and sockets it has open.
func (r *Replica) Descriptors() (int, error) {
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", r.process.PID()))
	return len(open), err
}

// Status is a line of /proc/PID/status that counts KiB, as "VmHWM".
func (r *Replica) Status(name string) (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.process.PID()))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if size, found := strings.CutPrefix(line, name+":"); found {
			return strconv.Atoi(strings.Fields(size)[0])
		}
	}
	return 0, fmt.Errorf("there is no %s in status", name)
}

// Resident is the memory it has, in KiB. VmRSS of /proc/PID/status would be
// about right only (proc_pid_status(5)).
func (r *Replica) Resident() (int, error) {
	text, err := os.ReadFile(
		fmt.Sprintf("/proc/%d/smaps_rollup", r.process.PID()))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if size, found := strings.CutPrefix(line, "Rss:"); found {
			return strconv.Atoi(strings.Fields(size)[0])
		}
	}
	return 0, errors.New("there is no Rss in smaps_rollup")
}
