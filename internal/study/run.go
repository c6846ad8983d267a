package study

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"dermtrace/internal/folder"
	"dermtrace/internal/outcome"
	"dermtrace/internal/photo"
	"dermtrace/internal/series"
	"dermtrace/internal/study/source"
	"dermtrace/internal/trend"
)

// Options of [Run].
type Options struct {
	Study, Out string
	Workers    int     // series at once; 0: one per core
	Memory     float64 // GiB that the photos open at once may take; 0: 4
	Shard      Shard
	Force      bool // write into a folder that holds other files
	Mode       fs.FileMode
	Software   outcome.Software
	Limits     photo.Limits
	Noise      trend.Noise // where detectable changes come from
	Source     source.Limits
	Progress   func(Progress) // called after each series, one call at a time
}

// Shard is one of Count parts of a study. Both ways of counting serve, from 0 and from 1:
// Index Count is Index 0. The zero value is the whole.
type Shard struct{ Index, Count int }

func (s Shard) has(i int) bool { return s.Count <= 1 || i%s.Count == s.Index%s.Count }

// Progress says that a series is done.
type Progress struct {
	Series       string
	Done, Total  int  // series of this shard
	Kept         bool // finished by an earlier run
	Used, Photos int
	Err          string // why the series failed, "" otherwise
	Mend         string // what to do about that
}

// Summary counts what a run yielded.
type Summary struct {
	Series, Failed, Kept int
	Photos, Used         int
}

// run is one call of Run.
type run struct {
	opt     Options
	study   *source.Study
	gone    gone
	memory  *semaphore.Weighted
	mu      sync.Mutex
	summary Summary
	total   int
}

// DefaultMemory is what photos that are open at once may take, in GiB (project default:
// three series of 12-megapixel photos at once).
const DefaultMemory = 4

// Run measures every series of the study, or of its shard, that is not done yet, and
// returns when all are. A series that cannot be measured is recorded with its reason; an
// error is returned only where the study cannot be read or the results cannot be
// written.
func Run(ctx context.Context, opt Options) (Summary, error) {
	st, err := source.Open(opt.Study, opt.Source)
	if err != nil {
		return Summary{}, err
	}
	defer st.Close()
	f, err := scan(ctx, st, opt)
	if err != nil {
		return Summary{}, err
	}
	plan, _, err := goodPlan(opt.Study, st)
	if err != nil {
		return Summary{}, err
	}
	if len(f.Series) == 0 {
		return Summary{}, ErrNoSeries
	}
	if err := prepare(opt); err != nil {
		return Summary{}, err
	}
	unlock, err := lockShard(opt.Out, opt.Shard)
	if err != nil {
		return Summary{}, err
	}
	defer unlock()
	gone, err := goneFrom(ctx, st, f, opt)
	if err != nil {
		return Summary{}, err
	}
	if err := writeFound(opt.Out, gone.take(foundOf(f, plan))); err != nil {
		return Summary{}, err
	}
	r := &run{opt: opt, study: st, gone: gone, memory: semaphore.NewWeighted(opt.bytes())}
	err = r.all(ctx, f.Series)
	return r.summary, err
}

// ErrNoSeries is returned for a study without photos.
var ErrNoSeries = errors.New("no series of photos was found")

func (o Options) bytes() int64 {
	gib := o.Memory
	if gib <= 0 {
		gib = DefaultMemory
	}
	return int64(gib * (1 << 30))
}

func (o Options) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// prepare makes OUT, and refuses a folder that holds anything but results of a batch.
func prepare(opt Options) error {
	entries, err := os.ReadDir(opt.Out)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	foreign := func(e fs.DirEntry) bool {
		return e.Name() != "run" && e.Name() != "series" && !strings.HasPrefix(e.Name(), ".")
	}
	_, err = os.Stat(filepath.Join(opt.Out, filepath.FromSlash(source.ResultMark)))
	if err != nil && !opt.Force && slices.ContainsFunc(entries, foreign) {
		return fmt.Errorf("%s %w", opt.Out, folder.ErrOccupied)
	}
	for _, dir := range []string{"run", "series"} {
		if err := os.MkdirAll(filepath.Join(opt.Out, dir), 0o700); err != nil {
			return err
		}
	}
	return nil
}

// all runs the series of the shard, as many at once as cores and memory allow.
func (r *run) all(ctx context.Context, list []source.Series) error {
	var mine []source.Series
	for i, s := range list {
		if r.opt.Shard.has(i) && r.gone[s.ID] == "" {
			mine = append(mine, s)
		}
	}
	r.total = len(mine)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(r.opt.workers())
	for _, s := range mine {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return r.one(ctx, s)
		})
	}
	return group.Wait()
}

