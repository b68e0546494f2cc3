package install

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// Whoever installs by kustomize and whoever installs by Helm has the same.
func TestKustomizeAndHelmMakeTheSameObjects(t *testing.T) {
	audit, err := ValuesOf("helm/meshvet/values-audit.yaml")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name    string
		folders []string
		values  Object
	}{
		{
			name:    "self-managed CA",
			folders: []string{Folder + "/overlays/self-managed-ca"},
			values:  Object{"certificates": Object{"mode": "selfManaged"}},
		},
		{
			name:    "cert-manager",
			folders: []string{Folder + "/overlays/cert-manager"},
		},
		{
			name:    "audit",
			folders: []string{Folder + "/overlays/audit"},
			values:  audit,
		},
		{
			name:    "fail closed",
			folders: []string{"testdata/fail-closed"},
			values:  Object{"webhooks": Object{"failurePolicy": "Fail"}},
		},
		{
			name:    "fail closed with a CA of one's own",
			folders: []string{"testdata/self-managed-fail-closed"},
			values: Object{
				"certificates": Object{"mode": "selfManaged"},
				"webhooks":     Object{"failurePolicy": "Fail"},
			},
		},
		{
			name: "monitoring",
			folders: []string{
				Folder + "/overlays/cert-manager",
				Folder + "/overlays/monitoring",
			},
			values: Object{"monitoring": Object{"enabled": true}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			values := maps.Clone(test.values)
			if values == nil {
				values = Object{}
			}
			values["createNamespace"] = true
			helm, err := Helm(values)
			if err != nil {
				t.Fatal(err)
			}
			kustomize := kustomizeAll(t, test.folders...)
			if diff := cmp.Diff(readEmbedded(t, kustomize),
				readEmbedded(t, helm)); diff != "" {
				t.Errorf("-kustomize +Helm:\n%s", diff)
			}
		})
	}
}

// What the chart can do besides, and what it refuses.
func TestChartValues(t *testing.T) {
	const deployment = "Deployment meshvet-system/meshvet"
	own := Object{
		"mode": "secret", "secretName": "ours",
		"caBundle": "-----BEGIN CERTIFICATE-----\nMA==\n",
	}
	tests := []struct {
		name   string
		values Object
		object string // in which `want` stands
		want   string
		err    string
	}{
		{
			name:   "a Secret of one's own is mounted",
			values: Object{"certificates": own},
			object: deployment, want: "secretName: ours\n",
		},
		{
			name:   "and its CA is told to the API server",
			values: Object{"certificates": own},
			object: "ValidatingWebhookConfiguration /meshvet",
			want:   "caBundle: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1BPT0K\n",
		},
		{
			name:   "without its CA nothing would be vetted",
			values: Object{"certificates": Object{"mode": "secret"}},
			err:    "certificates/caBundle",
		},
		{
			name:   "a CA that would be overwritten",
			values: Object{"certificates": Object{"caBundle": own["caBundle"]}},
			err:    "certificates/caBundle",
		},
		{
			name:   "an image by its digest",
			values: Object{"image": Object{"digest": "sha256:" + strings.Repeat("0a", 32)}},
			object: deployment,
			want:   "image: meshvet@sha256:" + strings.Repeat("0a", 32) + "\n",
		},
		{
			name:   "the configuration of a revision may be read",
			values: Object{"istio": Object{"revision": "canary"}},
			object: "Role istio-system/meshvet-mesh-config-reader",
			want:   "- istio-canary\n",
		},
		{
			name:   "and is",
			values: Object{"istio": Object{"revision": "canary"}},
			object: deployment, want: "- --istio-revision=canary\n",
		},
		{
			name:   "the unnamed revision",
			values: Object{"istio": Object{"revision": "default"}},
			object: "Role istio-system/meshvet-mesh-config-reader",
			want:   "- istio\n",
		},
		{
			name:   "a policy of one's own",
			values: Object{"policy": Object{"rules": Object{"IST0101": "off"}}},
			object: "ConfigMap meshvet-system/meshvet",
			want:   `IST0101: "off"`,
		},
		{
			name:   "further flags",
			values: Object{"extraArgs": []any{"--max-body=1Mi"}},
			object: deployment, want: "- --max-body=1Mi\n",
		},
		{
			name:   "what is no flag",
			values: Object{"extraArgs": []any{"max-body"}},
			err:    "extraArgs/0",
		},
		{
			name:   "a misspelt value",
			values: Object{"replica": 2},
			err:    "replica",
		},
		{
			name: "another namespace of the proof",
			values: Object{"webhooks": Object{
				"failurePolicy": "Fail", "proofNamespace": "shop"}},
			object: deployment, want: "- --proof-namespace=shop\n",
		},
		{
			name: "may hold the proof",
			values: Object{"webhooks": Object{
				"failurePolicy": "Fail", "proofNamespace": "shop"}},
			object: "Role shop/meshvet-proof", want: "- create\n",
		},
		{
			name: "a namespace that proves nothing",
			values: Object{"webhooks": Object{
				"failurePolicy": "Fail", "proofNamespace": Namespace}},
			err: "webhooks.proofNamespace is meshvet's own",
		},
		{
			name:   "a misspelt failure policy",
			values: Object{"webhooks": Object{"failurePolicy": "fail"}},
			err:    "webhooks/failurePolicy",
		},
		{
			name:   "a policy that is none",
			values: Object{"policy": Object{"kind": "ConfigMap"}},
			err:    "policy/kind",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			objects, err := Helm(test.values)
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Fatalf("got the error %v, want one about %q", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			text, err := yaml.Marshal(objects[test.object])
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(text), test.want) {
				t.Errorf("%s lacks %q:\n%s", test.object, test.want, text)
			}
		})
	}
}

// What is a file in a folder of manifests/ is a file of the chart too.
func TestChartHasNoCopies(t *testing.T) {
	files := filepath.Join(Folder, "helm/meshvet/files")
	entries, err := os.ReadDir(files)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) == 0 {
		t.Error(files + " is empty")
	}
	for _, entry := range entries {
		if entry.Type() != os.ModeSymlink {
			t.Errorf("%s is no link", entry.Name())
		}
	}
}

func kustomizeAll(t *testing.T, folders ...string) Objects {
	t.Helper()
	all := Objects{}
	for _, folder := range folders {
		objects, err := Kustomize(folder)
		if err != nil {
			t.Fatal(err)
		}
		if all, err = all.With(objects); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// readEmbedded makes objects of the YAML and JSON texts in ConfigMaps: they are
// the same if they say the same.
func readEmbedded(t *testing.T, objects Objects) Objects {
	t.Helper()
	read := Objects{}
	for key, object := range objects {
		read[key] = object
		data, isMap := object["data"].(Object)
		if object["kind"] != "ConfigMap" || !isMap {
			continue
		}
		parsed := Object{}
		for name, text := range data {
			var document Object
			err := yaml.UnmarshalStrict([]byte(text.(string)), &document)
			if err != nil {
				t.Fatalf("%s: %s: %v", key, name, err)
			}
			parsed[name] = document
		}
		read[key] = maps.Clone(object)
		read[key]["data"] = parsed
	}
	return read
}
