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
	return c.writeKubeconfig(folder, "bearer", fmt.Sprintf("token: %q", token))
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
	return c.writeKubeconfig(folder, user, fmt.Sprintf(
		"client-certificate-data: %s, client-key-data: %s",
		encode(pair.certificate), encode(pair.key)))
}

// writeKubeconfig has one context, of the user whose credentials are given as
// the members of a flow mapping.
func (c *Cluster) writeKubeconfig(folder, name, credentials string) (
	string, error) {
	text := fmt.Sprintf(`apiVersion: v1
kind: Config
clusters:
- name: e2e
  cluster:
    server: %s
    certificate-authority-data: %s
users:
- name: user
  user: {%s}
contexts:
- name: user
  context: {cluster: e2e, user: user}
current-context: user
`, c.URL(), base64.StdEncoding.EncodeToString(c.ca.pem), credentials)
	path := filepath.Join(folder, name+".kubeconfig")
	return path, os.WriteFile(path, []byte(text), 0o600)
}
