package validate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"dermtrace/internal/phantom"
	"dermtrace/internal/trend"
)

// kind says what a course asks.
type kind string

const (
	tracking kind = "tracking" // does each measure follow its truth, and only it?
	foreign  kind = "foreign"  // tracking with optics that the model does not have
	reshot   kind = "reshot"   // the same skin from other distances
	stranger kind = "stranger" // one photo is of other skin
	still    kind = "still"    // nothing changes but what always does
	better   kind = "better"   // a change of twice what is detectable
	marked   kind = "marked"   // hyperpigmentation
	pattern  kind = "pattern"  // a fine pattern of light and dark
)

// course is one simulated series of the battery.
type course struct {
	name   string
	kind   kind
	tone   tone
	script phantom.Script
}

// tone is a skin of the battery: its melanosome fraction and its band by ITA.
type tone struct {
	name    string
	melanin float64
	band    string
}

// tones reach from ITA +55 to below −30, two for each band.
var tones = []tone{
	{"very light", 0.012, trend.BandLight}, {"light", 0.025, trend.BandLight},
	{"intermediate", 0.045, trend.BandMedium}, {"tan", 0.07, trend.BandMedium},
	{"brown", 0.13, trend.BandDark}, {"dark", 0.25, trend.BandDark},
}

// quickTones are one of each band.
var quickTones = []tone{tones[1], tones[2], tones[4]}

// courses is the battery, in the order it is done.
func courses(quick bool) []course {
	ts, seeds, stills, successes := tones, 2, 17, 8
	if quick {
		ts, seeds, stills, successes = quickTones, 1, 1, 0
	}
	var all []course
	for i, t := range ts {
		for seed := range seeds {
			all = append(all, course{fmt.Sprintf("%s %d", t.name, seed), tracking, t, trackingScript(t, uint32(100+10*i+seed), seed == 0)})
		}
		all = append(all, course{t.name + " stranger", stranger, t, strangerScript(t, uint32(300+i))})
		if !quick {
			all = append(all, course{t.name + " reshot", reshot, t, reshotScript(t, uint32(400+i))})
			all = append(all, foreignCourses(t, uint32(500+10*i))...)
			all = append(all, course{t.name + " marked", marked, t, markedScript(t, uint32(600+i))})
		}
		for n := range stills {
			all = append(all, course{fmt.Sprintf("%s still %d", t.name, n), still, t, stillScript(t, uint32(1000+100*i+n))})
		}
		for n := range successes {
			all = append(all, course{fmt.Sprintf("%s better %d", t.name, n), better, t, betterScript(t, uint32(5000+100*i+n))})
		}
	}
	return append(all, course{"pattern", pattern, tones[2], trackingScript(tones[2], 900, false)})
}

// foreignCourses have skin and cameras that the inversion does not assume.
func foreignCourses(t tone, seed uint32) []course {
	var list []course
	for i, v := range []struct {
		name   string
		change func(*phantom.Script)
	}{
		{"nikon", func(s *phantom.Script) { s.Sensor = "nikon_d5100" }},
		{"venous", func(s *phantom.Script) { s.Tone.Oxygenation = 0.6 }},
		{"shiny", func(s *phantom.Script) { s.Tone.Surface = 0.03 }},
	} {
		s := trackingScript(t, seed+uint32(i), false)
		s.Visits = s.Visits[:3]
		v.change(&s)
		list = append(list, course{t.name + " " + v.name, foreign, t, s})
	}
	return list
}

// The battery's photos are 1000×750 pixels of 0.04 mm: 25 px/mm is above what every
// measure needs, and small enough for hundreds of courses.
const (
	width, height = 1000, 750
	mmPerPx       = 0.04
)

func base(t tone, seed uint32) phantom.Script {
	return phantom.Script{
		Name: t.name, Seed: seed, Width: width, Height: height, MMPerPx: mmPerPx,
		Subject: fmt.Sprintf("%s %d", t.name, seed), Site: "cheek", Side: "left",
		Goals: []string{"smooth texture", "reduce redness", "fade spots"},
		Tone:  phantom.Tone{Melanin: t.melanin, Blood: 0.013},
		Regions: []phantom.Region{
			{Name: "treated", Kind: "treated", Polygon: [][2]float64{{90, 90}, {560, 90}, {560, 660}, {90, 660}}},
			{Name: "control", Kind: "control", Polygon: [][2]float64{{660, 120}, {920, 120}, {920, 630}, {660, 630}}},
		},
		Treatments: []phantom.Treatment{{At: day(0), Device: "dermaroller", NeedleMM: 1, ROIs: []string{"treated"}}},
	}
}

func day(n int) string {
	return time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n).Format(time.DateOnly)
}

// shots makes visits with one photo each; each photo has a pose, light and camera of its
// own, as when somebody takes care.
type shots struct {
	random *rand.Rand
	visits []phantom.Visit
}

func newShots(seed uint32) *shots { return &shots{random: rand.New(rand.NewPCG(uint64(seed), 7))} }

// frame is the first photo: the baseline, which has no pose.
func (s *shots) frame() {
	s.visits = append(s.visits, phantom.Visit{At: day(0), Phase: "before", Photos: []phantom.Photo{{
		File: day(0) + ".jpg", Camera: phantom.Camera{Noise: 0.7, Quality: 93},
	}}})
}

