package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"meshvet.dev/e2e/cluster"
	"meshvet.dev/e2e/meshvet"
)

// What nobody may find in a snapshot, wherever a cluster keeps it.
const (
	inSecret     = "dmFsdWUtb2YtdGhlLXNlY3JldA=="
	inEnv        = "value-of-the-environment"
	inAnnotation = "value-of-an-annotation"
	inArgs       = "value-of-an-argument"
)

// Objects around those that are judged: what is hidden from others, what a
// Sidecar limits, and what holds secrets.
const aroundSnapshot = `
apiVersion: v1
kind: Secret
metadata: {name: bank-login, namespace: payments}
type: example.com/login
data: {password: ` + inSecret + `}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: vault
  namespace: payments
  annotations: {example.com/login: ` + inAnnotation + `}
spec:
  selector: {matchLabels: {app: vault}}
  template:
    metadata:
      labels: {app: vault}
      annotations: {example.com/login: ` + inAnnotation + `}
    spec:
      containers:
      - name: vault
        image: vault
        args: [` + inArgs + `]
        env: [{name: PASSWORD, value: ` + inEnv + `}]
        ports: [{containerPort: 8080}]
---
apiVersion: v1
kind: Service
metadata:
  name: vault
  namespace: payments
  annotations: {networking.istio.io/exportTo: "."}
spec:
  selector: {app: vault}
  ports: [{name: http, port: 80}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: vault, namespace: payments}
spec: {host: vault, subsets: [{name: v1, labels: {version: v1}}]}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: first-day}
spec: {egress: [{hosts: ["./*", "istio-system/*"]}]}
`

func routeTo(name, ns, destination string) string {
	return `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ` + name + `, namespace: ` + ns + `}
spec:
  hosts: [` + name + `.example]
  http:
  - route:
    - destination: ` + destination + "\n"
}

func ruleFor(name, ns, host, policy string) string {
	return `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: ` + name + `, namespace: ` + ns + `}
spec:
  host: ` + host + `
  exportTo: ["."]
  trafficPolicy: ` + policy + "\n"
}

// Good ones and bad ones.
func objectsToJudge() map[string]string {
	return map[string]string{
		"cross-namespace": routeToLedger,
		"labels":          entryWithoutLabels,
		"strict":          ruleToStrict,
		"first-day":       strings.ReplaceAll(routeToLedger, "shop", "first-day"),
		"unknown-host": routeTo("s-host", "payments",
			"{host: nowhere, port: {number: 80}}"),
		"unknown-host-elsewhere": routeTo("s-elsewhere", "payments",
			"{host: vaul.payments.svc.cluster.local, port: {number: 80}}"),
		"unknown-port": routeTo("s-port", "payments",
			"{host: ledger, port: {number: 81}}"),
		"no-port-named": routeTo("s-noport", "payments", "{host: ledger}"),
		"unknown-subset": routeTo("s-subset", "payments",
			"{host: vault, subset: v2, port: {number: 80}}"),
		"known-subset": routeTo("s-known", "payments",
			"{host: vault, subset: v1, port: {number: 80}}"),
		"not-exported": routeTo("s-exported", "shop",
			"{host: vault.payments.svc.cluster.local, port: {number: 80}}"),
		"granted": routeTo("s-granted", "shop",
			"{host: billing.payments.svc.cluster.local, port: {number: 80}}"),
		"beyond-the-sidecar": routeTo("s-sidecar", "first-day",
			"{host: billing.payments.svc.cluster.local, port: {number: 80}}"),
		"external": routeTo("s-external", "payments",
			"{host: bank.partner.example, port: {number: 443}}"),
		"unknown-gateway": `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: s-gateway, namespace: payments}
spec:
  hosts: [s-gateway.example]
  gateways: [istio-ingress/nowhere]
  http: [{route: [{destination: {host: ledger, port: {number: 5432}}}]}]
`,
		"unknown-delegate": `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: s-delegate, namespace: payments}
spec:
  hosts: [s-delegate.example]
  http: [{delegate: {name: nowhere}}]
`,
		"rule-for-nobody": ruleFor("s-nobody", "payments", "nowhere",
			"{tls: {mode: ISTIO_MUTUAL}}"),
		"rule-for-a-port-nobody-has": ruleFor("s-nobodys", "payments", "ledger",
			"{portLevelSettings: [{port: {number: 81}, tls: {mode: DISABLE}}]}"),
		"tls-in-tls": ruleFor("s-bank", "payments", "bank.partner.example",
			"{tls: {mode: SIMPLE}}"),
		"tls-as-expected": ruleFor("s-ledger", "payments", "ledger",
			"{tls: {mode: ISTIO_MUTUAL}}"),
		"labelled": `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: s-stock, namespace: legacy}
spec:
  address: 192.0.2.19
  serviceAccount: stock
  labels: {app: stock, version: "2024.1"}
`,
	}
}

