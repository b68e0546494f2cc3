package install

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// promtool runs the one of PROMTOOL, which scripts/manifests.sh finds.
func promtool(t *testing.T, folder string, arguments ...string) {
	t.Helper()
	program := os.Getenv("PROMTOOL")
	if program == "" {
		t.Fatal("PROMTOOL is not set: scripts/manifests.sh does it")
	}
	command := exec.Command(program, arguments...)
	command.Dir = folder
	if output, err := command.CombinedOutput(); err != nil {
		t.Errorf("promtool %v: %v\n%s", arguments, err, output)
	}
}

func writeYAML(t *testing.T, file string, document any) {
	t.Helper()
	text, err := yaml.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func ruleSpec(t *testing.T) Object {
	t.Helper()
	objects := kustomizeAll(t, Folder+"/overlays/monitoring")
	spec, _ := objects["PrometheusRule meshvet-system/meshvet"]["spec"].(Object)
	if spec == nil {
		t.Fatal("there are no rules")
	}
	return spec
}

// Each alert comes when it should, with the text it should have.
func TestAlerts(t *testing.T) {
	folder := t.TempDir()
	writeYAML(t, filepath.Join(folder, "rules.yaml"), ruleSpec(t))
	tests, err := os.ReadFile("testdata/alerts_test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "alerts_test.yaml")
	if err := os.WriteFile(file, tests, 0o600); err != nil {
		t.Fatal(err)
	}
	promtool(t, folder, "check", "rules", "rules.yaml")
	promtool(t, folder, "test", "rules", "alerts_test.yaml")
}

// alerts are the names of all.
func alerts(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, group := range ruleSpec(t)["groups"].([]any) {
		for _, rule := range group.(Object)["rules"].([]any) {
			names = append(names, rule.(Object)["alert"].(string))
		}
	}
	return names
}

// Each alert is tested to come, and is explained to whom it wakes.
func TestAlertsAreTestedAndExplained(t *testing.T) {
	tests, err := os.ReadFile("testdata/alerts_test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	document, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	actions := section(t, string(document), "## Alerts")
	names := alerts(t)
	if len(names) < 10 {
		t.Errorf("there are only %v", names)
	}
	for _, name := range names {
		comes := regexp.MustCompile(`alertname: ` + name + `\s+exp_alerts:`)
		if !comes.Match(tests) {
			t.Errorf("%s never comes in the tests", name)
		}
		if !strings.Contains(actions, "\n| `"+name+"` | ") {
			t.Errorf("docs/operating.md does not say what to do about %s", name)
		}
	}
}

type query struct{ panel, expr, legend string }

func dashboardQueries(t *testing.T) []query {
	t.Helper()
	objects := kustomizeAll(t, Folder+"/overlays/monitoring")
	data, _ := objects["ConfigMap meshvet-system/meshvet-dashboard"]["data"].(Object)
	text, _ := data["meshvet.json"].(string)
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr, LegendFormat string }
		}
	}
	if err := json.Unmarshal([]byte(text), &dashboard); err != nil {
		t.Fatal(err)
	}
	var queries []query
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			queries = append(queries, query{panel.Title, target.Expr,
				target.LegendFormat})
		}
	}
	if len(queries) < 20 {
		t.Errorf("there are only %d queries", len(queries))
	}
	return queries
}

// expectation is a test of promtool: the query gives something, and all of it
// has the labels of its legend.
func (q query) expectation() Object {
	expr := strings.NewReplacer("$namespace", Namespace,
		"$__rate_interval", "5m").Replace(q.expr)
	sample := Object{"labels": "{}", "value": 1}
	by, labels := "", ""
	for i, label := range regexp.MustCompile(`\{\{(\w+)\}\}`).
		FindAllStringSubmatch(q.legend, -1) {
		probe := fmt.Sprintf("probe_%d", i)
		expr = fmt.Sprintf(`label_replace(%s, "%s", "yes", "%s", ".+")`, expr,
			probe, label[1])
		by += probe + ", "
		labels += probe + `="yes", `
	}
	sample["labels"] = "{" + strings.TrimSuffix(labels, ", ") + "}"
	return Object{
		"eval_time":   "30m",
		"expr":        fmt.Sprintf("group by (%s) (%s)", strings.TrimSuffix(by, ", "), expr),
		"exp_samples": []Object{sample},
	}
}

// Each query of the dashboard finds something in what meshvet really exports.
func TestDashboardFindsWhatIsExported(t *testing.T) {
	scraped := regexp.MustCompile(`^(\w+)\{?(.*?)\}?$`)
	const target = `namespace="meshvet-system", job="meshvet", pod="a", ` +
		`instance="10.0.0.1:8080"`
	input := []Object{{"series": "up{" + target + "}", "values": "1x60"}}
	for _, series := range seriesOf(metricsOfReviews(t), metricsOfCluster(t)) {
		parts := scraped.FindStringSubmatch(series)
		labels := strings.TrimPrefix(parts[2]+", "+target, ", ")
		input = append(input, Object{
			"series": parts[1] + "{" + labels + "}", "values": "1+1x60"})
	}
	expectations := []Object{}
	for _, query := range dashboardQueries(t) {
		expectations = append(expectations, query.expectation())
	}
	folder := t.TempDir()
	writeYAML(t, filepath.Join(folder, "dashboard_test.yaml"), Object{
		"evaluation_interval": "1m",
		"tests": []Object{{
			"interval": "1m", "input_series": input,
			"promql_expr_test": expectations,
		}},
	})
	promtool(t, folder, "test", "rules", "dashboard_test.yaml")
}

// section is what stands under a heading, up to the next one of its rank.
func section(t *testing.T, document, heading string) string {
	t.Helper()
	_, rest, found := strings.Cut(document, "\n"+heading+"\n")
	if !found {
		t.Fatalf("docs/operating.md has no %q", heading)
	}
	rank, _, _ := strings.Cut(heading, " ")
	text, _, _ := strings.Cut(rest, "\n"+rank+" ")
	return text
}

// What alerts and dashboard name is exported, and all that is exported is
// explained.
func TestMetricsAreExportedAndExplained(t *testing.T) {
	exported := map[string]bool{}
	document, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, series := range seriesOf(metricsOfReviews(t), metricsOfCluster(t)) {
		name, _, _ := strings.Cut(series, "{")
		exported[name] = true
	}
	meanings := section(t, string(document), "## Metrics")
	actions := section(t, meanings, "### What to do about them")
	meanings = strings.TrimSuffix(meanings, actions)
	for name := range exported {
		family := regexp.MustCompile(`_(bucket|sum|count)$`).
			ReplaceAllString(name, "")
		row := "\n| `" + family + "` | "
		if !strings.Contains(meanings, row) {
			t.Errorf("docs/operating.md does not explain %s", family)
		}
		if !strings.Contains(actions, row) {
			t.Errorf("docs/operating.md does not say what to do about %s", family)
		}
	}
	for _, file := range []string{"prometheus-rule.yaml", "dashboard.json"} {
		text, err := os.ReadFile(
			filepath.Join(Folder, "overlays/monitoring", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`\bmeshvet_\w+`).
			FindAllString(string(text), -1) {
			if !exported[name] {
				t.Errorf("%s: %s is not exported", file, name)
			}
		}
	}
}
