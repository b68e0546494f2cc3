package cluster

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// A crdSource is a Go module whose release carries CRDs.
type crdSource struct {
	module string
	sum    string // of the module's content, as go.sum has it
	path   string // of the manifests in it
}

// They are taken from the module cache, not copied: what is tested is what
// Istio and the Gateway API release. They are no requirements of go.mod, since
// their own would change what the API server is built from.
var crdSources = []crdSource{
	{
		module: "istio.io/api@v1.31.4",
		sum:    "h1:AcnncYrlDj1PJkym7h88Gggkef4MAra8QpGaXRMsr+E=",
		path:   "kubernetes/customresourcedefinitions.gen.yaml",
	},
	{
		module: "sigs.k8s.io/gateway-api@v1.6.3",
		sum:    "h1:lKpJa5bGlraC/QeACvCpsHLdmO6y0iKfzVl6gzaFEYc=",
		path:   "config/crd/standard",
	},
}

// Kinds of others that the manifests of meshvet have use for.
var operatorSources = []crdSource{
	{
		module: "github.com/prometheus-operator/prometheus-operator@v0.85.0",
		sum:    "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=",
		path:   "example/prometheus-operator-crd",
	},
	{
		module: "github.com/cert-manager/cert-manager@v1.21.2",
		sum:    "h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=",
		path:   "deploy/crds",
	},
}

// fetch returns where the manifests of a source lie.
func (s crdSource) fetch() (string, error) {
	cmd := exec.Command("go", "mod", "download", "-json", s.module)
	cmd.Dir = os.TempDir() // outside every module
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.Output()
	var got struct{ Dir, Sum, Error string }
	if jsonErr := json.Unmarshal(stdout, &got); jsonErr == nil && got.Error != "" {
		return "", fmt.Errorf("go mod download %s: %s", s.module, got.Error)
	}
	if err != nil {
		return "", fmt.Errorf("go mod download %s: %w: %s", s.module, err,
			stderr.String())
	}
	if got.Sum != s.sum {
		return "", fmt.Errorf("%s has the sum %q, not %q", s.module, got.Sum,
			s.sum)
	}
	return filepath.Join(got.Dir, s.path), nil
}

// InstallCRDs brings the kinds of Istio and of the Gateway API into a cluster,
// and returns when the API server serves them.
func InstallCRDs(kubectl Kubectl) error {
	return install(kubectl, crdSources)
}

// InstallOperatorCRDs does the same for those of the Prometheus operator and
// of cert-manager.
func InstallOperatorCRDs(kubectl Kubectl) error {
	return install(kubectl, operatorSources)
}

func install(kubectl Kubectl, sources []crdSource) error {
	arguments := []string{"apply", "--server-side", "--force-conflicts"}
	for _, source := range sources {
		path, err := source.fetch()
		if err != nil {
			return err
		}
		arguments = append(arguments, "--filename", path)
	}
	if output := kubectl.Run(arguments...); output.Code != 0 {
		return fmt.Errorf("the CRDs were not applied: %s", output.Stderr)
	}
	output := kubectl.Run("wait", "--for=condition=Established",
		"--timeout=60s", "customresourcedefinitions", "--all")
	if output.Code != 0 {
		return fmt.Errorf("not all CRDs are established: %s", output.Stderr)
	}
	return nil
}
