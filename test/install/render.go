// Package install renders what a platform team installs: manifests/ by
// kustomize, and the chart in it by Helm.
package install

import (
	"fmt"
	"io"
	"log"
	"maps"
	"path/filepath"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// Folder is manifests/, as seen from here.
const Folder = "../../manifests"

// Namespace is the one all is installed into.
const Namespace = "meshvet-system"

// Object is one manifest, as JSON has it.
type Object = map[string]any

// Objects are found by "Kind namespace/name".
type Objects map[string]Object

// Kustomize renders a folder as `kubectl kustomize` does.
func Kustomize(folder string) (Objects, error) {
	options := krusty.MakeDefaultOptions()
	resources, err := krusty.MakeKustomizer(options).Run(
		filesys.MakeFsOnDisk(), folder)
	if err != nil {
		return nil, err
	}
	objects := Objects{}
	for _, resource := range resources.Resources() {
		text, err := resource.AsYAML()
		if err != nil {
			return nil, err
		}
		if err := objects.add(text); err != nil {
			return nil, fmt.Errorf("%s: %w", folder, err)
		}
	}
	return objects, nil
}

// Helm renders the chart as `helm template --namespace meshvet-system` does,
// with the values checked against its schema.
func Helm(values Object) (Objects, error) {
	chart, err := loadChart()
	if err != nil {
		return nil, err
	}
	release := chartutil.ReleaseOptions{
		Name:      "meshvet",
		Namespace: Namespace,
		IsInstall: true,
	}
	context, err := chartutil.ToRenderValues(chart, values, release, nil)
	if err != nil {
		return nil, err
	}
	files, err := engine.Engine{Strict: true}.Render(chart, context)
	if err != nil {
		return nil, err
	}
	objects := Objects{}
	for name, text := range files {
		if filepath.Base(name) == "NOTES.txt" {
			continue
		}
		for _, document := range strings.Split("\n"+text, "\n---") {
			if err := objects.add([]byte(document)); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return objects, nil
}

func loadChart() (*chart.Chart, error) {
	// Helm tells of each link it follows, by a log that has no other switch.
	defer log.SetOutput(log.Writer())
	log.SetOutput(io.Discard)
	return loader.Load(filepath.Join(Folder, "helm/meshvet"))
}

// ValuesOf reads a file of values for Helm.
func ValuesOf(file string) (Object, error) {
	values, err := chartutil.ReadValuesFile(filepath.Join(Folder, file))
	return values, err
}

// With is all the objects of both; one that is in both is an error.
func (o Objects) With(more Objects) (Objects, error) {
	all := maps.Clone(o)
	for key, object := range more {
		if _, exists := all[key]; exists {
			return nil, fmt.Errorf("%s is there twice", key)
		}
		all[key] = object
	}
	return all, nil
}

// Get is one object, decoded strictly into `into`.
func (o Objects) Get(key string, into any) error {
	object, exists := o[key]
	if !exists {
		return fmt.Errorf("there is no %s", key)
	}
	text, err := yaml.Marshal(object)
	if err != nil {
		return err
	}
	return yaml.UnmarshalStrict(text, into)
}

func (o Objects) add(text []byte) error {
	var object Object
	if err := yaml.UnmarshalStrict(text, &object); err != nil {
		return err
	}
	if len(object) == 0 { // comments only
		return nil
	}
	metadata, _ := object["metadata"].(Object)
	namespace, _ := metadata["namespace"].(string)
	key := fmt.Sprintf("%v %s/%v", object["kind"], namespace, metadata["name"])
	if _, exists := o[key]; exists {
		return fmt.Errorf("%s is there twice", key)
	}
	o[key] = object
	return nil
}
