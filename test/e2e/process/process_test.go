package process

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// In TestChildrenEndWithAParentThatIsKilled this program is the parent.
const parentFolder = "MESHVET_PARENT_FOLDER"

func TestMain(m *testing.M) {
	if folder := os.Getenv(parentFolder); folder != "" {
		os.Exit(parent(folder))
	}
	os.Exit(m.Run())
}

func TestStop(t *testing.T) {
	for _, test := range []struct {
		name, script string
		grace        time.Duration
		want         int
	}{
		{"ends by itself", "exit 3", time.Minute, 3},
		{"ends when asked", "trap 'exit 4' TERM; echo on; while :; do sleep 0.02; done",
			time.Minute, 4},
		{"is killed when it does not listen",
			"trap '' TERM; echo on; while :; do sleep 0.02; done", 0, -1},
	} {
		t.Run(test.name, func(t *testing.T) {
			log := filepath.Join(t.TempDir(), "log")
			p, err := Start(log, nil, "/bin/sh", "-c", test.script)
			if err != nil {
				t.Fatal(err)
			}
			waitFor(t, "its first word or its end", func() bool {
				text, _ := os.ReadFile(log)
				return len(text) > 0 || ended(p)
			})
			if got := p.Stop(test.grace); got != test.want {
				t.Errorf("exit code %d, want %d", got, test.want)
			}
		})
	}
}

func TestFailureShowsTheLog(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	p, err := Start(log, nil, "/bin/sh", "-c", "echo no such flag >&2")
	if err != nil {
		t.Fatal(err)
	}
	<-p.Done()
	want := "sh ended; the end of " + log + ":\nno such flag\n"
	if got := p.Failure("ended").Error(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A test that is killed cannot clean up: the kernel does.
func TestChildrenEndWithAParentThatIsKilled(t *testing.T) {
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), parentFolder+"="+t.TempDir())
	stdout, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(stdout).ReadString('\n')
	child, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatalf("the parent said %q", line)
	}
	if !running(child) {
		t.Fatal("the child does not run")
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	waitFor(t, "the end of the child", func() bool { return !running(child) })
}

// parent starts a child, says its id and waits for the worst.
func parent(folder string) int {
	p, err := Start(filepath.Join(folder, "log"), nil, "/bin/sleep", "999")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println(p.PID())
	<-p.Done()
	return 0
}

func ended(p *Process) bool {
	select {
	case <-p.Done():
		return true
	default:
		return false
	}
}

// running is false for a zombie that nobody has waited for.
func running(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return !strings.Contains(string(status), ") Z ")
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !done(); {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// So many that two would have been the same: 1 - 1/e^(1000²/20000).
func TestNoPortIsGivenTwice(t *testing.T) {
	seen := map[int]bool{}
	for range 1000 {
		port, err := FreePort()
		if err != nil {
			t.Fatal(err)
		}
		if seen[port] {
			t.Fatalf("port %d was given before", port)
		}
		seen[port] = true
	}
}
