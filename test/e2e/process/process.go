// Package process runs the programs of a test as children that cannot outlive
// it: however the test ends, by a panic or by SIGKILL, the kernel ends them.
package process

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Process is one running child. Its methods may be called from any goroutine.
type Process struct {
	name string
	log  string
	cmd  *exec.Cmd
	done chan struct{}
}

// Start runs words[0]. What it writes is appended to the file log, except that
// its standard output goes to stdout where one is given.
func Start(log string, stdout io.Writer, words ...string) (*Process, error) {
	name := filepath.Base(words[0])
	file, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if stdout == nil {
		stdout = file
	}
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Stdout = stdout
	cmd.Stderr = file
	// A group of its own: Ctrl-C is for the test, which ends its children in
	// order. Pdeathsig is sent when the starting thread ends, and the Go
	// runtime keeps its threads until the process ends.
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setpgid:   true,
		Pdeathsig: syscall.SIGKILL,
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot start %s: %w", name, err)
	}
	p := &Process{name: name, log: log, cmd: cmd, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // its outcome is in cmd.ProcessState
		close(p.done)
	}()
	return p, nil
}

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// PID is its process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Signal sends it a signal; one that has ended already gets none.
func (p *Process) Signal(signal syscall.Signal) error {
	err := p.cmd.Process.Signal(signal)
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// Stop sends SIGTERM, and SIGKILL once grace is over; it returns when the
// process has ended, with its exit code, or -1 if a signal ended it.
func (p *Process) Stop(grace time.Duration) int {
	_ = p.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(grace):
		_ = p.Signal(syscall.SIGKILL)
		<-p.done
	}
	return p.cmd.ProcessState.ExitCode()
}

// Kill ends it at once, as a crash or the kernel would.
func (p *Process) Kill() { p.Stop(0) }

// Failure tells what went wrong and the last of what the process wrote.
func (p *Process) Failure(what string) error {
	const most = 4096
	text, err := os.ReadFile(p.log)
	if err != nil {
		text = []byte(err.Error())
	}
	if len(text) > most {
		text = text[len(text)-most:]
	}
	return fmt.Errorf("%s %s; the end of %s:\n%s", p.name, what, p.log, text)
}
