package e2e

import "sync"

// undo is what has to be done at the end, whatever the end is; the last first.
var undo struct {
	mutex sync.Mutex
	steps []func()
}

func later(step func()) {
	undo.mutex.Lock()
	defer undo.mutex.Unlock()
	undo.steps = append(undo.steps, step)
}

// undoAll lets a second caller wait until the first is done.
func undoAll() {
	undo.mutex.Lock()
	defer undo.mutex.Unlock()
	for len(undo.steps) > 0 {
		last := len(undo.steps) - 1
		undo.steps[last]()
		undo.steps = undo.steps[:last]
	}
}