// ran calls meshvet as a program of its own.
func ran(t *testing.T, folder string, words ...string) cluster.Output {
	t.Helper()
	binary, err := meshvet.Binary()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, words...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.Dir = &stdout, &stderr, folder
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder}
	err = cmd.Run()
	output := cluster.Output{Stdout: stdout.String(), Stderr: stderr.String()}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		output.Code = exit.ExitCode()
	case err != nil:
		t.Fatal(err)
	}
	return output
}

// snapshot is the text of one of the suite's cluster.
func snapshot(t *testing.T, folder, file, kubeconfig string) string {
	t.Helper()
	output := ran(t, folder, "snapshot", "-o", file, "--kubeconfig", kubeconfig)
	if output.Code != 0 || output.Stdout != "" {
		t.Fatalf("snapshot: %+v", output)
	}
	text, err := os.ReadFile(filepath.Join(folder, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Lines of kubectl that come from a rule, as
// "deny spec.http[0].route[0].destination.host virtual-service-unknown-host".
var fromRule = regexp.MustCompile(
	`(?m)^(- |Warning: )([^ ]+): .* \[([a-z-]+)\]$`)

func verdictsOfServer(output cluster.Output) []string {
	var verdicts []string
	for _, found := range fromRule.FindAllStringSubmatch(output.Stderr, -1) {
		action := map[string]string{"- ": "deny", "Warning: ": "warn"}[found[1]]
		verdicts = append(verdicts, action+" "+found[2]+" "+found[3])
	}
	slices.Sort(verdicts)
	return slices.Compact(verdicts)
}

var element = regexp.MustCompile(`/([0-9]+)`)

// place is a JSON Pointer as the webhook writes it.
func place(pointer string) string {
	dots := element.ReplaceAllString(pointer, "[$1]")
	return strings.ReplaceAll(strings.TrimPrefix(dots, "/"), "/", ".")
}

func verdictsOfGate(t *testing.T, output cluster.Output) []string {
	t.Helper()
	var report struct {
		Findings []struct {
			Rule, Pointer, Action string
			Suppressed            any
		}
	}
	if err := json.Unmarshal([]byte(output.Stdout), &report); err != nil {
		t.Fatalf("%v: %+v", err, output)
	}
	var verdicts []string
	for _, f := range report.Findings {
		if f.Suppressed != nil || (f.Action != "deny" && f.Action != "warn") {
			continue
		}
		verdicts = append(verdicts, f.Action+" "+place(f.Pointer)+" "+f.Rule)
	}
	slices.Sort(verdicts)
	return slices.Compact(verdicts)
}

// The API server's word and the gate's on the same object.
func TestSnapshotMakesTheGateAgreeWithTheServer(t *testing.T) {
	around := inFolder(t, suite.kubectl, aroundSnapshot)
	mustRun(t, around, "apply", "-f", "change.yaml")
	t.Cleanup(func() {
		around.Run("delete", "--ignore-not-found", "-f", "change.yaml")
	})
	folder := t.TempDir()
	text := snapshot(t, folder, "mesh.yaml", suite.kubectl.Kubeconfig)
	for _, value := range []string{inSecret, inEnv, inAnnotation, inArgs} {
		if strings.Contains(text, value) {
			t.Errorf("%q is in the snapshot", value)
		}
	}
	seen := map[string]int{}
	for name, manifest := range objectsToJudge() {
		t.Run(name, func(t *testing.T) {
			kubectl := inFolder(t, suite.kubectl, manifest)
			gate := ran(t, kubectl.Folder, "gate", "--as-webhook", "--no-ci", "-q",
				"-o", "json", "--config", suite.policy, "--context",
				filepath.Join(folder, "mesh.yaml"), "change.yaml")
			want := verdictsOfGate(t, gate)
			// The server learns of the objects around milliseconds later.
			var output cluster.Output
			agree := func() bool {
				output = kubectl.Run(strings.Fields(tryCreate)...)
				return slices.Equal(verdictsOfServer(output), want) &&
					output.Code == gate.Code
			}
			for end := time.Now().Add(time.Minute); !agree(); {
				if time.Now().After(end) {
					t.Fatalf("the gate says %d %q, the server %+v\n%s", gate.Code,
						want, output, gate.Stderr)
				}
			}
			for _, verdict := range want {
				seen[strings.Fields(verdict)[0]]++
			}
			if len(want) == 0 {
				seen["nothing"]++
			}
		})
	}
	// Else it would agree about nothing.
	for what, least := range map[string]int{"deny": 4, "warn": 8, "nothing": 4} {
		if seen[what] < least {
			t.Errorf("%d verdicts are %q", seen[what], what)
		}
	}
}

var elapsed = regexp.MustCompile(`"elapsed_ms": ?[0-9.e+-]+`)

func TestClusterIsReadAsItsSnapshotIs(t *testing.T) {
	folder := t.TempDir()
	snapshot(t, folder, "mesh.yaml", suite.kubectl.Kubeconfig)
	deploy := filepath.Join(folder, "deploy")
	if err := os.Mkdir(deploy, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, manifest := range objectsToJudge() {
		path := filepath.Join(deploy, name+".yaml")
		if err := os.WriteFile(path, []byte(manifest), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	words := []string{"lint", "-v", "-o", "json", "--config", suite.policy,
		"deploy"}
	offline := ran(t, folder, append(words, "--context", "mesh.yaml")...)
	online := ran(t, folder, append(words, "--cluster", "--kubeconfig",
		suite.kubectl.Kubeconfig)...)
	online.Stdout = strings.ReplaceAll(online.Stdout, "<cluster>", "mesh.yaml")
	for _, output := range []*cluster.Output{&offline, &online} {
		output.Stdout = elapsed.ReplaceAllString(output.Stdout, "")
	}
	if offline != online {
		t.Errorf("offline\n%+v\nonline\n%+v", offline, online)
	}
	if !strings.Contains(offline.Stdout, "virtual-service-unknown-host") ||
		offline.Code != 1 {
		t.Errorf("nothing is found: %+v", offline)
	}
}

// timeless is a snapshot without the only thing that may differ.
func timeless(text string) string {
	return regexp.MustCompile(`(?m)^taken: .*$`).ReplaceAllString(text, "")
}

func TestSnapshotsOfOneMeshAreEqual(t *testing.T) {
	folder := t.TempDir()
	one := snapshot(t, folder, "one.yaml", suite.kubectl.Kubeconfig)
	two := snapshot(t, folder, "two.yaml", suite.kubectl.Kubeconfig)
	if timeless(one) != timeless(two) {
		t.Error("they differ")
	}
	if timeless(one) == one || !strings.Contains(one, "ledger") {
		t.Errorf("they hold nothing:\n%s", one)
	}
}

// What the documentation tells to grant is enough, and no right is too much.
func TestSnapshotNeedsTheRightsOfItsDocumentation(t *testing.T) {
	page, err := os.ReadFile("../../docs/snapshot.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "<!-- rights -->\n```yaml\n")
	rights, _, found := strings.Cut(rest, "```\n<!-- /rights -->")
	if !found {
		t.Fatal("the page names no rights")
	}
	granted := inFolder(t, suite.kubectl, rights)
	mustRun(t, granted, "apply", "-f", "change.yaml")
	t.Cleanup(func() {
		granted.Run("delete", "--ignore-not-found", "-f", "change.yaml")
	})
	folder := t.TempDir()
	kubeconfig := kubeconfigOf(t, folder, "meshvet-snapshot")
	// The API server acts on a grant milliseconds after it has stored it.
	try := func() cluster.Output {
		return ran(t, folder, "snapshot", "-q", "-o", "mesh.yaml",
			"--kubeconfig", kubeconfig)
	}
	await := func(code int) cluster.Output {
		t.Helper()
		var output cluster.Output
		for end := time.Now().Add(time.Minute); time.Now().Before(end); {
			if output = try(); output.Code == code {
				return output
			}
		}
		t.Fatalf("exit code %d is wanted: %+v", code, output)
		return output
	}
	if output := await(0); output.Stderr != "" {
		t.Errorf("it complains: %+v", output)
	}
	mustRun(t, suite.kubectl, "patch", "clusterrole", "meshvet-snapshot",
		"--type=json", `--patch=[{"op":"remove","path":"/rules/0"}]`)
	output := await(3)
	const gap = "meshvet: not in the snapshot: Pod: list pods: pods is forbidden"
	if !strings.Contains(output.Stderr, gap) {
		t.Errorf("it does not say what is missing: %+v", output)
	}
	text, err := os.ReadFile(filepath.Join(folder, "mesh.yaml"))
	if err != nil || !strings.Contains(string(text), "  - kind: Pod\n") {
		t.Errorf("the file does not say so: %v", err)
	}
	output = ran(t, folder, "snapshot", "--allow-partial", "-o", "mesh.yaml",
		"--kubeconfig", kubeconfig)
	if output.Code != 0 || !strings.Contains(output.Stderr, gap) {
		t.Errorf("a part is no success: %+v", output)
	}
}

// kubeconfigOf is the administrator's for the account `name` instead.
func kubeconfigOf(t *testing.T, folder, name string) string {
	t.Helper()
	text, err := os.ReadFile(suite.kubectl.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "kubeconfig")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	token := mustRun(t, suite.kubectl, "create", "token", name,
		"--namespace=default")
	kubectl := suite.kubectl
	kubectl.Kubeconfig = path
	user := mustRun(t, kubectl, "config", "view", "--minify",
		"--output=jsonpath={.users[0].name}")
	mustRun(t, kubectl, "config", "set-credentials", user,
		"--token="+strings.TrimSpace(token))
	return path
}

// What `version` claims to know is what Istio's CRDs serve.
func TestVersionNamesWhatIstioServes(t *testing.T) {
	var info struct {
		Versions []string `json:"istio_api_versions"`
	}
	output := ran(t, t.TempDir(), "version", "-o", "json")
	if err := json.Unmarshal([]byte(output.Stdout), &info); err != nil {
		t.Fatal(err)
	}
	served := mustRun(t, suite.kubectl, "get", "customresourcedefinitions",
		"--output=jsonpath={range .items[*]}{range .spec.versions[?(@.served)]}"+
			"{.name} {end}{.spec.group}{\"\\n\"}{end}")
	var want []string
	for line := range strings.Lines(served) {
		words := strings.Fields(line)
		group := words[len(words)-1]
		if !strings.HasSuffix(group, ".istio.io") {
			continue
		}
		for _, version := range words[:len(words)-1] {
			want = append(want, group+"/"+version)
		}
	}
	slices.Sort(want)
	want = slices.Compact(want)
	if len(want) == 0 || !slices.Equal(info.Versions, want) {
		t.Errorf("it names %q, served are %q", info.Versions, want)
	}
}
