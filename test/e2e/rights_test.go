package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"meshvet.dev/e2e/meshvet"
)

// Every account of this group is in the audit log of the cluster.
const accountsOfMeshvet = "system:serviceaccounts:" + meshvet.OwnNamespace

const rightsAuditPolicy = `
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
  userGroups: ["` + accountsOfMeshvet + `"]
- level: None
`

// deniesAbsence has the API server asked about everything that may be absent.
const deniesAbsence = `apiVersion: meshvet.dev/v1alpha1
kind: Config
rules:
  virtual-service-unknown-host: {action: deny}
  virtual-service-unknown-gateway: {action: deny}
  virtual-service-unknown-delegate: {action: deny}
`

// unsound is a policy that cannot be used, which is worth an Event.
const unsound = `apiVersion: meshvet.dev/v1alpha1
kind: Config
rules: {no-such-rule: error}
`

const namesWhatIsAbsent = `{
  "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
  "request": {
    "uid": "1", "operation": "CREATE", "namespace": "default", "name": "lost",
    "kind": {"group": "networking.istio.io", "version": "v1",
             "kind": "VirtualService"},
    "resource": {"group": "networking.istio.io", "version": "v1",
                 "resource": "virtualservices"},
    "userInfo": {"username": "ada"},
    "object": {
      "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
      "metadata": {"name": "lost", "namespace": "default"},
      "spec": {
        "hosts": ["lost.example"], "gateways": ["no-gateway"],
        "http": [
          {"match": [{"uri": {"prefix": "/a"}}],
           "delegate": {"name": "no-delegate"}},
          {"match": [{"uri": {"prefix": "/b"}}], "route": [{"destination": {
            "host": "no-service.default.svc.cluster.local"}}]},
          {"route": [{"destination": {
            "host": "web.no-namespace.svc.cluster.local"}}]}
        ]
      }
    },
    "oldObject": null, "dryRun": true, "options": null
  }
}`

// A right is one verb on resources of one rule of a role; the zero value is
// none.
type right struct {
	role      string
	rule      int
	verb      string
	resources []string
}

func (r right) String() string {
	if r.verb == "" {
		return "all rights"
	}
	return fmt.Sprintf("%s[%d] without %s %s", r.role, r.rule, r.verb,
		strings.Join(r.resources, ","))
}

// An account has all rights of an installation but one. What it writes to is
// its own, so that many can be looked at side by side.
type account struct {
	number  int
	lacking right
	args    []string // of the Deployment
	objects []map[string]any
	server  *meshvet.Server
	folder  string
}

func (a *account) user() string { return fmt.Sprintf("meshvet-%d", a.number) }

// own is what a thing of this name is called that belongs to it.
func (a *account) own(name string) string {
	return fmt.Sprintf("%s-%d", name, a.number)
}

// ownNames are what two accounts would dispute; others are only read.
var ownNames = []string{"meshvet", "meshvet-tls"}

func roleOf(manifest map[string]any) string {
	kind, _ := manifest["kind"].(string)
	if kind != "Role" && kind != "ClusterRole" {
		return ""
	}
	return manifest["metadata"].(map[string]any)["name"].(string)
}

func strs(values any) []string {
	var all []string
	list, _ := values.([]any)
	for _, value := range list {
		all = append(all, value.(string))
	}
	return all
}

func rulesOf(role map[string]any) []map[string]any {
	var rules []map[string]any
	for _, rule := range role["rules"].([]any) {
		rules = append(rules, rule.(map[string]any))
	}
	return rules
}

// rightsOf are all of a role, one by one.
func rightsOf(role map[string]any) []right {
	var all []right
	for i, rule := range rulesOf(role) {
		resources := strs(rule["resources"])
		for _, verb := range strs(rule["verbs"]) {
			one := right{roleOf(role), i, verb, resources}
			// Where one configuration may not be read, no other is.
			if verb == "get" && strings.Contains(resources[0], "webhook") {
				for _, resource := range resources {
					one.resources = []string{resource}
					all = append(all, one)
				}
				continue
			}
			all = append(all, one)
		}
	}
	return all
}

