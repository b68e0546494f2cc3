package meshvet

import "encoding/json"

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

type object = map[string]any

// Registration is the two webhook configurations, as a list in JSON that
// kubectl takes.
func Registration(url string, ca []byte, policy FailurePolicy) ([]byte, error) {
	validate := webhook("validate.meshvet.dev", url+"/validate", ca, policy)
	validate["rules"] = []object{
		rule("networking.istio.io", networking, "CREATE", "UPDATE", "DELETE"),
		rule("security.istio.io", security, "CREATE", "UPDATE", "DELETE"),
		// What others rely on may be lost by these; a new one harms nobody.
		rule("", []string{"services"}, "UPDATE", "DELETE"),
		rule("", []string{"namespaces"}, "UPDATE"),
	}
	mutate := webhook("mutate.meshvet.dev", url+"/mutate", ca, policy)
	mutate["rules"] = []object{
		rule("networking.istio.io", networking, "CREATE", "UPDATE"),
	}
	mutate["reinvocationPolicy"] = "IfNeeded"
	return json.Marshal(object{
		"apiVersion": "v1",
		"kind":       "List",
		"items": []object{
			configuration("ValidatingWebhookConfiguration", validate),
			configuration("MutatingWebhookConfiguration", mutate),
		},
	})
}

var (
	networking = []string{
		"destinationrules", "gateways", "serviceentries", "virtualservices",
		"workloadentries", "workloadgroups",
	}
	security = []string{"peerauthentications"}
)

// A write that changes nothing a rule looks at is not worth a call: a status,
// finalizers, managed fields.
const changesWhatIsJudged = `request.operation != "UPDATE" ||
object.?spec != oldObject.?spec ||
object.metadata.?labels != oldObject.metadata.?labels ||
object.metadata.?annotations != oldObject.metadata.?annotations`

func webhook(name, url string, ca []byte, policy FailurePolicy) object {
	return object{
		"name":                    name,
		"admissionReviewVersions": []string{"v1"},
		"clientConfig":            object{"url": url, "caBundle": ca},
		"failurePolicy":           policy,
		"matchPolicy":             "Equivalent",
		"sideEffects":             "None",
		"timeoutSeconds":          5,
		"namespaceSelector": object{"matchExpressions": []object{{
			"key":      "kubernetes.io/metadata.name",
			"operator": "NotIn",
			"values":   []string{OwnNamespace},
		}}},
		"matchConditions": []object{{
			"name":       "changes-what-is-judged",
			"expression": changesWhatIsJudged,
		}},
	}
}

// Resources are named without subresources: those are not judged.
func rule(group string, resources []string, operations ...string) object {
	return object{
		"apiGroups":   []string{group},
		"apiVersions": []string{"*"},
		"operations":  operations,
		"resources":   resources,
		"scope":       "*",
	}
}

func configuration(kind string, webhook object) object {
	return object{
		"apiVersion": "admissionregistration.k8s.io/v1",
		"kind":       kind,
		"metadata":   object{"name": "meshvet"},
		"webhooks":   []object{webhook},
	}
}
