// Package series turns one folder of photos of one site into a record: it is the
// pipeline, read top to bottom in [Analyze].
//
// Data flows one way. Each photo is opened, judged, aligned to the frame, given the
// frame's regions and light, separated into melanin, haemoglobin and shading, and
// measured in its own pixels; nothing later changes what was measured earlier. A
// photo that cannot be used is recorded with its reason and the rest goes on. The
// result depends on the files, the settings and the version alone: not on the
// clock, the folder's place or the number of cores.
//
// # Limits
//
// A course of six photos of 12 megapixels, with all pictures and the report, is to take 6 times
// what two cores take to decode its JPEGs. It takes 5.6 to 5.9 times that by the clock
// (BenchmarkSeries12MP) and 5.4 to 5.7 by processor time (BenchmarkProcessor12MP), of which the
// decoding itself is 1, placing the photos about 1.4, drawing and encoding their pictures 1.0 and
// the report less than 0.1; the rest is measuring. To collect garbage less often gains nothing,
// nor does it to lend the planes of filters, relief and maps anew: of 1.5 GB that a course takes a
// tenth was saved, and no time. A build guided by a profile is 3 % faster, but its decoding gains
// more. Reading linear light from the codes is 0.4 for all steps together, so that to hold the
// light of untreated skin, which several of them read, would gain little. Two cores are twice as
// fast as one (BenchmarkTwoCores12MP): photos are opened, placed and measured by turns, so that
// what one core alone can do of a photo is done beside another, and numbers beside pictures; of
// the time of two cores 2 to 3 % idles, most of it while the frame is prepared. Up to 0.65 GiB of
// memory is held (BenchmarkPeakMemory12MP): photos are held as the codes of their files, and light
// is worked out where it is read. A fourth photo would cost 0.1 GiB more.
package series

import (
	"context"
	"fmt"
	"io/fs"

	"dermtrace/internal/align"
	"dermtrace/internal/chromo"
	"dermtrace/internal/manifest"
	"dermtrace/internal/outcome"
	"dermtrace/internal/photo"
	"dermtrace/internal/render"
	"dermtrace/internal/skin"
	"dermtrace/internal/trend"
)

// Options of [Analyze]. The zero value is a run with the project's defaults.
type Options struct {
	Software outcome.Software
	Limits   photo.Limits
	Noise    trend.Noise           // where detectable changes come from
	Progress func(done, total int) // called after each photo, from one goroutine at a time
	Workers  int                   // photos worked on at once, while one more is held; 1: one alone is held; 0: two

	NoPictures bool // numbers only
}

// Result is what a series yielded: the record and the pictures that it names.
type Result struct {
	Record   *outcome.Record
	Pictures []Picture
	Places   map[string]align.Result // by photo: what of the alignment a record cannot hold
}

// Picture is one encoded picture, Name relative to the result folder.
type Picture struct {
	Name  string
	Bytes []byte
}

// analysis is one run: what its steps hand on.
type analysis struct {
	fsys        fs.FS
	opt         Options
	manifest    *manifest.Series
	copies      map[string]string // of photos, by file
	chromo      *chromo.Model     // one for all photos, never refitted
	definitions map[string]outcome.Definition
	frame       *frame
	baseline    *baseline
	shots       []*shot // one per photo of the manifest, in its order
	notices     []outcome.Notice
	record      *outcome.Record
	pictures    []Picture
	outlines    album        // of the regions
	drawn       render.Image // the frame photo with them; no bytes: it is not shown
	ahead       ahead        // photos that are opened before their turn
	spots       spotMaps
	objects     map[string]skin.Objects // of the baseline, by region
	places      map[string]align.Result
}

// pipeline is the order of work.
var pipeline = []struct {
	name string
	do   func(*analysis, context.Context) error
}{
	{"read the series", (*analysis).readManifest},
	{"prepare the frame photo", (*analysis).prepareFrame},
	{"choose the baseline", (*analysis).chooseBaseline},
	{"measure the photos", (*analysis).measurePhotos},
	{"write the record", (*analysis).writeRecord},
	{"compare the visits", (*analysis).compare},
	{"follow the spots", (*analysis).followSpots},
}

// Analyze measures the series in fsys, whose root holds the photos and, if the user
// wrote one, series.yaml. It returns an error only when nothing can be measured at
// all; photos that could not be used are in the record with their reasons.
func Analyze(ctx context.Context, fsys fs.FS, opt Options) (*Result, error) {
	a := &analysis{fsys: fsys, opt: opt, chromo: chromo.NewModel(chromo.Options{}), definitions: skin.Definitions()}
	defer a.ahead.drop()
	for _, step := range pipeline {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := step.do(a, ctx); err != nil {
			return nil, fmt.Errorf("failed to %s: %w", step.name, err)
		}
	}
	return &Result{Record: a.record, Pictures: a.pictures, Places: a.places}, nil
}
