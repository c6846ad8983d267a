package series_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"dermtrace/internal/outcome"
	"dermtrace/internal/phantom"
	"dermtrace/internal/series"
	"dermtrace/internal/trend"
)

var (
	longCourses = flag.Bool("long", false, "photograph and measure unchanged courses of simulated skin")
	courseCount = flag.Int("courses", 12, "with -long: courses, spread evenly over six skin tones")
	courseStart = flag.Int("first", 0, "with -long: number of the first course, so that several runs make one battery")
	courseKeep  = flag.String("records", "", "with -long: folder that the records are kept in, and read back from")
)

// courseTones reach from ITA above 50° to below −30°, two for each band.
var courseTones = []float64{0.012, 0.045, 0.13, 0.025, 0.07, 0.25}

// unchanged is a course in which nothing happens but what always does: another pose,
// light and exposure at each visit, and skin whose blood and pigment drift from visit
// to visit, each region by itself. The first treatment follows the baseline.
func unchanged(n int) phantom.Script {
	random := rand.New(rand.NewPCG(uint64(n), 31))
	normal := func(sd float64) float64 { return sd * min(max(random.NormFloat64(), -2.5), 2.5) }
	start := time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC)
	s := phantom.Script{
		Name: fmt.Sprintf("unchanged %d", n), Seed: uint32(7000 + n), Width: 800, Height: 560, MMPerPx: 0.05,
		Subject: fmt.Sprintf("U%03d", n), Site: "cheek", Side: "left", Goals: []string{"smooth texture", "reduce redness"},
		Tone:  phantom.Tone{Melanin: courseTones[n%len(courseTones)], Blood: 0.013},
		Drift: phantom.Drift{Melanin: 0.01, Blood: 0.04, Independent: true},
		Regions: []phantom.Region{
			{Name: "treated", Kind: "treated", Polygon: [][2]float64{{70, 70}, {440, 70}, {440, 490}, {70, 490}}},
			{Name: "control", Kind: "control", Polygon: [][2]float64{{520, 90}, {735, 90}, {735, 470}, {520, 470}}},
		},
		Treatments: []phantom.Treatment{{At: "2026-01-10", Device: "dermaroller", NeedleMM: 1, ROIs: []string{"treated"}}},
	}
	for i, day := range []int{0, 28, 56, 98, 140} {
		date := start.AddDate(0, 0, day).Format(time.DateOnly)
		p := phantom.Photo{File: date + ".jpg", Camera: phantom.Camera{Noise: 0.7, Quality: 93}}
		v := phantom.Visit{At: date, Phase: "before"}
		if i > 0 {
			v.Phase = ""
			p.Pose = phantom.Pose{Zoom: 1 + normal(0.03), RotateDeg: normal(3), ShiftPx: [2]float64{normal(12), normal(12)}, TiltXDeg: normal(1.5), TiltYDeg: normal(1.5), BendPx: 0.8}
			p.Light = phantom.Light{AzimuthDeg: 235 + normal(4), TiltDeg: 30 + normal(1.5), Gradient: normal(0.05)}
			p.Camera.ExposureEV, p.Camera.WB = normal(0.1), [3]float64{1 + normal(0.03), 1, 1 + normal(0.03)}
		}
		v.Photos = []phantom.Photo{p}
		s.Visits = append(s.Visits, v)
	}
	return s
}