// grant is a copy of a role for an account, and its binding.
func (a *account) grant(role map[string]any) []map[string]any {
	metadata := maps.Clone(role["metadata"].(map[string]any))
	name := metadata["name"].(string)
	metadata["name"] = a.own(name)
	if metadata["namespace"] == "default" {
		metadata["namespace"] = a.own("proof")
	}
	var rules []map[string]any
	for i, rule := range rulesOf(role) {
		rule = maps.Clone(rule)
		if names := strs(rule["resourceNames"]); len(names) == 1 &&
			slices.Contains(ownNames, names[0]) {
			rule["resourceNames"] = []string{a.own(names[0])}
		}
		if a.lacking.role == name && a.lacking.rule == i {
			rules = append(rules, without(rule, a.lacking)...)
		} else {
			rules = append(rules, rule)
		}
	}
	return []map[string]any{
		{"apiVersion": role["apiVersion"], "kind": role["kind"],
			"metadata": metadata, "rules": rules},
		{"apiVersion": role["apiVersion"],
			"kind": fmt.Sprintf("%sBinding", role["kind"]), "metadata": metadata,
			"roleRef": map[string]any{
				"apiGroup": "rbac.authorization.k8s.io",
				"kind":     role["kind"], "name": metadata["name"],
			},
			"subjects": []map[string]any{{
				"apiGroup": "rbac.authorization.k8s.io", "kind": "User",
				"name": a.user(),
			}}},
	}
}

// without is what is left of a rule.
func without(rule map[string]any, lacking right) []map[string]any {
	split := func(resources, verbs []string) []map[string]any {
		if len(resources) == 0 || len(verbs) == 0 {
			return nil
		}
		part := maps.Clone(rule)
		part["resources"], part["verbs"] = resources, verbs
		return []map[string]any{part}
	}
	verbs := strs(rule["verbs"])
	others := slices.DeleteFunc(strs(rule["resources"]), func(name string) bool {
		return slices.Contains(lacking.resources, name)
	})
	fewer := slices.DeleteFunc(slices.Clone(verbs), func(verb string) bool {
		return verb == lacking.verb
	})
	return append(split(others, verbs), split(lacking.resources, fewer)...)
}

// promotes says whether the installation sets the failure policy.
func (a *account) promotes() bool {
	return slices.Contains(a.args, "--promote-failure-policy=Fail")
}

// configure makes what an installation has besides roles: the Secret, the
// namespace of the proof, the webhook configurations. Where there is a proof the
// API server calls, in that namespace alone.
func (a *account) configure(t *testing.T, manifests []map[string]any,
	ca []byte) {
	t.Helper()
	if a.promotes() {
		a.objects = append(a.objects, map[string]any{"apiVersion": "v1",
			"kind": "Namespace", "metadata": map[string]any{"name": a.own("proof")}})
	}
	for _, manifest := range manifests {
		kind, _ := manifest["kind"].(string)
		metadata := manifest["metadata"].(map[string]any)
		switch {
		case roleOf(manifest) != "":
			a.objects = append(a.objects, a.grant(manifest)...)
			continue
		case kind == "Secret", strings.HasSuffix(kind, "WebhookConfiguration"):
			metadata = maps.Clone(metadata)
			metadata["name"] = a.own(metadata["name"].(string))
		default:
			continue
		}
		copied := maps.Clone(manifest)
		copied["metadata"] = metadata
		if webhooks, exists := manifest["webhooks"].([]any); exists {
			copied["webhooks"] = []any{a.webhook(
				webhooks[0].(map[string]any), ca)}
		}
		a.objects = append(a.objects, copied)
	}
}

func (a *account) webhook(manifest map[string]any, ca []byte) map[string]any {
	webhook := maps.Clone(manifest)
	service := webhook["clientConfig"].(map[string]any)["service"]
	client := map[string]any{
		"url": fmt.Sprint(a.server.URL(), service.(map[string]any)["path"])}
	if ca != nil {
		client["caBundle"] = ca
	}
	webhook["clientConfig"] = client
	if !a.promotes() {
		webhook["rules"] = []any{}
	}
	webhook["namespaceSelector"] = map[string]any{
		"matchLabels": map[string]any{
			"kubernetes.io/metadata.name": a.own("proof")}}
	return webhook
}

func (a *account) policy() string {
	return filepath.Join(a.folder, "policy.yaml")
}

