// Package e2e tests meshvet as its users meet it: by kubectl, through a real
// API server. scripts/e2e.sh runs it.
package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"meshvet.dev/e2e/cluster"
	"meshvet.dev/e2e/meshvet"
)

// suite is what all tests share; those that disturb it bring their own.
var suite struct {
	kubectl cluster.Kubectl
	server  *meshvet.Server
	policy  string // its file
}

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "meshvet-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		os.Exit(1)
	}
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-interrupted
		undoAll()
		os.RemoveAll(folder)
		os.Exit(130)
	}()
	os.Exit(run(m, folder))
}

// run keeps the folder, with all logs, when something failed.
func run(m *testing.M, folder string) int {
	code := 1
	if err := setUp(folder); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
	} else {
		code = m.Run()
	}
	undoAll()
	if code == 0 {
		os.RemoveAll(folder)
	} else if os.Remove(folder) != nil { // not empty
		fmt.Fprintln(os.Stderr, "e2e: the logs are in", folder)
	}
	return code
}

// A pod knows who it is by the downward API. Here all servers are one.
func beAPod() error {
	return errors.Join(
		os.Setenv("POD_NAMESPACE", meshvet.OwnNamespace),
		os.Setenv("POD_NAME", "meshvet-e2e"),
		os.Setenv("POD_UID", "6f0b5f1c-e2e"))
}

func setUp(folder string) error {
	if err := beAPod(); err != nil {
		return err
	}
	kubectl, err := findCluster(folder)
	if err != nil {
		return err
	}
	for _, path := range append(meshFiles(), "testdata/before") {
		if err := apply(kubectl, path); err != nil {
			return err
		}
	}
	suite.policy = filepath.Join(folder, "policy.yaml")
	if err := setPolicy(""); err != nil {
		return err
	}
	server, err := serve(folder, kubectl, suite.policy, meshvet.Fail)
	if err != nil {
		return err
	}
	later(func() { server.Stop() })
	suite.kubectl, suite.server = kubectl, server
	return nil
}

// findCluster starts one, or takes that of KUBECONFIG if
// USE_EXISTING_CLUSTER=true says so: the convention of envtest.
func findCluster(folder string) (cluster.Kubectl, error) {
	if os.Getenv("USE_EXISTING_CLUSTER") == "true" {
		return existingCluster(folder)
	}
	c, err := cluster.Start(folder)
	if err != nil {
		return cluster.Kubectl{}, err
	}
	later(c.Stop)
	return c.Kubectl(), nil
}

// existingCluster keeps the objects of the tests for the next run: namespaces
// do not go where no controller empties them. What nobody answers for any more
// is the webhook.
func existingCluster(folder string) (cluster.Kubectl, error) {
	kubectl, err := cluster.Existing(folder)
	if err != nil {
		return kubectl, err
	}
	if err := cluster.InstallCRDs(kubectl); err != nil {
		return kubectl, err
	}
	later(func() { _ = remove(kubectl, registrationFile(folder)) })
	return kubectl, remove(kubectl, "testdata/before")
}

// setPolicy is that of the tests, and what is added to it.
func setPolicy(more string) error {
	extended, err := filepath.Abs("testdata/policy.yaml")
	if err != nil {
		return err
	}
	text := "apiVersion: meshvet.dev/v1alpha1\nkind: Config\nextends: [" +
		extended + "]\n" + more
	next := suite.policy + ".next"
	if err := os.WriteFile(next, []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(next, suite.policy)
}

// serve starts meshvet and registers it.
func serve(folder string, kubectl cluster.Kubectl, config string,
	policy meshvet.FailurePolicy) (*meshvet.Server, error) {
	server, err := meshvet.Serve(folder, serveFlags(kubectl, config)...)
	if err != nil {
		return nil, err
	}
	err = register(folder, kubectl, server, policy)
	if err == nil {
		err = awaitDenial(folder, kubectl)
	}
	if err != nil {
		server.Stop()
		return nil, err
	}
	return server, nil
}

// awaitDenial returns when the API server acts on the registration, which is
// some milliseconds after it has stored it.
func awaitDenial(folder string, kubectl cluster.Kubectl) error {
	path := filepath.Join(folder, "denied.yaml")
	if err := os.WriteFile(path, []byte(routeToLedger), 0o600); err != nil {
		return err
	}
	output := cluster.Output{}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		output = kubectl.Run("create", "--dry-run=server", "-f", path)
		if strings.Contains(output.Stderr, denied) {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("nothing is denied: %+v", output)
}

// serveFlags have the server know the mesh as the cluster has it.
func serveFlags(kubectl cluster.Kubectl, config string) []string {
	return []string{
		"--config=" + config,
		"--kubeconfig=" + kubectl.Kubeconfig,
	}
}

// meshFiles are the objects that are in the cluster from the start.
func meshFiles() []string {
	return []string{"../../examples/mesh", "testdata/mesh"}
}

func registrationFile(folder string) string {
	return filepath.Join(folder, "registration.json")
}

func register(folder string, kubectl cluster.Kubectl, server *meshvet.Server,
	policy meshvet.FailurePolicy) error {
	ca, err := server.CA()
	if err != nil {
		return err
	}
	return registerWith(folder, kubectl, server, ca, policy)
}

func registerWith(folder string, kubectl cluster.Kubectl,
	server *meshvet.Server, ca []byte, policy meshvet.FailurePolicy) error {
	list, err := meshvet.Registration(server.URL(), ca, policy)
	if err != nil {
		return err
	}
	path := registrationFile(folder)
	if err := os.WriteFile(path, list, 0o600); err != nil {
		return err
	}
	return apply(kubectl, path)
}

// apply brings a file or a folder of manifests into the cluster: twice, if in
// a folder a namespace comes after what is in it.
func apply(kubectl cluster.Kubectl, path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	output := kubectl.Run("apply", "-f", path)
	if output.Code != 0 {
		output = kubectl.Run("apply", "-f", path)
	}
	if output.Code != 0 {
		return fmt.Errorf("%s was not applied: %s", path, output.Stderr)
	}
	return nil
}

func remove(kubectl cluster.Kubectl, path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	output := kubectl.Run("delete", "--ignore-not-found", "-f", path)
	if output.Code != 0 {
		return fmt.Errorf("%s was not deleted: %s", path, output.Stderr)
	}
	return nil
}
