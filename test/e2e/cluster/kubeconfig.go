package cluster

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
)

// The administrator may come by token, which is the current context, or by
// certificate.
const kubeconfigFormat = `apiVersion: v1
kind: Config
clusters:
- name: e2e
  cluster:
    server: https://127.0.0.1:%d
    certificate-authority-data: %s
users:
- name: admin
  user:
    token: %s
- name: admin-certificate
  user:
    client-certificate-data: %s
    client-key-data: %s
contexts:
- name: admin
  context: {cluster: e2e, user: admin}
- name: admin-certificate
  context: {cluster: e2e, user: admin-certificate}
current-context: admin
`

func kubeconfig(ca *authority, token string, port int) ([]byte, error) {
	client, err := ca.client("admin", "system:masters")
	if err != nil {
		return nil, err
	}
	encode := base64.StdEncoding.EncodeToString
	return fmt.Appendf(nil, kubeconfigFormat, port, encode(ca.pem), token,
		encode(client.certificate), encode(client.key)), nil
}

// KubeconfigOf writes one for whoever a token belongs to, and gives its path.
func (c *Cluster) KubeconfigOf(folder, token string) (string, error) {
	text := fmt.Sprintf(`apiVersion: v1
kind: Config
clusters:
- name: e2e
  cluster:
    server: %s
    certificate-authority-data: %s
users:
- name: bearer
  user: {token: %q}
contexts:
- name: bearer
  context: {cluster: e2e, user: bearer}
current-context: bearer
`, c.URL(), base64.StdEncoding.EncodeToString(c.ca.pem), token)
	path := filepath.Join(folder, "bearer.kubeconfig")
	return path, os.WriteFile(path, []byte(text), 0o600)
}

// KubeconfigFor writes one for a user who comes by certificate, and gives its
// path.
func (c *Cluster) KubeconfigFor(folder, user string, groups ...string) (
	string, error) {
	pair, err := c.ca.client(user, groups...)
	if err != nil {
		return "", err
	}
	encode := base64.StdEncoding.EncodeToString
	text := fmt.Sprintf(`apiVersion: v1
kind: Config
clusters:
- name: e2e
  cluster:
    server: %s
    certificate-authority-data: %s
users:
- name: user
  user: {client-certificate-data: %s, client-key-data: %s}
contexts:
- name: user
  context: {cluster: e2e, user: user}
current-context: user
`, c.URL(), encode(c.ca.pem), encode(pair.certificate), encode(pair.key))
	path := filepath.Join(folder, user+".kubeconfig")
	return path, os.WriteFile(path, []byte(text), 0o600)
}
