package replica

import (
	"sync"
	"time"
)

// throttlePeriod is that of a cgroup's quota.
const throttlePeriod = 100 * time.Millisecond

// Throttle lets it run for a share of the time only, as a processor would that
// it has to share, until release is called.
func (r *Replica) Throttle(share float64) (release func()) {
	done := make(chan struct{})
	var work sync.WaitGroup
	work.Add(1)
	go func() {
		defer work.Done()
		runs := time.Duration(share * float64(throttlePeriod))
		for {
			select {
			case <-done:
				return
			case <-time.After(runs):
			}
			if r.Pause() != nil {
				return
			}
			time.Sleep(throttlePeriod - runs)
			if r.Resume() != nil {
				return
			}
		}
	}()
	return func() {
		close(done)
		work.Wait()
	}
}
