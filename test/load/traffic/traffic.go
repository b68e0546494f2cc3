package traffic

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"k8s.io/apimachinery/pkg/util/uuid"
	"k8s.io/client-go/transport"

	"meshvet.dev/load/apiserver"
)

// Traffic is what API servers send to one address.
type Traffic struct {
	Cases []Case
	// Callers each call again, after the pause, when they have their answer.
	Callers int
	Pause   time.Duration
	// Every so often, so many calls at once, besides: more than an API server
	// has idle connections, so that there are always new ones.
	Burst      int
	BurstEvery time.Duration

	servers []map[string]*apiserver.Webhook // each by path
	next    atomic.Uint64
}

// New is traffic of several API servers, each with its own connections. What
// they send and receive goes through wrap, if there is one.
func New(cases []Case, servers int, address string, ca []byte,
	timeout time.Duration, wrap transport.WrapperFunc) (*Traffic, error) {
	t := &Traffic{
		Cases:      cases,
		Callers:    16,
		Pause:      20 * time.Millisecond,
		Burst:      60,
		BurstEvery: 500 * time.Millisecond,
	}
	for range servers {
		hooks := map[string]*apiserver.Webhook{}
		for _, path := range []string{"/validate", "/mutate"} {
			hook, err := apiserver.NewWebhook(address, path, ca, timeout, wrap)
			if err != nil {
				return nil, err
			}
			hooks[path] = hook
		}
		t.servers = append(t.servers, hooks)
	}
	return t, nil
}

// Start calls until Stop.
func (t *Traffic) Start() *Running {
	ctx, cancel := context.WithCancel(context.Background())
	r := &Running{traffic: t, cancel: cancel}
	for range t.Callers {
		r.work.Add(1)
		go func() {
			defer r.work.Done()
			for ctx.Err() == nil {
				r.call()
				pause(ctx, t.Pause)
			}
		}()
	}
	r.work.Add(1)
	go func() {
		defer r.work.Done()
		for pause(ctx, t.BurstEvery) {
			r.burst()
		}
	}()
	return r
}

// Flood calls at a rate, whether answers come or not, and waits for the last.
func (t *Traffic) Flood(perSecond float64, duration time.Duration) Tally {
	r := &Running{traffic: t}
	began := time.Now()
	for count := range int(perSecond * duration.Seconds()) {
		due := time.Duration(float64(count) / perSecond * float64(time.Second))
		time.Sleep(time.Until(began.Add(due)))
		r.work.Add(1)
		go func() {
			defer r.work.Done()
			r.call()
		}()
	}
	r.work.Wait()
	return r.tally
}

// pause is false if the end comes first.
func pause(ctx context.Context, duration time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(duration):
		return true
	}
}

// Running is traffic that has not been stopped yet.
type Running struct {
	traffic *Traffic
	cancel  context.CancelFunc
	work    sync.WaitGroup

	mutex sync.Mutex
	tally Tally
}

// Stop waits for the answers that are due.
func (r *Running) Stop() Tally {
	r.cancel()
	r.work.Wait()
	return r.tally
}

func (r *Running) burst() {
	for range r.traffic.Burst {
		r.work.Add(1)
		go func() {
			defer r.work.Done()
			r.call()
		}()
	}
}

func (r *Running) call() {
	t := r.traffic
	turn := t.next.Add(1)
	c := t.Cases[turn%uint64(len(t.Cases))]
	server := t.servers[turn/uint64(len(t.Cases))%uint64(len(t.servers))]
	review := c.Review.DeepCopy()
	review.Request.UID = uuid.NewUUID()
	began := time.Now()
	response, err := server[c.Path].Call(context.Background(), review)
	took := time.Since(began)
	var wrong error
	if err == nil {
		wrong = c.check(response)
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.tally.add(took, err, wrong)
	if err == nil {
		r.tally.answered(response.AuditAnnotations[Generation])
	}
}

// Tally is how the calls went.
type Tally struct {
	Calls       int
	Lost        int // without an answer
	Wrong       int
	Generations map[string]int // answers of each

	errors []string // the first of both kinds
	took   []time.Duration
}

func (t *Tally) add(took time.Duration, lost, wrong error) {
	t.Calls++
	t.took = append(t.took, took)
	if lost != nil {
		t.Lost++
		t.note("lost: " + lost.Error())
	}
	if wrong != nil {
		t.Wrong++
		t.note("wrong: " + wrong.Error())
	}
}

func (t *Tally) note(text string) {
	const most = 5
	if len(t.errors) < most {
		t.errors = append(t.errors, text)
	}
}

func (t *Tally) answered(generation string) {
	if t.Generations == nil {
		t.Generations = map[string]int{}
	}
	t.Generations[generation]++
}

// Percentile is the time within which that part of the calls, from 0 to 1, had
// their answer.
func (t *Tally) Percentile(part float64) time.Duration {
	if len(t.took) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(t.took))
	return sorted[min(int(part*float64(len(sorted))), len(sorted)-1)]
}

// String is for people.
func (t *Tally) String() string {
	text := fmt.Sprintf("%d calls, %d lost, %d wrong, p50 %s, p99 %s", t.Calls,
		t.Lost, t.Wrong, t.Percentile(0.5).Round(time.Microsecond),
		t.Percentile(0.99).Round(time.Microsecond))
	return strings.Join(append([]string{text}, t.errors...), "\n  ")
}
