package series

import "sync"

// queue hands out the photos of a series, to be shot first and measured then. What is shot
// ahead is work for cores that are free at last, when no photo is left to be shot.
type queue struct {
	mu     sync.Mutex
	moved  *sync.Cond
	photos int
	room   int   // for photos that are held at once, from being shot to being measured
	shot   int   // how many were handed out to be shot
	held   int   // photos
	ready  []int // to be measured
	tally  int   // of photos that are measured

	frozen  bool // the thresholds are known: photos can be measured
	stopped bool // something failed
}

// newQueue gives room for one photo besides those that are worked on; where one is worked on
// at a time, memory is for that alone.
func newQueue(photos, workers int) *queue {
	q := &queue{photos: photos, room: 1}
	if workers > 1 {
		q.room += workers
	}
	q.moved = sync.NewCond(&q.mu)
	return q
}

// next waits for the next photo to be shot, or else to be measured.
func (q *queue) next() (photo int, toShoot, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		switch {
		case q.stopped || q.tally == q.photos:
			return 0, false, false
		case q.shot < q.photos && q.held < q.room:
			q.shot++
			q.held++
			return q.shot - 1, true, true
		case q.frozen && len(q.ready) > 0:
			photo, q.ready = q.ready[0], q.ready[1:]
			return photo, false, true
		}
		q.moved.Wait()
	}
}

// change does what moves the queue on.
func (q *queue) change(do func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	do()
	q.moved.Broadcast()
}

// done lets go of a photo that was measured.
func (q *queue) done(progress func(done, total int)) {
	q.held--
	q.tally++
	if progress != nil {
		progress(q.tally, q.photos)
	}
}
