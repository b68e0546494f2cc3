package load

import (
	"fmt"
	"os"
	"testing"
	"time"

	"meshvet.dev/load/traffic"
)

const (
	shortSoak = 20 * time.Second
	longSoak  = 60 * time.Second // when MESHVET_SOAK is set
	soakParts = 4
	soakPart  = 0.7 // of the capacity
	// KiB a part of the soak may add: about what /proc cannot tell apart.
	mostSoakGrowth = 1 << 10
)

// Hours in short: memory does not grow from part to part, and nothing is left
// open.
func TestSoak(t *testing.T) {
	s := newSite(t)
	r := s.startReady(t)
	duration := shortSoak
	if os.Getenv("MESHVET_SOAK") != "" {
		duration = longSoak
	}
	calls := s.honest(t, r)
	calls.Callers = 16
	before := footprintOf(t, r)
	calls.Pause = pauseFor(soakPart, calls.Callers, capacityOf(t, calls))

	var resident []int
	for part := range soakParts {
		running := calls.Start()
		time.Sleep(duration / soakParts)
		tally := running.Stop()
		expectHonest(t, fmt.Sprintf("part %d", part), &tally)
		resident = append(resident, footprintOf(t, r).resident)
		t.Logf("part %d: %s", part, &tally)
	}
	t.Logf("KiB resident: %v", resident)
	// The first part warms up: threads, connections, buffers.
	growth := resident[soakParts-1] - resident[1]
	if growth > (soakParts-2)*mostSoakGrowth {
		t.Errorf("memory grows: %v KiB", resident)
	}
	expectFootprint(t, r, before, calls)
}

// pauseFor is how long each caller waits so that all together make that part
// of the calls they make without a pause.
func pauseFor(part float64, callers int, capacity float64) time.Duration {
	took := float64(callers) / capacity
	return time.Duration(took * (1/part - 1) * float64(time.Second))
}

// capacityOf is how many calls a second are answered when each caller calls
// again at once.
func capacityOf(t *testing.T, calls *traffic.Traffic) float64 {
	t.Helper()
	calls.Pause = 0
	began := time.Now()
	running := calls.Start()
	time.Sleep(time.Second)
	tally := running.Stop()
	expectHonest(t, "capacity", &tally)
	return float64(tally.Calls) / time.Since(began).Seconds()
}
