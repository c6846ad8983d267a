// Package validate answers: how wrong is this tool, on which skin?
//
// A battery of simulated courses (package phantom: the truth of every photo is exact)
// goes through the very pipeline that photos of people go through. What comes out is
// compared with the truth, sample by sample; samples are gathered into figures, one per
// question and band of skin tone (light, medium, dark, by ITA); each figure is held
// against its goal. A band that misses a goal fails the battery.
//
// [Run] does the battery, [Score] the same for a folder of photos with a truth of their
// own, [Faults] are pipelines with one mistake each, which the battery must catch.
// Units stand with each [Goal]. What it cannot say: how skin of people that no phantom
// resembles behaves; only photos with a truth of their own can, hence Score.
package validate

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"dermtrace/internal/folder"
	"dermtrace/internal/outcome"
	"dermtrace/internal/phantom"
	"dermtrace/internal/trend"
)

// Schema names the form of validate.json.
const Schema = "dermtrace.validate/1"

// Options of [Run]. The zero value is the full battery, not resumable.
type Options struct {
	Quick    bool
	Software outcome.Software
	Keep     string                           // folder for what is done, so that a later run goes on from there; "": none
	Progress func(done, all int, what string) // after each course, one call at a time
}

// Report is the outcome of a battery: the figures and what they were made from.
type Report struct {
	Schema   string           `json:"schema"`
	Software outcome.Software `json:"software"`
	Battery  string           `json:"battery"` // full | quick | data
	Figures  []Figure         `json:"figures"`
	Samples  []Sample         `json:"samples"`

	unchanged []*outcome.Record // of the courses in which nothing changed
}

// Passed reports whether every goal is met.
func (r *Report) Passed() bool {
	for _, f := range r.Figures {
		if f.Verdict == Missed {
			return false
		}
	}
	return true
}

// Write writes the report as JSON.
func (r *Report) Write(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	return enc.Encode(r)
}

// Run does the battery. A course that cannot be analysed at all is an error of ours.
func Run(ctx context.Context, opt Options) (*Report, error) {
	all := courses(opt.Quick)
	yields := make([]yield, len(all))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	var mu sync.Mutex
	done := 0
	for i, c := range all {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			y, err := keep(opt, c, func() (yield, error) { return c.run(ctx, Fault{}) })
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			mu.Lock()
			defer mu.Unlock()
			yields[i] = y
			done++
			if opt.Progress != nil {
				opt.Progress(done, len(all), c.name)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var samples []Sample
	var unchanged []*outcome.Record
	for _, y := range yields {
		samples = append(samples, y.Samples...)
		if y.Unchanged != nil {
			unchanged = append(unchanged, y.Unchanged)
		}
	}
	name := "full"
	if opt.Quick {
		name = "quick"
	}
	r := newReport(name, opt.Software, samples)
	r.unchanged = unchanged
	return r, nil
}

// Noise are the figures of noise by band of skin tone that the unchanged courses of a
// battery show: the built-in ones of package trend.
func (r *Report) Noise(command, date string) trend.NoiseFile {
	f := trend.NoiseFile{Schema: trend.NoiseSchema, Command: command, Date: date, Figures: trend.FiguresByBand(r.unchanged)}
	for i := range f.Figures {
		f.Figures[i].Provisional = true // until a clinic measures its own
		f.Figures[i].Source = "simulated courses of unchanged skin: drift of 1 % of melanin and 4 % of blood, everyday pose, light and camera"
	}
	return f
}

// yield is what one course gave.
type yield struct {
	Samples   []Sample        `json:"samples"`
	Unchanged *outcome.Record `json:"unchanged,omitempty"` // the record, where nothing changed
}

func newReport(battery string, sw outcome.Software, samples []Sample) *Report {
	return &Report{Schema: Schema, Software: sw, Battery: battery, Figures: figures(samples), Samples: samples}
}

// keep takes a course's samples from an earlier run of the same program, or does the
// course and keeps them.
func keep(opt Options, c course, do func() (yield, error)) (yield, error) {
	if opt.Keep == "" {
		return do()
	}
	name := filepath.Join(opt.Keep, fmt.Sprintf("%016x.json", c.key(opt.Software)))
	if b, err := os.ReadFile(name); err == nil {
		var y yield
		if json.Unmarshal(b, &y) == nil {
			return y, nil
		}
	}
	y, err := do()
	if err != nil {
		return yield{}, err
	}
	if err := os.MkdirAll(opt.Keep, 0o700); err != nil {
		return yield{}, err
	}
	return y, folder.WriteFile(name, func(w io.Writer) error { return json.NewEncoder(w).Encode(y) })
}

// key names a course as this version of the program sees it.
func (c course) key(sw outcome.Software) uint64 {
	h := fnv.New64a()
	fmt.Fprintln(h, Schema, sw.Version, sw.Revision, c.name, c.kind)
	if err := phantom.WriteScript(h, c.script); err != nil {
		panic(err) // a script of ours
	}
	return h.Sum64()
}