// courseRecord measures one course, or reads the record that an earlier run kept.
func courseRecord(t *testing.T, n int) *outcome.Record {
	t.Helper()
	kept := ""
	if *courseKeep != "" {
		kept = filepath.Join(*courseKeep, fmt.Sprintf("U%03d", n), "results.json")
		if f, err := os.Open(kept); err == nil {
			defer f.Close()
			rec, err := outcome.Read(f)
			if err != nil {
				t.Fatal(err)
			}
			return rec
		}
	}
	dir := t.TempDir()
	if err := phantom.Write(context.Background(), dir, unchanged(n), phantom.Options{Force: true}); err != nil {
		t.Fatal(err)
	}
	res, err := series.Analyze(context.Background(), os.DirFS(dir), series.Options{NoPictures: true, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if kept != "" {
		var b bytes.Buffer
		if err := outcome.Write(&b, res.Record); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(kept), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(kept, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return res.Record
}

// falseAlarms counts what unchanged courses say has changed.
type falseAlarms struct {
	courses, headlined, flagged int
	rows, beyond                int
	primaries, primaryBeyond    int
	unusable                    int
}

func (f *falseAlarms) add(rec *outcome.Record) {
	f.courses++
	if len(trend.Headline(rec)) > 0 {
		f.headlined++
	}
	if len(rec.Flags) > 0 {
		f.flagged++
	}
	for _, p := range rec.Photos {
		if !p.Used() {
			f.unusable++
		}
	}
	for _, c := range rec.Changes {
		if !c.MDC95.Known() {
			continue
		}
		moved := c.Status == outcome.Increased || c.Status == outcome.Decreased
		f.rows++
		if moved {
			f.beyond++
		}
		if c.Primary {
			f.primaries++
			if moved {
				f.primaryBeyond++
			}
		}
	}
}

func (f falseAlarms) String() string {
	percent := func(a, b int) float64 { return 100 * float64(a) / float64(max(b, 1)) }
	return fmt.Sprintf("%d courses: headlined %.1f %%, flagged %.1f %%; rows beyond noise %.1f %% of %d, primary %.1f %% of %d; %d photos unusable",
		f.courses, percent(f.headlined, f.courses), percent(f.flagged, f.courses), percent(f.beyond, f.rows), f.rows,
		percent(f.primaryBeyond, f.primaries), f.primaries, f.unusable)
}

// tallies count by band of skin and by measure and contrast.
type tallies struct {
	bands    map[string]*falseAlarms
	measures map[string]*[2]int // rows, and those beyond noise
	flags    map[string]int     // by code and band
}

func newTallies() tallies {
	return tallies{map[string]*falseAlarms{}, map[string]*[2]int{}, map[string]int{}}
}

func (t tallies) add(rec *outcome.Record) {
	own := trend.BandOf(rec)
	for _, band := range []string{own, "all"} {
		if t.bands[band] == nil {
			t.bands[band] = &falseAlarms{}
		}
		t.bands[band].add(rec)
	}
	for _, f := range rec.Flags {
		t.flags[f.Code+" "+own]++
	}
	for _, c := range rec.Changes {
		if !c.MDC95.Known() {
			continue
		}
		key := c.Measure + " " + c.Contrast
		if t.measures[key] == nil {
			t.measures[key] = &[2]int{}
		}
		t.measures[key][0]++
		if c.Status != outcome.NoChange {
			t.measures[key][1]++
		}
	}
}

// report logs all figures, and fails where more than 5 % of courses carry a false
// headline or more than 7 % of rows are beyond noise.
func (t tallies) report(test *testing.T, noise string) {
	test.Helper()
	for _, band := range []string{trend.BandLight, trend.BandMedium, trend.BandDark, "all"} {
		f := t.bands[band]
		if f == nil {
			continue
		}
		test.Logf("%s, %s: %v", noise, band, *f)
		if !(float64(f.headlined) <= 0.05*float64(f.courses)) {
			test.Errorf("%s, %s: %d of %d courses carry a false headline", noise, band, f.headlined, f.courses)
		}
		if !(float64(f.beyond) <= 0.07*float64(f.rows)) {
			test.Errorf("%s, %s: %d of %d rows are beyond noise", noise, band, f.beyond, f.rows)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(t.measures)) {
		n := t.measures[key]
		test.Logf("%s, %-32s beyond noise %5.1f %% of %d", noise, key, 100*float64(n[1])/float64(n[0]), n[0])
	}
	for _, key := range slices.Sorted(maps.Keys(t.flags)) {
		test.Logf("%s, flag %s: %d courses", noise, key, t.flags[key])
	}
}

// Unchanged skin, photographed as it is, held against the built-in figures and against
// those that the other half of the courses gives: at most 5 % of courses carry a false
// headline and at most 7 % of rows are beyond noise, in each band.
func TestUnchangedPhantomCourses(t *testing.T) {
	if !*longCourses {
		t.Skip("SKIPPED: photographs courses for minutes; run with -long")
	}
	var halves [2][]*outcome.Record
	for n := *courseStart; n < *courseStart+*courseCount; n++ {
		half := n / len(courseTones) % 2 // each half has all tones
		halves[half] = append(halves[half], courseRecord(t, n))
	}
	builtIn, measured := newTallies(), newTallies()
	for i, records := range halves {
		noise := trend.Noise{BuiltIn: trend.FiguresByBand(halves[1-i])}
		for _, rec := range records {
			trend.Assess(rec, trend.Noise{})
			builtIn.add(rec)
			if noise.BuiltIn != nil {
				trend.Assess(rec, noise)
				measured.add(rec)
			}
		}
	}
	builtIn.report(t, "built-in")
	measured.report(t, "measured")
}
