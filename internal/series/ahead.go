package series

import (
	"context"
	"sync"

	"dermtrace/internal/photo"
)

// ahead holds photos that were opened before their turn: no decoder works in parallel,
// and a core would else wait for it wherever one photo alone is at work.
type ahead struct {
	mu     sync.Mutex
	photos map[string]*opening
	busy   sync.WaitGroup
}

// opening is a photo that is being opened, until done is closed.
type opening struct {
	done  chan struct{}
	photo *photo.Source
	err   error
}

// open opens a photo, or takes the one that was opened ahead.
func (a *analysis) open(ctx context.Context, file string) (*photo.Source, error) {
	if o := a.ahead.take(file); o != nil {
		<-o.done
		return o.photo, o.err
	}
	return photo.OpenSource(ctx, a.fsys, file, a.opt.Limits)
}

// openAhead begins to open a photo that will be asked for. It does nothing for "", nor
// where one photo at a time is all that memory is for.
func (a *analysis) openAhead(ctx context.Context, file string) {
	if file == "" || a.workers() < 2 {
		return
	}
	o := &opening{done: make(chan struct{})}
	if !a.ahead.put(file, o) {
		return
	}
	a.ahead.busy.Go(func() {
		defer close(o.done)
		o.photo, o.err = photo.OpenSource(ctx, a.fsys, file, a.opt.Limits)
	})
}

// after is the next photo to use that stands behind a file in the manifest, "": none.
func (a *analysis) after(file string) string {
	seen := false
	for _, t := range a.turns() {
		if seen && t.ref.Use {
			return t.ref.File
		}
		seen = seen || t.ref.File == file
	}
	return ""
}

// keep holds a photo that is open already.
func (h *ahead) keep(file string, p *photo.Source) {
	o := &opening{done: make(chan struct{}), photo: p}
	close(o.done)
	h.put(file, o)
}

// put reports false where the file is there already.
func (h *ahead) put(file string, o *opening) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.photos[file] != nil {
		return false
	}
	if h.photos == nil {
		h.photos = map[string]*opening{}
	}
	h.photos[file] = o
	return true
}

func (h *ahead) take(file string) *opening {
	h.mu.Lock()
	defer h.mu.Unlock()
	o := h.photos[file]
	delete(h.photos, file)
	return o
}

// drop waits for what is under way, so that nothing is read behind the caller's back,
// and lets go of all that nobody took.
func (h *ahead) drop() {
	h.busy.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.photos = nil
}
