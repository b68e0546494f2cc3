// Package mesh fills a cluster with the objects of many teams, and changes them.
package mesh

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/clientcmd"
)

// PerNamespace is how many objects each namespace has, itself included.
const PerNamespace = 50

const (
	services   = 10
	routes     = 8
	pods       = 12
	writers    = 16
	changeTime = 5 * time.Second
)

type object = map[string]any

// A kind is what is changed, and how: patch is a merge patch.
type kind struct {
	resource schema.GroupVersionResource
	name     string
	count    int // in each namespace
	make     func(name string) object
	patch    func(turn int) string
}

var kinds = []kind{
	{
		resource("", "v1", "services"), "Service", services, service,
		label,
	},
	{
		resource("apps", "v1", "deployments"), "Deployment", services, deployment,
		func(turn int) string {
			return fmt.Sprintf(`{"spec":{"replicas":%d}}`, turn%5)
		},
	},
	{resource("", "v1", "pods"), "Pod", pods, pod, label},
	{
		resource("networking.istio.io", "v1", "virtualservices"),
		"VirtualService", routes, virtualService,
		func(turn int) string {
			return fmt.Sprintf(`{"spec":{"http":[{"timeout":"%dms","route":[`+
				`{"destination":{"host":"app-0","subset":"v1"}}]}]}}`, 1000+turn)
		},
	},
	{
		resource("networking.istio.io", "v1", "destinationrules"),
		"DestinationRule", routes, destinationRule,
		func(turn int) string {
			return fmt.Sprintf(`{"spec":{"trafficPolicy":{"connectionPool":`+
				`{"http":{"http2MaxRequests":%d}}}}}`, 1000+turn)
		},
	},
}

var (
	namespaces = resource("", "v1", "namespaces")
	policies   = resource("security.istio.io", "v1", "peerauthentications")
)

func resource(group, version, name string) schema.GroupVersionResource {
	return schema.GroupVersionResource{
		Group: group, Version: version, Resource: name,
	}
}

func label(turn int) string {
	return fmt.Sprintf(`{"metadata":{"labels":{"turn":"%d"}}}`, turn)
}

func nameOf(index int) string { return fmt.Sprintf("app-%d", index) }

func service(name string) object {
	return object{"spec": object{
		"clusterIP": "None", // the cluster has few addresses
		"selector":  object{"app": name},
		"ports":     []any{object{"name": "http", "port": int64(8080)}},
	}}
}

func podTemplate(name string) object {
	return object{
		"metadata": object{"labels": object{"app": name, "version": "v1"}},
		"spec": object{"containers": []any{object{
			"name": "app", "image": "registry.example/" + name,
			"ports": []any{object{"containerPort": int64(8080)}},
		}}},
	}
}

func deployment(name string) object {
	return object{"spec": object{
		"selector": object{"matchLabels": object{"app": name}},
		"template": podTemplate(name),
	}}
}

func pod(name string) object { return podTemplate(name) }

func virtualService(name string) object {
	return object{"spec": object{
		"hosts": []any{name},
		"http": []any{object{"timeout": "3s", "route": []any{object{
			"destination": object{"host": name, "subset": "v1"},
		}}}},
	}}
}

func destinationRule(name string) object {
	return object{"spec": object{
		"host": name,
		"subsets": []any{object{
			"name": "v1", "labels": object{"version": "v1"},
		}},
	}}
}

// Mesh is safe for use by several goroutines.
type Mesh struct {
	client     dynamic.Interface
	namespaces int
	turn       atomic.Int64
}

// Objects is how many Fill created.
func (m *Mesh) Objects() int { return m.namespaces * PerNamespace }

// Fill creates objects of all kinds until there are as many as wanted, which
// is rounded to whole namespaces.
func Fill(kubeconfig string, objects int) (*Mesh, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	config.QPS = -1 // no limit
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	m := &Mesh{client: client, namespaces: objects / PerNamespace}
	return m, parallel(m.namespaces, m.fill)
}

