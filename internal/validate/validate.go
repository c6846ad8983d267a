// Package validate answers: how wrong is this tool, on which skin?
//
// A battery of simulated courses (package phantom: the truth of every photo is exact)
// goes through the very pipeline that photos of people go through. What comes out is
// compared with the truth, sample by sample; samples are gathered into figures, one per
// question and band of skin tone (light, medium, dark, by ITA); each figure is held
// against its goal. A band that misses a goal fails the battery.
//
// [Run] does the battery, [Score] the same for a folder of photos with a truth of their
// own. The tests hold the battery against pipelines with one mistake each. Units stand with each [Goal]. Numbers of photos are compared with the truth at once;
// rows, headlines and flags are judged at the end, by the noise that is built in or, where
// the battery is asked to write it, by what its own unchanged courses show.
//
// Whether a true change of twice the detectable one is headlined rests on how much of it the measure
// shows, not on how wide its interval is: of three primary measures Holm asks for 1.26 detectable
// changes, 63 % of it. The roughness of very dark skin shows half (package texture), of brown skin 0.7.
//
// What it cannot say: how skin of people that no phantom resembles behaves; only photos
// with a truth of their own can, hence Score.
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
	"slices"
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
	Courses  int  // unchanged courses, and as many with a true change; 0: 102; with Quick three and none
	OwnNoise bool // judge by the noise that is written by [Report.Noise], not by what is built in
	Software outcome.Software
	Program  string                           // tells programs of one revision apart, for Keep
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

	noise []trend.Figure // that the unchanged courses show, as it is built in
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
	b := battery{opt: opt, list: courses(opt)}
	b.all = len(b.list) + opt.changed()
	if err := b.measure(ctx, 0); err != nil {
		return nil, err
	}
	stills, records := b.of(still)
	noise := trend.Noise{}
	built := b.builtIn()
	if opt.OwnNoise {
		noise.BuiltIn = built
	}
	first := len(b.list)
	for n := range opt.changed() {
		if c, ok := betterCourse(stills[n], n/len(tones), records[n], noise); ok {
			b.list = append(b.list, c)
		}
	}
	if err := b.measure(ctx, first); err != nil {
		return nil, err
	}
	name := "full"
	if opt.Quick {
		name = "quick"
	}
	r := newReport(name, opt.Software, append(b.samples(noise), crossed(stills, records)...))
	r.noise = built
	return r, nil
}

// battery is a run: its courses and what they gave.
type battery struct {
	opt       Options
	list      []course
	yields    []yield
	done, all int
}

// measure does the courses from one on, side by side.
func (b *battery) measure(ctx context.Context, first int) error {
	b.yields = append(b.yields, make([]yield, len(b.list)-first)...)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	var mu sync.Mutex
	for i, c := range b.list[first:] {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			y, err := keep(b.opt, c, func() (yield, error) { return c.run(ctx, fault{}) })
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			mu.Lock()
			defer mu.Unlock()
			b.yields[first+i] = y
			b.done++
			if b.opt.Progress != nil {
				b.opt.Progress(b.done, b.all, c.name)
			}
			return nil
		})
	}
	return group.Wait()
}

// of are the courses of a kind with their records.
func (b *battery) of(k kind) (list []course, records []*outcome.Record) {
	for i, c := range b.list {
		if c.kind == k {
			list, records = append(list, c), append(records, b.yields[i].Record)
		}
	}
	return list, records
}

// builtIn are the figures to build in: of hair what scalps show, of all else what skin does.
func (b *battery) builtIn() []trend.Figure {
	_, skins := b.of(still)
	_, without := b.of(alone)
	_, scalps := b.of(scalp)
	list := slices.DeleteFunc(trend.BuildIn(each(skins, defined)), func(f trend.Figure) bool { return ofHair(f.Measure) })
	list = append(list, trend.BuildInAlone(each(without, defined), list)...)
	return append(list, builtInOfHair(scalps)...)
}

