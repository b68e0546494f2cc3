// Package cluster runs a real Kubernetes control plane on loopback: etcd, the
// API server, and the CRDs of Istio and of the Gateway API.
//
//	c, err := cluster.Start(folder)
//	defer c.Stop()
//	c.Kubectl().Run("get", "namespaces")
//
// There are no controllers and no nodes: a Deployment stays an object. The
// programs come from the folder KUBEBUILDER_ASSETS, as in envtest.
package cluster

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"meshvet.dev/e2e/process"
)

// Cluster is one control plane. Not for use by several goroutines, but for
// Kubectl and what is made of it.
type Cluster struct {
	Etcd      *Component
	APIServer *Component

	folder string
	assets string
	port   int
	token  string
	ca     *authority
}

// Assets is the folder with etcd, kube-apiserver and kubectl.
func Assets() (string, error) {
	folder := os.Getenv("KUBEBUILDER_ASSETS")
	if folder == "" {
		return "", errors.New("KUBEBUILDER_ASSETS is not set: " +
			"scripts/e2e.sh builds kube-apiserver and kubectl and sets it")
	}
	for _, name := range []string{"etcd", "kube-apiserver", "kubectl"} {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			return "", fmt.Errorf("KUBEBUILDER_ASSETS lacks a program: %w", err)
		}
	}
	return folder, nil
}

// Start returns a cluster that is ready, with its CRDs. All its files lie in
// folder, which the caller removes after Stop. Extra flags follow those of the
// API server.
func Start(folder string, extra ...string) (*Cluster, error) {
	c, err := newCluster(folder, extra)
	if err != nil {
		return nil, err
	}
	if err := c.bringUp(); err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

func newCluster(folder string, extra []string) (*Cluster, error) {
	assets, err := Assets()
	if err != nil {
		return nil, err
	}
	port, err := process.FreePort()
	if err != nil {
		return nil, err
	}
	etcdPort, err := process.FreePort()
	if err != nil {
		return nil, err
	}
	token := rand.Text()
	ca, err := writeCredentials(folder, token, port)
	if err != nil {
		return nil, err
	}
	return &Cluster{
		Etcd:      newEtcd(assets, folder, etcdPort),
		APIServer: newAPIServer(assets, folder, port, etcdPort, extra),
		folder:    folder,
		assets:    assets,
		port:      port,
		token:     token,
		ca:        ca,
	}, nil
}

func (c *Cluster) bringUp() error {
	if err := c.Etcd.Start(); err != nil {
		return err
	}
	if err := c.APIServer.Start(); err != nil {
		return err
	}
	if err := c.WaitReady(time.Minute); err != nil {
		return err
	}
	return InstallCRDs(c.Kubectl())
}

// Stop ends both components at once: nothing of them is kept.
func (c *Cluster) Stop() {
	c.APIServer.Stop(0)
	c.Etcd.Stop(0)
}

// Kubeconfig is the path of one with an administrator's token.
func (c *Cluster) Kubeconfig() string {
	return filepath.Join(c.folder, "kubeconfig")
}

// Kubectl is the administrator's.
func (c *Cluster) Kubectl() Kubectl {
	return Kubectl{
		Binary:     filepath.Join(c.assets, "kubectl"),
		Kubeconfig: c.Kubeconfig(),
		Home:       c.folder,
		Folder:     c.folder,
	}
}

// URL is where the API server listens.
func (c *Cluster) URL() string {
	return fmt.Sprintf("https://127.0.0.1:%d", c.port)
}

// WaitReady returns when /readyz says so. It is an error if that takes longer,
// or if a component ends.
func (c *Cluster) WaitReady(patience time.Duration) error {
	client := c.httpClient()
	defer client.CloseIdleConnections()
	answer := errors.New("not asked yet")
	for end := time.Now().Add(patience); time.Now().Before(end); {
		for _, component := range []*Component{c.Etcd, c.APIServer} {
			if err := component.failure(); err != nil {
				return err
			}
		}
		if answer = c.askReady(client); answer == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return c.APIServer.process.Failure(
		fmt.Sprintf("is not ready after %s: %v", patience, answer))
}

func (c *Cluster) httpClient() *http.Client {
	roots := x509.NewCertPool()
	roots.AddCert(c.ca.certificate)
	return &http.Client{
		Timeout: 5 * time.Second,
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: roots},
		},
	}
}

func (c *Cluster) askReady(client *http.Client) error {
	request, err := http.NewRequest(http.MethodGet, c.URL()+"/readyz", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", response.Status, text)
	}
	return nil
}