// visit adds a photo on day n, changed from its everyday state by with.
func (s *shots) visit(n int, with func(*phantom.Photo), skin ...phantom.Change) {
	normal := func(sd float64) float64 { return sd * min(max(s.random.NormFloat64(), -2), 2) }
	p := phantom.Photo{
		File: day(n) + ".jpg",
		Pose: phantom.Pose{
			Zoom: 1 + normal(0.02), RotateDeg: normal(2.5), ShiftPx: [2]float64{normal(14), normal(14)},
			TiltXDeg: normal(1.2), TiltYDeg: normal(1.2),
		},
		Light:  phantom.Light{AzimuthDeg: 235 + normal(3), TiltDeg: 30 + normal(1)},
		Camera: phantom.Camera{ExposureEV: normal(0.08), Noise: 0.7, Quality: 93, WB: [3]float64{1 + normal(0.02), 1, 1 + normal(0.02)}},
	}
	if with != nil {
		with(&p)
	}
	s.visits = append(s.visits, phantom.Visit{At: day(n), Skin: skin, Photos: []phantom.Photo{p}})
}

// Files that a course does something special with.
const (
	castDay    = 14
	stretchDay = 21
	profileDay = 28
)

// flushPoints is the blood of a fresh flush, as a volume fraction.
const flushPoints = 0.03

// trackingScript changes one thing at a time. Its second and third visits have a flush.
func trackingScript(t tone, seed uint32, spots bool) phantom.Script {
	s, sh := base(t, seed), newShots(seed)
	treated := func(c phantom.Change) phantom.Change { c.Region = "treated"; return c }
	sh.frame()
	sh.visit(1, nil, treated(phantom.Change{Blood: flushPoints}))
	sh.visit(3, nil, treated(phantom.Change{Blood: flushPoints / 2}))
	sh.visit(castDay, func(p *phantom.Photo) {
		p.Camera.WB = [3]float64{1.1, 1, 0.9}
		p.Camera.ExposureEV, p.Light.Gradient, p.Camera.Blur = -0.14, 0.25, 0.4
	})
	sh.visit(stretchDay, func(p *phantom.Photo) { p.Pose.BendPx = 9. * width / 2000 })
	sh.visit(profileDay, nil)
	sh.visit(42, nil, treated(phantom.Change{Relief: -0.15}))
	sh.visit(56, nil, treated(phantom.Change{Relief: -0.3}))
	sh.visit(70, nil, treated(phantom.Change{Melanin: -0.2 * t.melanin}))
	sh.visit(84, nil, treated(phantom.Change{Melanin: 0.25 * t.melanin}))
	sh.visit(98, nil, treated(phantom.Change{Melanin: 0.5 * t.melanin}))
	if spots {
		s.Anatomy.PIH, s.Anatomy.Spots = 14, 12
		sh.visit(112, nil, treated(phantom.Change{Spots: 1}))
	}
	s.Visits = sh.visits
	return s
}

// strangerScript is an ordinary course; the runner puts another's photo into it.
func strangerScript(t tone, seed uint32) phantom.Script {
	s, sh := base(t, seed), newShots(seed)
	sh.frame()
	sh.visit(14, nil)
	sh.visit(28, nil)
	s.Visits = sh.visits
	return s
}

func reshotScript(t tone, seed uint32) phantom.Script {
	s, sh := base(t, seed), newShots(seed)
	sh.frame()
	for i, distance := range []float64{0.7, 0.85, 1.2, 1.4} {
		sh.visit(14*(i+1), func(p *phantom.Photo) { p.Pose.Zoom = 1 / distance })
	}
	s.Visits = sh.visits
	return s
}

// drift is how much skin differs between visits for no reason, each region by itself.
var drift = phantom.Drift{Melanin: 0.01, Blood: 0.04, Independent: true}

func stillScript(t tone, seed uint32) phantom.Script {
	s, sh := base(t, seed), newShots(seed)
	s.Drift = drift
	sh.frame()
	for _, n := range []int{14, 28, 56, 98, 182} {
		sh.visit(n, func(p *phantom.Photo) { p.Pose.BendPx = 0.8; p.Light.Gradient = 0.05 * sh.random.NormFloat64() })
	}
	s.Visits = sh.visits
	return s
}

// betterRelief is the relative change of relief of a true success. Only courses in which
// it is at least twice what the tool calls detectable speak.
const betterRelief = -0.3

func betterScript(t tone, seed uint32) phantom.Script {
	s := stillScript(t, seed)
	for i := range s.Visits[3:] {
		s.Visits[3+i].Skin = []phantom.Change{{Region: "treated", Relief: betterRelief}}
	}
	return s
}

func markedScript(t tone, seed uint32) phantom.Script {
	s, sh := base(t, seed), newShots(seed)
	s.Drift = drift
	sh.frame()
	for _, n := range []int{7, 14, 28, 42} {
		sh.visit(n, nil, phantom.Change{Region: "treated", Melanin: 0.2 * t.melanin})
	}
	s.Visits = sh.visits
	return s
}

// visits of a script that a runner looks for by their day.
func photoOf(s phantom.Script, n int) (string, bool) {
	i := slices.IndexFunc(s.Visits, func(v phantom.Visit) bool { return v.At == day(n) })
	if i < 0 {
		return "", false
	}
	return s.Visits[i].Photos[0].File, true
}
