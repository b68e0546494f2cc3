package cluster

import (
	"bytes"
	"io"
	"net/http"
)

// A Client sends requests of the administrator; for many at once, where so many
// processes of kubectl would not fit into memory. It may be used by several
// goroutines.
type Client struct {
	cluster *Cluster
	http    *http.Client
}

// NewClient has a pool of connections of its own.
func (c *Cluster) NewClient() *Client {
	client := c.httpClient()
	client.Timeout = kubectlPatience
	return &Client{c, client}
}

// ServerSideApply sends a manifest to a path as kubectl would, and gives the
// answer's code and text.
func (c *Client) ServerSideApply(path, manifest string) (int, string, error) {
	request, err := http.NewRequest(http.MethodPatch,
		c.cluster.URL()+path+"?fieldManager=e2e&force=true",
		bytes.NewReader([]byte(manifest)))
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Authorization", "Bearer "+c.cluster.token)
	request.Header.Set("Content-Type", "application/apply-patch+yaml")
	response, err := c.http.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

// Close drops its connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }
