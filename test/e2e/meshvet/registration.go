package meshvet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"sigs.k8s.io/yaml"

	"meshvet.dev/e2e/cluster"
)

// FailurePolicy says what an API server does with a change nobody could judge.
type FailurePolicy string

// The two there are.
const (
	Fail   FailurePolicy = "Fail"
	Ignore FailurePolicy = "Ignore"
)

// OwnNamespace is the one that is never judged, so that meshvet can always be
// mended.
const OwnNamespace = "meshvet-system"

// Manifests is what is installed in clusters, as seen from the folder of the
// tests.
const Manifests = "../../manifests"

type object = map[string]any

// Registration is the two webhook configurations of manifests/, as a list in
// JSON that kubectl takes, with `url` in place of the Service.
func Registration(url string, ca []byte, policy FailurePolicy) ([]byte, error) {
	rendered, err := Rendered(filepath.Join(Manifests, "base"))
	if err != nil {
		return nil, err
	}
	items := []object{}
	for _, manifest := range rendered {
		if webhooks, exists := manifest["webhooks"].([]any); exists {
			for _, webhook := range webhooks {
				err := redirect(webhook.(object), url, ca, policy)
				if err != nil {
					return nil, err
				}
			}
			items = append(items, manifest)
		}
	}
	if len(items) != 2 {
		return nil, fmt.Errorf("the base has %d webhook configurations",
			len(items))
	}
	return json.Marshal(
		object{"apiVersion": "v1", "kind": "List", "items": items})
}

// redirect leaves the path as it is.
func redirect(webhook object, url string, ca []byte,
	policy FailurePolicy) error {
	client, _ := webhook["clientConfig"].(object)
	service, _ := client["service"].(object)
	path, _ := service["path"].(string)
	if path == "" {
		return fmt.Errorf("%v is called at no path", webhook["name"])
	}
	webhook["clientConfig"] = object{"url": url + path, "caBundle": ca}
	webhook["failurePolicy"] = policy
	return nil
}

// Rendered are the manifests of a kustomization.
func Rendered(folder string) ([]map[string]any, error) {
	assets, err := cluster.Assets()
	if err != nil {
		return nil, err
	}
	kubectl := cluster.Kubectl{Binary: filepath.Join(assets, "kubectl")}
	output := kubectl.Run("kustomize", folder)
	if output.Code != 0 {
		return nil, errors.New("kubectl kustomize: " + output.Stderr)
	}
	var manifests []object
	for _, text := range bytes.Split([]byte(output.Stdout), []byte("\n---\n")) {
		var manifest object
		if err := yaml.Unmarshal(text, &manifest); err != nil {
			return nil, err
		}
		manifests = append(manifests, manifest)
	}
	return manifests, nil
}
