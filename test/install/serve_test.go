package install

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// addresses start a `meshvet serve` that ends with the test, and give where it
// takes webhooks and where it is watched.
func addresses(t *testing.T, flags ...string) (string, string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, binary(), append([]string{"serve",
		"--listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0"}, flags...)...)
	var log bytes.Buffer
	command.Stderr = &log
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = command.Wait()
	})
	var webhook, ops string
	if _, err := fmt.Fscanf(stdout, "webhook %s\nops %s\n", &webhook,
		&ops); err != nil {
		t.Fatalf("it prints no addresses: %v: %s", err, log.String())
	}
	return webhook, ops
}

var client = http.Client{
	Timeout: 10 * time.Second,
	Transport: &http.Transport{
		// Its certificate is made in memory, for this run alone.
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	},
}

// scrape is what Prometheus would get.
func scrape(t *testing.T, ops string) string {
	t.Helper()
	response, err := client.Get(ops + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v: %s", response.Status, err, text)
	}
	return string(text)
}

// metricsOfReviews are those after some reviews.
func metricsOfReviews(t *testing.T) string {
	t.Helper()
	webhook, ops := addresses(t, "--inventory=../../examples/mesh")
	reviews, err := filepath.Glob("../../examples/reviews/*.json")
	if err != nil || len(reviews) == 0 {
		t.Fatalf("there are no reviews: %v", err)
	}
	for _, review := range reviews {
		body, err := os.ReadFile(review)
		if err != nil {
			t.Fatal(err)
		}
		response, err := client.Post(webhook+"/validate", "application/json",
			bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s", review, response.Status)
		}
	}
	return scrape(t, ops)
}

// metricsOfCluster are those of a cluster that does not answer: its series are
// there all the same.
func metricsOfCluster(t *testing.T) string {
	t.Helper()
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	text := `apiVersion: v1
kind: Config
clusters: [{name: none, cluster: {server: "http://127.0.0.1:1"}}]
users: [{name: none, user: {token: none}}]
contexts: [{name: none, context: {cluster: none, user: none}}]
current-context: none
`
	if err := os.WriteFile(kubeconfig, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, ops := addresses(t, "--kubeconfig="+kubeconfig)
	return scrape(t, ops)
}

// seriesOf are the names and labels in what was scraped, each once.
func seriesOf(scrapes ...string) []string {
	var series []string
	seen := map[string]bool{}
	for _, line := range strings.Split(strings.Join(scrapes, "\n"), "\n") {
		end := strings.LastIndex(line, " ")
		if end < 0 || strings.HasPrefix(line, "#") || seen[line[:end]] {
			continue
		}
		seen[line[:end]] = true
		series = append(series, line[:end])
	}
	return series
}
