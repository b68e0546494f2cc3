package e2e

import (
	"bufio"
	"strconv"
	"strings"
	"testing"
	"time"
)

// callsOf is how many calls of /validate the server has answered whose labels
// have this text.
func callsOf(t *testing.T, label string) int {
	t.Helper()
	metrics, err := suite.server.Ops("/metrics")
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for lines := bufio.NewScanner(strings.NewReader(metrics)); lines.Scan(); {
		line := lines.Text()
		if !strings.HasPrefix(line, "meshvet_requests_total{") ||
			!strings.Contains(line, `path="/validate"`) ||
			!strings.Contains(line, label) {
			continue
		}
		value := line[strings.LastIndexByte(line, ' ')+1:]
		count, err := strconv.ParseFloat(value, 64)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		sum += int(count)
	}
	return sum
}

// expectCalls waits: a call is counted after it is answered.
func expectCalls(t *testing.T, label string, want int) {
	t.Helper()
	got := callsOf(t, label)
	for end := time.Now().Add(time.Minute); got < want; {
		if time.Now().After(end) {
			break
		}
		time.Sleep(5 * time.Millisecond)
		got = callsOf(t, label)
	}
	if got != want {
		t.Errorf("%d calls with %q were answered, want %d", got, label, want)
	}
}

// A write that changes nothing a rule looks at is not sent to meshvet.
func TestWritesThatAreNotJudgedMakeNoCall(t *testing.T) {
	kubectl := makeRoutes(t, "first-day", 1)
	before := callsOf(t, "")
	for _, args := range []string{
		`patch virtualservice route-0 --type=merge -p ` +
			`{"metadata":{"finalizers":["example.com/wait"]}}`,
		`patch virtualservice route-0 --type=merge -p ` +
			`{"metadata":{"finalizers":null}}`,
		`patch virtualservice route-0 --subresource=status --type=merge -p ` +
			`{"status":{"observedGeneration":1}}`,
		"create configmap notes",
		"delete configmap notes",
		"create service clusterip fresh --tcp=80",
	} {
		mustRun(t, kubectl,
			append([]string{"-n", "first-day"}, strings.Fields(args)...)...)
	}
	expectCalls(t, "", before)
	mustRun(t, kubectl, "-n", "first-day", "delete", "service", "fresh")
	expectCalls(t, "", before+1)
}

// Where meshvet runs nothing is judged: it must always be possible to mend it.
func TestOwnNamespaceIsExempt(t *testing.T) {
	before := callsOf(t, "")
	makeRoutes(t, "meshvet-system", 1)
	expectCalls(t, "", before)
}
