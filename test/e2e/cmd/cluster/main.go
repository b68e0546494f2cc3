// Command cluster starts etcd, a Kubernetes API server and the CRDs of Istio
// and of the Gateway API on loopback, prints how to reach it, and stays until
// SIGINT or SIGTERM.
//
//	$ scripts/e2e.sh cluster
//	export KUBECONFIG=/tmp/meshvet-cluster-1/kubeconfig
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"meshvet.dev/e2e/cluster"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

// run starts a cluster whose API server gets the flags too.
func run(flags []string) error {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	folder, err := os.MkdirTemp("", "meshvet-cluster-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	c, err := cluster.Start(folder, flags...)
	if err != nil {
		return err
	}
	defer c.Stop()
	fmt.Printf("export KUBECONFIG=%s\n", c.Kubeconfig())
	fmt.Fprintf(os.Stderr, "cluster: %s, etcd is process %d, "+
		"kube-apiserver %d, logs in %s; Ctrl-C stops them\n",
		c.URL(), c.Etcd.PID(), c.APIServer.PID(), folder)
	<-stop
	return nil
}
