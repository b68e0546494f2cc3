package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"meshvet.dev/e2e/cluster"
	"meshvet.dev/e2e/meshvet"
)

const (
	soundPolicy   = "apiVersion: meshvet.dev/v1alpha1\nkind: Config\n"
	mendedPolicy  = soundPolicy + "rules: {workload-entry-missing-label: info}\n"
	unsoundPolicy = soundPolicy + "rules: {no-such-rule: error}\n"
	ownPod        = "meshvet-7c9f-x2x4z"
)

// event is what is looked at of an events.k8s.io/v1 Event.
type event struct {
	Type, Reason, Action, Note             string
	ReportingController, ReportingInstance string
	Regarding                              struct{ Kind, Name, Namespace, UID string }
	Series                                 *struct{ Count int }
}

// A policy that cannot be used is told to who looks at the pod, with the rights
// the manifests give, and once, however often it happens.
func TestEvents(t *testing.T) {
	folder := t.TempDir()
	c, err := cluster.Start(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Stop)
	kubectl := c.Kubectl()
	for _, file := range []string{"namespace", "service-account", "events"} {
		mustRun(t, kubectl, "apply", "--filename",
			manifests(t, "base/"+file+".yaml"))
	}
	s := &installed{cluster: c, kubectl: kubectl}
	// As the Deployment has it by the downward API.
	t.Setenv("POD_NAMESPACE", meshvet.OwnNamespace)
	t.Setenv("POD_NAME", ownPod)
	t.Setenv("POD_UID", "6f0b5f1c-0001")
	policy := filepath.Join(folder, "policy.yaml")
	write := func(text string) {
		t.Helper()
		// At once, as a ConfigMap changes.
		if err := os.WriteFile(policy+".new", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(policy+".new", policy); err != nil {
			t.Fatal(err)
		}
	}
	write(soundPolicy)
	server := s.serve(t, "--config="+policy)

	write(unsoundPolicy)
	got := awaitEvent(t, kubectl, func(e event) bool { return true })
	want := event{
		Type: "Warning", Reason: "PolicyRejected", Action: "ReloadPolicy",
		Note:                policy + `:3:23: unknown rule "no-such-rule"`,
		ReportingController: "meshvet.dev/serve", ReportingInstance: ownPod,
	}
	want.Regarding.Kind, want.Regarding.Name = "Pod", ownPod
	want.Regarding.Namespace = meshvet.OwnNamespace
	want.Regarding.UID = "6f0b5f1c-0001"
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
	// As `kubectl describe pod` looks for it.
	described := mustRun(t, kubectl, "get", "events", "--output=name",
		"--namespace="+meshvet.OwnNamespace, "--field-selector="+
			"involvedObject.name="+ownPod+",involvedObject.uid=6f0b5f1c-0001")
	if strings.Count(described, "event/") != 1 {
		t.Errorf("the pod's Events: %q", described)
	}

	awaitLine(t, s, server, "policy rejected", 1)
	write(mendedPolicy)
	awaitLine(t, s, server, "policy replaced", 1)
	write(unsoundPolicy)
	awaitLine(t, s, server, "policy rejected", 2)
	again := awaitEvent(t, kubectl, func(e event) bool { return e.Series != nil })
	if again.Series.Count != 2 {
		t.Errorf("%+v", again.Series)
	}
	metrics, err := server.Ops("/metrics")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		`meshvet_events_total{result="recorded"} 2`,
		`meshvet_events_total{result="lost"} 0`,
	} {
		if !strings.Contains(metrics, "\n"+line+"\n") {
			t.Errorf("there is no %s", line)
		}
	}
}

// awaitEvent gives the only Event about anything of meshvet, once it is as it
// has to be.
func awaitEvent(t *testing.T, kubectl cluster.Kubectl,
	is func(event) bool) event {
	t.Helper()
	var text string
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		text = mustRun(t, kubectl, "get", "events.events.k8s.io",
			"--namespace="+meshvet.OwnNamespace, "--output=json")
		var list struct{ Items []event }
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			t.Fatal(err)
		}
		if len(list.Items) == 1 && is(list.Items[0]) {
			return list.Items[0]
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("not within a minute: %s", text)
	return event{}
}

// awaitLine returns when the log has so many lines of an event.
func awaitLine(t *testing.T, s *installed, server *meshvet.Server, name string,
	count int) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		if strings.Count(s.logOf(t, server), `"event":"`+name+`"`) >= count {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s: not %d times within a minute", name, count)
}