// one brings one series to its end: kept, measured or failed.
func (r *run) one(ctx context.Context, s source.Series) error {
	if s.Err != nil {
		return r.finish(failed(s, &entry{Key: keyOf(s, nil, r.opt)}, s.Err), s, false)
	}
	fsys, closer, err := r.study.OpenSeries(s)
	if err != nil {
		return r.finish(failed(s, &entry{Key: keyOf(s, nil, r.opt)}, err), s, false)
	}
	defer closer.Close()
	inputs, megapixels, err := inputsOf(ctx, fsys, s, r.opt.Limits)
	if err != nil {
		return err
	}
	e := &entry{Key: keyOf(s, inputs, r.opt), Inputs: inputs}
	if old := done(r.opt.Out, s.Name, e.Key); old != nil {
		return r.finish(old, s, true)
	}
	weight := min(r.cost(megapixels), r.opt.bytes())
	if err := r.memory.Acquire(ctx, weight); err != nil {
		return err
	}
	defer r.memory.Release(weight)
	res, err := analyze(ctx, fsys, r.seriesOptions())
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		e.say(ctx, fsys, r.opt.Limits)
		return r.finish(failed(s, e, err), s, false)
	}
	if err := r.keep(s, e, res); err != nil {
		return err
	}
	return r.finish(e, s, false)
}

func (r *run) seriesOptions() series.Options {
	return series.Options{Software: r.opt.Software, Limits: r.opt.Limits, Noise: r.opt.Noise, Workers: r.photosAtOnce()}
}

// photosAtOnce is how many photos of a series are open: one where other series keep the
// cores busy, which halves the memory; else the pipeline's own two.
func (r *run) photosAtOnce() int {
	if min(r.opt.workers(), r.total) > 1 {
		return 1
	}
	return 2
}

// Bytes per pixel of the largest photo: what the frame's features and pyramid keep, and
// what each photo takes from decoding to maps. Measured on a course of eight 3-megapixel photos,
// rounded up; a series has some small pictures besides.
const (
	frameBytes  = 20
	photoBytes  = 50
	seriesBytes = 96 << 20
)

// cost estimates the memory that a series takes.
func (r *run) cost(megapixels float64) int64 {
	return seriesBytes + int64(megapixels*1e6)*int64(frameBytes+photoBytes*r.photosAtOnce())
}

// errPanic is what a bug of this program in one series is called, so that the others go on.
var errPanic = errors.New("a bug in dermtrace: please report it")

func analyze(ctx context.Context, fsys fs.FS, opt series.Options) (res *series.Result, err error) {
	defer func() {
		if v := recover(); v != nil {
			res, err = nil, fmt.Errorf("%w (%v)", errPanic, v)
		}
	}()
	return series.Analyze(ctx, fsys, opt)
}

// keep writes the result of a series.
func (r *run) keep(s source.Series, e *entry, res *series.Result) error {
	out, err := folder.Stage(r.folder(s), true)
	if err != nil {
		return err
	}
	defer out.Discard() // after Commit there is nothing left to discard
	out.Mode = r.opt.Mode
	if err := WriteResult(out, res); err != nil {
		return err
	}
	if e.Record, _, err = hashFile(os.DirFS(r.folder(s)), folder.Record); err != nil {
		return err
	}
	e.Files = fatesOf(s, res.Record, e.Inputs)
	x := res.Record.Series
	e.Subject, e.Consent, e.Minor, e.Guardian = x.Subject, x.Consent, x.Minor, x.Guardian
	e.Order, e.Visits = []string{}, map[string]string{}
	for _, v := range res.Record.Visits {
		e.Order = append(e.Order, v.Visit)
	}
	for _, p := range res.Record.Photos {
		if name := s.VisitName(p.File); name != "" && e.Visits[p.Visit] == "" {
			e.Visits[p.Visit] = name
		}
	}
	return r.write(s, e)
}

// failed records why a series could not be measured.
func failed(s source.Series, e *entry, err error) *entry {
	e.Error, e.Mend = source.Why(err)
	e.Files = failedFates(s, e)
	return e
}

func (r *run) folder(s source.Series) string {
	return filepath.Join(r.opt.Out, filepath.FromSlash(seriesFolder(s.Name)))
}

func (r *run) write(s source.Series, e *entry) error {
	e.Schema, e.Series = foundSchema, s.ID
	if e.Inputs == nil {
		e.Inputs = []input{}
	}
	return writeEntry(r.opt.Out, s.Name, e)
}

// finish counts a series that is done; a failure is written first.
func (r *run) finish(e *entry, s source.Series, kept bool) error {
	if e.Error != "" && !kept {
		if err := removeResult(r.folder(s)); err != nil {
			return err
		}
		if err := r.write(s, e); err != nil {
			return err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	p := Progress{Series: s.ID, Kept: kept, Err: e.Error, Mend: e.Mend}
	for _, f := range e.Files {
		if f.Fate == FateManifest {
			continue
		}
		p.Photos++
		if f.Fate == FateUsed {
			p.Used++
		}
	}
	sum := &r.summary
	sum.Series++
	sum.Photos, sum.Used = sum.Photos+p.Photos, sum.Used+p.Used
	if kept {
		sum.Kept++
	}
	if e.Error != "" {
		sum.Failed++
	}
	p.Done, p.Total = sum.Series, r.total
	if r.opt.Progress != nil {
		r.opt.Progress(p)
	}
	return nil
}