// parallel calls do with all indexes; the error is the first one.
func parallel(count int, do func(index int) error) error {
	var work sync.WaitGroup
	var next atomic.Int64
	var once sync.Once
	var first error
	for range writers {
		work.Add(1)
		go func() {
			defer work.Done()
			for index := int(next.Add(1) - 1); index < count; index = int(next.Add(1) - 1) {
				if err := do(index); err != nil {
					once.Do(func() { first = err })
					return
				}
			}
		}()
	}
	work.Wait()
	return first
}

func namespaceOf(index int) string { return fmt.Sprintf("team-%d", index) }

// A manifest is an object and where it goes.
type manifest struct {
	*unstructured.Unstructured
	resource schema.GroupVersionResource
}

func newManifest(resource schema.GroupVersionResource, kind, namespace,
	name string, content object) manifest {
	m := manifest{&unstructured.Unstructured{Object: content}, resource}
	m.SetAPIVersion(resource.GroupVersion().String())
	m.SetKind(kind)
	m.SetName(name)
	m.SetNamespace(namespace)
	return m
}

// manifests are those of one namespace, itself first.
func manifests(namespace string) []manifest {
	all := []manifest{
		newManifest(namespaces, "Namespace", "", namespace, object{}),
		newManifest(policies, "PeerAuthentication", namespace, "default",
			object{"spec": object{"mtls": object{"mode": "STRICT"}}}),
	}
	for _, kind := range kinds {
		for i := range kind.count {
			name := nameOf(i)
			all = append(all, newManifest(kind.resource, kind.name, namespace, name,
				kind.make(name)))
		}
	}
	return all
}

func (m *Mesh) fill(index int) error {
	for _, manifest := range manifests(namespaceOf(index)) {
		if err := m.create(manifest); err != nil {
			return err
		}
	}
	return nil
}

func (m *Mesh) create(manifest manifest) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err := m.in(manifest.resource, manifest.GetNamespace()).Create(ctx,
		manifest.Unstructured, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("create %s %s/%s: %w", manifest.GetKind(),
			manifest.GetNamespace(), manifest.GetName(), err)
	}
	return nil
}

// Write writes what Fill creates into a file.
func Write(path string, objects int) error {
	var text bytes.Buffer
	for index := range objects / PerNamespace {
		for _, manifest := range manifests(namespaceOf(index)) {
			document, err := manifest.MarshalJSON()
			if err != nil {
				return err
			}
			text.WriteString("---\n")
			text.Write(document)
		}
	}
	return os.WriteFile(path, text.Bytes(), 0o600)
}

func (m *Mesh) in(resource schema.GroupVersionResource,
	namespace string) dynamic.ResourceInterface {
	if namespace == "" {
		return m.client.Resource(resource)
	}
	return m.client.Resource(resource).Namespace(namespace)
}

// Change changes one object of the mesh, each time another.
func (m *Mesh) Change(ctx context.Context) error {
	turn := int(m.turn.Add(1))
	kind := kinds[turn%len(kinds)]
	round := turn / len(kinds)
	return m.patch(ctx, kind.resource, namespaceOf(round%m.namespaces),
		nameOf(round/m.namespaces%kind.count), kind.patch(turn))
}

// LoseSubset deletes what the reviewed route rests on.
func (m *Mesh) LoseSubset() error {
	ctx, cancel := context.WithTimeout(context.Background(), changeTime)
	defer cancel()
	return m.in(resource("networking.istio.io", "v1", "destinationrules"),
		namespaceOf(0)).Delete(ctx, nameOf(0), metav1.DeleteOptions{})
}

func (m *Mesh) patch(ctx context.Context, resource schema.GroupVersionResource,
	namespace, name, patch string) error {
	ctx, cancel := context.WithTimeout(ctx, changeTime)
	defer cancel()
	_, err := m.in(resource, namespace).Patch(ctx, name, types.MergePatchType,
		[]byte(patch), metav1.PatchOptions{})
	if err != nil {
		return fmt.Errorf("patch %s %s/%s: %w", resource.Resource, namespace, name,
			err)
	}
	return nil
}