func (a *account) setPolicy(text string) error {
	next := a.policy() + ".next"
	if err := os.WriteFile(next, []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(next, a.policy())
}

// unsettle breaks the policy and mends it, some seconds each, so that there is
// something to tell by an Event, again and again.
func (a *account) unsettle(start time.Time) error {
	const each = 3 * time.Second
	if time.Since(start)/each%2 == 0 {
		return a.setPolicy(unsound)
	}
	return a.setPolicy(deniesAbsence)
}

// flags are those of the Deployment that have to do with rights.
func (a *account) flags(kubeconfig, pair string) []string {
	flags := []string{"--kubeconfig=" + kubeconfig, "--config=" + a.policy()}
	for _, arg := range a.args {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "--tls-secret":
			flags = append(flags, name+"="+a.own(value),
				"--tls-dns-name=127.0.0.1", "--tls-secret-interval=500ms")
		case "--webhook-configuration":
			flags = append(flags, name+"="+a.own(value))
		case "--proof-namespace":
			flags = append(flags, name+"="+a.own("proof"))
		case "--promote-failure-policy":
			flags = append(flags, arg)
		case "--tls-cert-file":
			flags = append(flags, name+"="+filepath.Join(pair, "tls.crt"))
		case "--tls-private-key-file":
			flags = append(flags, name+"="+filepath.Join(pair, "tls.key"))
		}
	}
	return flags
}

// expected are the refusals it has to meet, as "verb resource".
func (a *account) expected() []string {
	var all []string
	for _, resource := range a.lacking.resources {
		all = append(all, a.lacking.verb+" "+resource)
	}
	slices.Sort(all)
	return all
}

// refusals are those the API server has on record of each user.
func (s *installed) refusals(t *testing.T) map[string][]string {
	t.Helper()
	log, err := os.ReadFile(s.auditLog)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for line := range bytes.Lines(log) {
		if !bytes.Contains(line, []byte(`"code":403`)) {
			continue
		}
		var event struct {
			Verb           string
			User           struct{ Username string }
			ObjectRef      struct{ Resource string }
			ResponseStatus struct{ Code int }
			Annotations    map[string]string
		}
		if json.Unmarshal(line, &event) != nil || // not at its end yet
			event.Annotations["authorization.k8s.io/decision"] != "forbid" {
			continue
		}
		user := event.User.Username
		refusal := event.Verb + " " + event.ObjectRef.Resource
		if !slices.Contains(all[user], refusal) {
			all[user] = append(all[user], refusal)
			slices.Sort(all[user])
		}
	}
	return all
}

// tells says whether the server itself tells of what it was refused: of each
// watch, and of one of several things it does in one turn.
func (a *account) tells(log string) bool {
	told := 0
	for _, resource := range a.lacking.resources {
		said := `cannot ` + a.lacking.verb + ` resource \"` + resource + `\"`
		if strings.Contains(log, said) {
			told++
		}
	}
	if strings.Contains(log, `"watch failed"`) {
		return told == len(a.lacking.resources)
	}
	return told > 0 || a.countsUnknown()
}

// countsUnknown: what an absence could not be confirmed for.
func (a *account) countsUnknown() bool {
	metrics, _ := a.server.Ops("/metrics")
	return regexp.MustCompile(`(?m)^meshvet_live_reads_total\{` +
		`answer="unknown"\} [1-9]`).MatchString(metrics)
}

// works is what it does when it lacks nothing.
func (a *account) works(log string) bool {
	metrics, _ := a.server.Ops("/metrics")
	done := strings.Contains(metrics,
		`meshvet_live_reads_total{answer="unknown"} 0`) &&
		!strings.Contains(metrics, `meshvet_live_reads_total{answer="absent"} 0`) &&
		!regexp.MustCompile(`(?m)^meshvet_watch_known.* 0$`).MatchString(metrics)
	if a.promotes() {
		return done && strings.Count(log, `"failure policy promoted"`) == 2
	}
	return done && strings.Count(log, `"caBundle patched"`) == 2
}

// occupy has it judge what names things that are not there, and whoever lacks a
// right to Events have something to tell.
func (a *account) occupy(start time.Time) error {
	_, _ = a.server.Review("/validate", namesWhatIsAbsent)
	if a.lacking.role != "meshvet-events" {
		return nil
	}
	return a.unsettle(start)
}

