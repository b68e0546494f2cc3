package install

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"k8s.io/client-go/rest"
)

// Nobody is locked out by what cannot be called yet: whatever is installed is
// installed with Ignore.
func TestInstalledWithIgnore(t *testing.T) {
	for _, folder := range []string{
		Folder + "/overlays/self-managed-ca", "testdata/fail-closed",
		"testdata/self-managed-fail-closed",
	} {
		objects := kustomizeAll(t, folder)
		for _, kind := range []string{"Validating", "Mutating"} {
			got := policyOfWebhook(objects[kind+"WebhookConfiguration /meshvet"])
			if got != "Ignore" {
				t.Errorf("%s: %s is installed with %q", folder, kind, got)
			}
		}
	}
}

func policyOfWebhook(configuration Object) string {
	webhooks, _ := configuration["webhooks"].([]any)
	if len(webhooks) != 1 {
		return ""
	}
	policy, _ := webhooks[0].(Object)["failurePolicy"].(string)
	return policy
}

// What meshvet has promoted is not taken back by an upgrade of the chart.
func TestUpgradeKeepsTheFailurePolicy(t *testing.T) {
	tests := []struct{ wish, live, want string }{
		{wish: "Fail", live: "Fail", want: "Fail"},
		{wish: "Fail", live: "Ignore", want: "Ignore"},
		{wish: "Fail", live: "", want: "Ignore"}, // not installed
		{wish: "Ignore", live: "Fail", want: "Ignore"},
	}
	for _, test := range tests {
		server := httptest.NewServer(liveConfigurations(test.live))
		webhooks := upgraded(t, server.URL, test.wish)
		server.Close()
		got := strings.Count(webhooks, "failurePolicy: ")
		asWanted := strings.Count(webhooks, "failurePolicy: "+test.want+"\n")
		if got != 2 || asWanted != 2 {
			t.Errorf("%+v: %s", test, webhooks)
		}
	}
}

// liveConfigurations is an API server that has both, with this failure policy,
// or neither.
func liveConfigurations(policy string) http.HandlerFunc {
	const group = "/apis/admissionregistration.k8s.io/v1"
	kinds := map[string]string{
		"validatingwebhookconfigurations": "ValidatingWebhookConfiguration",
		"mutatingwebhookconfigurations":   "MutatingWebhookConfiguration",
	}
	return func(answer http.ResponseWriter, request *http.Request) {
		resource := strings.Split(strings.TrimPrefix(request.URL.Path, group), "/")
		var body any
		switch {
		case request.URL.Path == group:
			var resources []Object
			for plural, kind := range kinds {
				resources = append(resources, Object{"name": plural, "kind": kind,
					"namespaced": false, "verbs": []string{"get"}})
			}
			body = Object{"kind": "APIResourceList", "apiVersion": "v1",
				"groupVersion": "admissionregistration.k8s.io/v1",
				"resources":    resources}
		case policy != "" && len(resource) == 3 && resource[2] == "meshvet":
			body = Object{"apiVersion": "admissionregistration.k8s.io/v1",
				"kind": kinds[resource[1]], "metadata": Object{"name": "meshvet"},
				"webhooks": []Object{{"name": "x", "failurePolicy": policy}}}
		default:
			answer.WriteHeader(http.StatusNotFound)
			body = Object{"kind": "Status", "apiVersion": "v1", "code": 404,
				"reason": "NotFound"}
		}
		answer.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(answer).Encode(body)
	}
}

// upgraded is the file of the webhook configurations as `helm upgrade` makes it.
func upgraded(t *testing.T, server, wish string) string {
	t.Helper()
	chart, err := loadChart()
	if err != nil {
		t.Fatal(err)
	}
	values, err := chartutil.ToRenderValues(chart,
		Object{"webhooks": Object{"failurePolicy": wish}},
		chartutil.ReleaseOptions{Namespace: Namespace, IsUpgrade: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	files, err := engine.RenderWithClient(chart, values,
		&rest.Config{Host: server})
	if err != nil {
		t.Fatal(err)
	}
	return files["meshvet/templates/webhooks.yaml"]
}
