package cluster

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Kubectl calls kubectl as a user of one cluster would.
type Kubectl struct {
	Binary     string
	Kubeconfig string
	// Home is where it keeps its discovery cache.
	Home string
	// Folder is where it runs: a file is named in its messages as it was
	// given, and a test wants no path of a temporary folder there.
	Folder string
}

// Output is what one call wrote, and its exit code: -1 if it did not end by
// itself.
type Output struct {
	Stdout, Stderr string
	Code           int
}

const kubectlPatience = 90 * time.Second

// Run calls kubectl; an error to start it is an output too.
func (k Kubectl) Run(arguments ...string) Output {
	ctx, cancel := context.WithTimeout(context.Background(), kubectlPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, k.Binary, arguments...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.Dir = &stdout, &stderr, k.Folder
	cmd.Env = []string{
		"HOME=" + k.Home,
		"KUBECONFIG=" + k.Kubeconfig,
		"PATH=" + os.Getenv("PATH"),
		"KUBECACHEDIR=" + filepath.Join(k.Home, "cache"),
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	err := cmd.Run()
	output := Output{Stdout: stdout.String(), Stderr: stderr.String()}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		output.Code = exit.ExitCode()
	case err != nil:
		output.Code = -1
		output.Stderr += err.Error()
	}
	return output
}

// In is the same kubectl, called in another folder.
func (k Kubectl) In(folder string) Kubectl {
	k.Folder = folder
	return k
}

// Existing is kubectl for the cluster of KUBECONFIG, which has to be named: no
// test runs against whatever cluster ~/.kube/config happens to name.
func Existing(home string) (Kubectl, error) {
	kubeconfig := os.Getenv("KUBECONFIG")
	if kubeconfig == "" {
		return Kubectl{}, errors.New("USE_EXISTING_CLUSTER needs KUBECONFIG")
	}
	assets, err := Assets()
	if err != nil {
		return Kubectl{}, err
	}
	return Kubectl{
		Binary:     filepath.Join(assets, "kubectl"),
		Kubeconfig: kubeconfig,
		Home:       home,
		Folder:     home,
	}, nil
}