// isFound returns when the API server has refused what is lacking, and the
// server has told of it.
func (s *installed) isFound(t *testing.T, a *account) {
	var refusals []string
	start := time.Now()
	for time.Since(start) < time.Minute {
		if _, err := a.server.Ops("/readyz"); err == nil {
			if err := a.occupy(start); err != nil {
				t.Error(err)
			}
		}
		refusals = s.refusals(t)[a.user()]
		log := s.logOf(t, a.server)
		if slices.Equal(refusals, a.expected()) &&
			(a.lacking.verb == "" || a.tells(log)) &&
			(a.lacking.verb != "" || a.works(log)) {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	log := regexp.MustCompile(`(?m)^.*"event":"denied".*\n`).
		ReplaceAllString(s.logOf(t, a.server), "")
	t.Errorf("%s: refused is %q, want %q; the log:\n%s", a.lacking, refusals,
		a.expected(), log)
}

// An installation and those of its roles that no other one has.
var installations = []struct{ folder, roles string }{
	{meshvet.Manifests + "/overlays/self-managed-ca", ".*"},
	{"../install/testdata/fail-closed", "meshvet-promotion|meshvet-proof"},
}

// accounts are one that lacks nothing and one for each right, for each
// installation.
func (s *installed) accounts(t *testing.T, ca []byte) []*account {
	t.Helper()
	var all []*account
	for _, installation := range installations {
		manifests, err := meshvet.Rendered(installation.folder)
		if err != nil {
			t.Fatal(err)
		}
		lacking := []right{{}}
		var args []string
		for _, manifest := range manifests {
			if regexp.MustCompile("^("+installation.roles+")$").
				MatchString(roleOf(manifest)) && roleOf(manifest) != "" {
				lacking = append(lacking, rightsOf(manifest)...)
			}
			if manifest["kind"] == "Deployment" {
				args = argsOf(manifest)
			}
		}
		for _, one := range lacking {
			a := &account{number: len(all), lacking: one, args: args,
				folder: t.TempDir()}
			if a.server, err = meshvet.New(a.folder); err != nil {
				t.Fatal(err)
			}
			bundle := ca
			if !a.promotes() {
				bundle = nil
			}
			a.configure(t, manifests, bundle)
			all = append(all, a)
		}
	}
	return all
}

func argsOf(deployment map[string]any) []string {
	words := deployment
	for _, step := range []string{"spec", "template", "spec"} {
		words = words[step].(map[string]any)
	}
	container := words["containers"].([]any)[0].(map[string]any)
	return strs(container["args"])
}

// generatePair makes a pair for loopback, and gives its folder.
func generatePair(t *testing.T) string {
	t.Helper()
	binary, err := meshvet.Binary()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	output, err := exec.Command(binary, "certs", "generate",
		"--dns-name=127.0.0.1", "--out="+folder).CombinedOutput()
	if err != nil {
		t.Fatalf("certs generate: %v: %s", err, output)
	}
	return folder
}

// Each right of each role is used, and used up: take it away, and meshvet is
// refused just that, and says so. With all of them it is refused nothing.
func (s *installed) eachRightIsNeeded(t *testing.T) {
	const together = 6
	pair := generatePair(t)
	ca, err := os.ReadFile(filepath.Join(pair, "ca.crt"))
	if err != nil {
		t.Fatal(err)
	}
	accounts := s.accounts(t, ca)
	if len(accounts) < 30 {
		t.Fatalf("only %d accounts", len(accounts))
	}
	s.create(t, accounts)
	turns := make(chan struct{}, together)
	var all sync.WaitGroup
	for _, a := range accounts {
		all.Add(1)
		turns <- struct{}{}
		go func() {
			defer all.Done()
			defer func() { <-turns }()
			err := a.setPolicy(deniesAbsence)
			kubeconfig := ""
			if err == nil {
				kubeconfig, err = s.cluster.KubeconfigFor(a.folder, a.user(),
					accountsOfMeshvet)
			}
			if err == nil {
				err = a.server.Start(a.flags(kubeconfig, pair)...)
			}
			if err != nil {
				t.Error(err)
				return
			}
			defer a.server.Kill()
			s.isFound(t, a)
		}()
	}
	all.Wait()
	refusals := s.refusals(t)
	for _, a := range accounts {
		if got := refusals[a.user()]; !slices.Equal(got, a.expected()) {
			t.Errorf("%s: in the end refused is %q", a.lacking, got)
		}
	}
}

func (s *installed) create(t *testing.T, accounts []*account) {
	t.Helper()
	var items []map[string]any
	for _, a := range accounts {
		items = append(items, a.objects...)
	}
	text, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "List", "items": items})
	if err != nil {
		t.Fatal(err)
	}
	kubectl := inFolder(t, s.kubectl, string(text))
	mustRun(t, kubectl, "create", "-f", "change.yaml")
	t.Cleanup(func() { // nobody answers for them any more
		words := []string{"delete",
			"validatingwebhookconfigurations,mutatingwebhookconfigurations"}
		for _, a := range accounts {
			words = append(words, a.own("meshvet"))
		}
		mustRun(t, s.kubectl, words...)
	})
}
