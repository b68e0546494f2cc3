package cluster

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"meshvet.dev/e2e/process"
)

// Component is etcd or the API server: it can be stopped and started again, on
// the same port and with the same data.
type Component struct {
	words   []string
	log     string
	process *process.Process
}

// Start runs it; that it runs does not mean that it is ready.
func (c *Component) Start() error {
	started, err := process.Start(c.log, nil, c.words...)
	c.process = started
	return err
}

// Stop ends it, by SIGKILL once grace is over. One that does not run stays as
// it is.
func (c *Component) Stop(grace time.Duration) {
	if c.process == nil {
		return
	}
	c.process.Stop(grace)
	c.process = nil
}

// Log is the file it writes to.
func (c *Component) Log() string { return c.log }

// PID is its process id while it runs.
func (c *Component) PID() int { return c.process.PID() }

// failure is nil as long as it runs.
func (c *Component) failure() error {
	if c.process == nil {
		return fmt.Errorf("%s was stopped", filepath.Base(c.words[0]))
	}
	select {
	case <-c.process.Done():
		return c.process.Failure("ended")
	default:
		return nil
	}
}

func newEtcd(assets, folder string, port int) *Component {
	client := fmt.Sprintf("http://127.0.0.1:%d", port)
	return &Component{
		log: filepath.Join(folder, "etcd.log"),
		words: []string{
			filepath.Join(assets, "etcd"),
			"--data-dir=" + filepath.Join(folder, "etcd"),
			"--listen-client-urls=" + client,
			"--advertise-client-urls=" + client,
			// It has no peers: any port will do.
			"--listen-peer-urls=http://127.0.0.1:0",
		},
	}
}

const serviceAccountIssuer = "https://kubernetes.default.svc.cluster.local"

func newAPIServer(assets, folder string, port, etcdPort int,
	extra []string) *Component {
	in := func(name string) string { return filepath.Join(folder, name) }
	words := []string{
		filepath.Join(assets, "kube-apiserver"),
		fmt.Sprintf("--etcd-servers=http://127.0.0.1:%d", etcdPort),
		"--bind-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", port),
		"--cert-dir=" + in("certificates"),
		"--tls-cert-file=" + in("server.crt"),
		"--tls-private-key-file=" + in("server.key"),
		"--client-ca-file=" + in("ca.crt"),
		"--token-auth-file=" + in("tokens.csv"),
		"--service-account-issuer=" + serviceAccountIssuer,
		"--service-account-key-file=" + in("service-account.key"),
		"--service-account-signing-key-file=" + in("service-account.key"),
		"--service-cluster-ip-range=10.0.0.0/24",
		"--authorization-mode=RBAC",
		// No controller gives namespaces their default ServiceAccount, without
		// which this plugin admits no pod.
		"--disable-admission-plugins=ServiceAccount",
		// An address of loopback is refused as an endpoint.
		"--endpoint-reconciler-type=none",
	}
	return &Component{
		log:   in("kube-apiserver.log"),
		words: append(words, extra...),
	}
}

// writeCredentials makes all that newAPIServer names, and the kubeconfig.
func writeCredentials(folder, token string, port int) (*authority, error) {
	ca, err := newAuthority()
	if err != nil {
		return nil, err
	}
	server, err := ca.server("kube-apiserver", time.Now().Add(24*time.Hour))
	if err != nil {
		return nil, err
	}
	if err := server.write(folder, "server"); err != nil {
		return nil, err
	}
	signer, err := newKey()
	if err != nil {
		return nil, err
	}
	signerText, err := keyText(signer)
	if err != nil {
		return nil, err
	}
	config, err := kubeconfig(ca, token, port)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{
		"ca.crt":              ca.pem,
		"service-account.key": signerText,
		"tokens.csv":          []byte(token + ",admin,admin,system:masters\n"),
		"kubeconfig":          config,
	}
	for name, text := range files {
		err := os.WriteFile(filepath.Join(folder, name), text, 0o600)
		if err != nil {
			return nil, err
		}
	}
	return ca, nil
}
