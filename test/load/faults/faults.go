// Package faults does to a program what a kernel may do to it, by a library in
// its process; preload/faults.c says what.
package faults

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Faults are those of one process.
type Faults struct {
	library string
	shared  string
	memory  []byte // of faults.c's struct shared
}

// New compiles the library into folder, and is used by one process.
func New(folder, source string) (*Faults, error) {
	f := &Faults{library: filepath.Join(folder, "faults.so"),
		shared: filepath.Join(folder, "shared")}
	output, err := exec.Command("cc", "-std=gnu11", "-Wall", "-Wextra",
		"-Werror", "-O1", "-shared", "-fPIC", "-o", f.library, source,
		"-ldl").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("cannot compile %s: %w\n%s", source, err, output)
	}
	const size = 16
	if err := os.WriteFile(f.shared, make([]byte, size), 0o600); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(f.shared, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	f.memory, err = syscall.Mmap(int(file.Fd()), 0, size,
		syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	return f, err
}

// Words begin the command line of the program; settings are as "FAULTS_ACCEPT=4".
func (f *Faults) Words(settings ...string) []string {
	return append([]string{"/usr/bin/env", "LD_PRELOAD=" + f.library,
		"FAULTS_SHARED=" + f.shared}, settings...)
}

// ShiftClock sets the time of day of the process off by so much.
func (f *Faults) ShiftClock(by time.Duration) {
	seconds := int64(by / time.Second)
	binary.NativeEndian.PutUint64(f.memory, uint64(seconds))
}

// Done is how many faults there were.
func (f *Faults) Done() uint64 {
	return binary.NativeEndian.Uint64(f.memory[8:])
}
