package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"meshvet.dev/e2e/cluster"
)

// A mountedPair is a certificate and its key as kubelet mounts a Secret: links
// by way of ..data, which is replaced as a whole.
type mountedPair struct {
	cluster *cluster.Cluster
	folder  string
	count   int
}

func newMountedPair(t *testing.T, c *cluster.Cluster, folder string) *mountedPair {
	t.Helper()
	m := &mountedPair{cluster: c, folder: filepath.Join(folder, "tls")}
	if err := os.Mkdir(m.folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"tls.crt", "tls.key"} {
		err := os.Symlink(filepath.Join("..data", name),
			filepath.Join(m.folder, name))
		if err != nil {
			t.Fatal(err)
		}
	}
	m.issue(t, time.Now().Add(24*time.Hour))
	return m
}

func (m *mountedPair) flags() []string {
	return []string{
		"--tls-cert-file=" + filepath.Join(m.folder, "tls.crt"),
		"--tls-private-key-file=" + filepath.Join(m.folder, "tls.key"),
	}
}

// issue replaces it by one of the same CA.
func (m *mountedPair) issue(t *testing.T, until time.Time) {
	t.Helper()
	certificate, key, err := m.cluster.ServerPair("meshvet", until)
	if err != nil {
		t.Fatal(err)
	}
	m.mount(t, certificate, key)
}

func (m *mountedPair) mount(t *testing.T, certificate, key []byte) {
	t.Helper()
	m.count++
	version := fmt.Sprintf("..%d", m.count)
	err := os.Mkdir(filepath.Join(m.folder, version), 0o700)
	for name, text := range map[string][]byte{
		"tls.crt": certificate, "tls.key": key,
	} {
		if err == nil {
			err = os.WriteFile(filepath.Join(m.folder, version, name), text, 0o600)
		}
	}
	next := filepath.Join(m.folder, "..data_tmp")
	if err == nil {
		err = os.Symlink(version, next)
	}
	if err == nil {
		err = os.Rename(next, filepath.Join(m.folder, "..data"))
	}
	if err != nil {
		t.Fatal(err)
	}
}
