package series

import (
	"cmp"
	"context"

	"dermtrace/internal/manifest"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"

	"golang.org/x/sync/errgroup"
)

// turn is one photo's turn to be measured.
type turn struct {
	visit manifest.Visit
	ref   manifest.PhotoRef
}

// turns are those of all photos, in the manifest's order.
func (a *analysis) turns() []turn {
	var list []turn
	for _, v := range a.manifest.Visits {
		for _, ref := range v.Photos {
			list = append(list, turn{v, ref})
		}
	}
	return list
}

// defaultWorkers is how many photos are measured at once.
const defaultWorkers = 2

func (a *analysis) workers() int {
	if a.opt.Workers > 0 {
		return a.opt.Workers
	}
	return defaultWorkers
}

// measurePhotos takes the thresholds from the baseline and measures every photo, several at
// once. Others are shot meanwhile, as nothing of that depends on the baseline.
func (a *analysis) measurePhotos(ctx context.Context) error {
	a.shots = make([]*shot, len(a.turns()))
	q := newQueue(len(a.shots), a.workers())
	defer q.change(func() { q.stopped = true }) // whatever happens, nobody waits on
	var group errgroup.Group
	for range a.workers() - 1 {
		group.Go(func() error { return a.work(ctx, q) })
	}
	err := a.freeze()
	q.change(func() { q.frozen, q.stopped = true, err != nil })
	return cmp.Or(err, a.work(ctx, q), group.Wait())
}

// work does what the queue hands out until there is nothing left.
func (a *analysis) work(ctx context.Context, q *queue) error {
	turns := a.turns()
	for {
		i, toShoot, ok := q.next()
		if !ok {
			return nil
		}
		var err error
		if toShoot {
			a.shots[i], err = a.shootOnce(ctx, turns[i])
			q.change(func() { q.ready = append(q.ready, i) })
		} else {
			err = a.finish(a.shots[i])
			q.change(func() { q.done(a.opt.Progress) })
		}
		if err != nil {
			q.change(func() { q.stopped = true })
			return err
		}
	}
}

// shootOnce shoots a photo, unless that was done to choose the baseline.
func (a *analysis) shootOnce(ctx context.Context, t turn) (*shot, error) {
	if s := a.baseline.shot[t.ref.File]; s != nil {
		return s, nil
	}
	return a.shoot(ctx, t.visit, t.ref)
}

// finish takes a photo that was shot to measures and pictures and lets its pixels go.
func (a *analysis) finish(s *shot) error {
	if s.pixels == nil {
		return nil
	}
	if err := a.measureAndDraw(s); err != nil {
		return err
	}
	if s.ref.File == a.frame.file && !a.opt.NoPictures {
		if err := a.drawRegions(); err != nil {
			return err
		}
	}
	s.pixels, s.regions, s.reduced = nil, nil, nil
	return nil
}

// measureAndDraw does both side by side, as either has parts for one core alone. The map of
// roughness shows what was measured.
func (a *analysis) measureAndDraw(s *shot) error {
	used := s.record.Used()
	if used {
		s.record.ROIs = append(s.record.ROIs, make([]outcome.ROI, len(s.regions))...)
	}
	var err error
	raster.Parallel(2, func(i int) {
		switch {
		case i == 0 && used:
			a.measureRegions(s)
		case i == 1 && !a.opt.NoPictures:
			err = a.draw(s)
		}
	})
	if err != nil || !used || a.opt.NoPictures {
		return err
	}
	return a.drawRoughness(s)
}

// measureRegions takes all numbers of a photo.
func (a *analysis) measureRegions(s *shot) {
	a.matchRelief(s)
	a.compareSpots(s)
	raster.Parallel(len(s.regions), func(i int) { s.record.ROIs[i] = a.measure(s, &s.regions[i]) })
	a.compareObjects(s)
}
