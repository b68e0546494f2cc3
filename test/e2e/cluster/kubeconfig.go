package cluster

import (
	"encoding/base64"
	"fmt"
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