// samples are those of the photos and, by a noise, those of the verdicts.
func (b *battery) samples(noise trend.Noise) []Sample {
	var list []Sample
	for i, y := range b.yields {
		list = append(list, y.Samples...)
		if y.Record != nil {
			list = append(list, b.list[i].judge(y.Record, noise)...)
		}
	}
	return list
}

func each[T any](list []T, do func(T) T) []T {
	out := make([]T, len(list))
	for i, v := range list {
		out[i] = do(v)
	}
	return out
}

// Noise are the figures of noise by band of skin tone as package trend builds them in:
// those that the unchanged courses of a battery show, or published ones where larger.
func (r *Report) Noise(command, date string) trend.NoiseFile {
	return trend.NoiseFile{Schema: trend.NoiseSchema, Command: command, Date: date, Figures: r.noise}
}

// FlagRates are the rates at which each flag is wrong, by band, as package trend has
// them built in.
func (r *Report) FlagRates(command, date string) trend.FlagRateFile {
	f := trend.FlagRateFile{Schema: trend.FlagRateSchema, Command: command, Date: date, Rates: []trend.FlagRate{}}
	figure := func(question, band string) (outcome.Number, int) {
		i := slices.IndexFunc(r.Figures, func(f Figure) bool { return f.Question == question && f.Band == band })
		if i < 0 {
			return outcome.NaN(), 0
		}
		return r.Figures[i].Value, r.Figures[i].N
	}
	for _, code := range trend.FlagCodes() {
		for _, band := range bands {
			rate := trend.FlagRate{Code: code, Band: band, MissRate: outcome.NaN()}
			rate.FalseRate, rate.Courses = figure(falseOf(code), band)
			for _, c := range complications(tones[0]) {
				if c.code == code { // of two levels the later counts
					rate.MissRate, rate.Cases = figure(missedOf(code, c.level), band)
					rate.Effect = c.effect
				}
			}
			if !rate.MissRate.Known() {
				rate.Effect = ""
			}
			if rate.Courses > 0 {
				f.Rates = append(f.Rates, rate)
			}
		}
	}
	return f
}

// yield is what one course gave.
type yield struct {
	Samples []Sample        `json:"samples"`
	Record  *outcome.Record `json:"record,omitempty"` // bare, where verdicts are asked
}

func newReport(battery string, sw outcome.Software, samples []Sample) *Report {
	return &Report{Schema: Schema, Software: sw, Battery: battery, Figures: figures(samples), Samples: samples}
}

// keep takes what a course gave from an earlier run of the same program, or does the
// course and keeps it. What is kept is what is used, so that a battery that goes on says
// what one that was never stopped says.
func keep(opt Options, c course, do func() (yield, error)) (yield, error) {
	name := filepath.Join(opt.Keep, fmt.Sprintf("%016x.json", c.key(opt)))
	if opt.Keep != "" {
		var kept yield
		if b, err := os.ReadFile(name); err == nil && json.Unmarshal(b, &kept) == nil {
			return kept, nil
		}
	}
	fresh, err := do()
	if err != nil {
		return yield{}, err
	}
	b, err := json.Marshal(fresh)
	if err != nil {
		return yield{}, err
	}
	if opt.Keep != "" {
		if err := os.MkdirAll(opt.Keep, 0o700); err != nil {
			return yield{}, err
		}
		if err := folder.WriteFile(name, func(w io.Writer) error { _, err := w.Write(b); return err }); err != nil {
			return yield{}, err
		}
	}
	var y yield
	return y, json.Unmarshal(b, &y)
}

// key names a course as this version of the program sees it.
func (c course) key(opt Options) uint64 {
	h := fnv.New64a()
	fmt.Fprintln(h, Schema, opt.Software.Version, opt.Software.Revision, opt.Program, c.name, c.kind, c.asks, c.said)
	if err := phantom.WriteScript(h, c.script); err != nil {
		panic(err) // a script of ours
	}
	return h.Sum64()
}
