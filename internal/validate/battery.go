package validate

import (
	"fmt"
	"slices"

	"dermtrace/internal/outcome"
	"dermtrace/internal/phantom"
	"dermtrace/internal/trend"
)

// kind says what a course asks.
type kind string

const (
	tracking kind = "tracking" // does each measure follow its truth, and only it?
	swept    kind = "swept"    // the same skin through worse and worse JPEG and blur
	spotted  kind = "spotted"  // spots that fade, go and come
	foreign  kind = "foreign"  // a flush on optics or through a camera that the model does not have
	reshot   kind = "reshot"   // the same skin from other distances
	turned   kind = "turned"   // the same skin turned far, from far and near, and half of it
	stranger kind = "stranger" // one photo is of other skin
	still    kind = "still"    // nothing changes but what always does
	alone    kind = "alone"    // the same without untreated skin, by whatever lamp and camera
	better   kind = "better"   // a still course with a change of twice what is detectable
	marked   kind = "marked"   // one complication a visit
	scalp    kind = "scalp"    // clipped hair of which nothing changes but how it lies
	pattern  kind = "pattern"  // a fine pattern of light and dark
)

// course is one simulated series of the battery.
type course struct {
	name   string
	kind   kind
	tone   tone
	script phantom.Script

	asks    string  // foreign: the question that its flush speaks to
	said    string  // lines for series.yaml beside what the script says
	measure string  // better: the primary measure that changes
	change  float64 // better: by how much, in its unit
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

// spottedPer is how many courses of spots there are for one of tracking: a region has some
// thirty, and the mottle under them is no less than the bound of their sum.
const spottedPer = 2

// defaultCourses is how many unchanged courses the full battery has, over all tones, and
// how many with a true change: both batteries end well within an hour on two cores.
const defaultCourses = 102

// markedShare is how many unchanged courses there are for one with complications, and for one
// without untreated skin.
const markedShare = 4

// courses is the battery but for the courses with a true change, which wait until it is
// known what is detectable, in the order it is done.
func courses(opt Options) []course {
	ts, seeds := tones, 2
	if opt.Quick {
		ts, seeds = quickTones, 1
	}
	var all []course
	for i, t := range ts {
		for seed := range seeds {
			all = append(all, course{name: fmt.Sprintf("%s %d", t.name, seed), kind: tracking, tone: t, script: trackingScript(t, uint32(100+10*i+seed), seed == 0)})
		}
		for seed := range spottedPer * seeds {
			all = append(all, course{name: fmt.Sprintf("%s spotted %d", t.name, seed), kind: spotted, tone: t, script: spottedScript(t, uint32(900+10*i+seed))})
		}
		all = append(all, course{name: t.name + " stranger", kind: stranger, tone: t, script: strangerScript(t, uint32(300+i))})
		if opt.Quick && t.band == trend.BandMedium { // one look at each of the other questions
			foreign := foreignCourses(t, 520)
			card := slices.IndexFunc(foreign, func(c course) bool { return c.name == t.name+" card" })
			all = append(all, course{name: t.name + " swept", kind: swept, tone: t, script: sweptScript(t, 700)}, foreign[card])
		}
		if !opt.Quick {
			all = append(all, course{name: t.name + " reshot", kind: reshot, tone: t, script: reshotScript(t, uint32(400+i))})
			all = append(all, course{name: t.name + " swept", kind: swept, tone: t, script: sweptScript(t, uint32(700+i))})
			all = append(all, course{name: t.name + " turned", kind: turned, tone: t, script: turnedScript(t, uint32(800+i))})
			all = append(all, foreignCourses(t, uint32(500+10*i))...)
		}
	}
	all = append(all, course{name: "pattern", kind: pattern, tone: tones[2], script: trackingScript(tones[2], 900, false)})
	for n := range opt.stills() {
		i := n % len(ts)
		all = append(all, course{name: fmt.Sprintf("%s still %d", ts[i].name, n/len(ts)), kind: still, tone: ts[i], script: stillScript(ts[i], uint32(1000+100*i+n/len(ts)))})
	}
	for n := range opt.alone() {
		i := n % len(ts)
		all = append(all, course{name: fmt.Sprintf("%s alone %d", ts[i].name, n/len(ts)), kind: alone, tone: ts[i], script: aloneScript(ts[i], uint32(1700+100*i+n/len(ts)))})
	}
	if !opt.Quick {
		all = append(all, scalps()...)
	}
	for n := range opt.marked() {
		i := n % len(ts)
		all = append(all, course{name: fmt.Sprintf("%s marked %d", ts[i].name, n/len(ts)), kind: marked, tone: ts[i], script: markedScript(ts[i], uint32(600+100*i+n/len(ts)))})
	}
	return all
}

// stills is how many unchanged courses there are, changed how many with a true change,
// marked how many with complications, alone how many without untreated skin.
func (opt Options) stills() int {
	switch {
	case opt.Quick:
		return len(quickTones)
	case opt.Courses > 0:
		return opt.Courses
	}
	return defaultCourses
}

func (opt Options) changed() int {
	if opt.Quick {
		return 0
	}
	return opt.stills()
}

func (opt Options) marked() int {
	if opt.Quick {
		return 0
	}
	return max(len(tones), opt.stills()/markedShare)
}

func (opt Options) alone() int { return opt.marked() }

// foreignCourses have skin and cameras that the inversion does not assume, cameras that
// it is told of, by name or by a card in the photos, and skin without shine.
func foreignCourses(t tone, seed uint32) []course {
	var list []course
	for i, v := range []struct {
		name, asks, said string
		card             bool
		change           func(*phantom.Script)
	}{
		{"nikon", otherMelanin, "", false, func(s *phantom.Script) { s.Sensor = "nikon_d5100" }},
		{"venous", otherMelanin, "", false, func(s *phantom.Script) { s.Tone.Oxygenation = 0.6 }},
		{"shiny", otherMelanin, "", false, func(s *phantom.Script) { s.Tone.Surface = 0.03 }},
		{"nikon named", knownMelanin, "camera: nikon_d5100\n", false, func(s *phantom.Script) { s.Sensor = "nikon_d5100" }},
		{"nikon card", knownMelanin, "", true, func(s *phantom.Script) { s.Sensor = "nikon_d5100" }},
		{"card", knownMelanin, "", true, func(*phantom.Script) {}},
		{"scattering", otherMelanin, "", false, func(s *phantom.Script) { s.Tone.ScatterA, s.Tone.ScatterB = 38, 1.2 }},
		{"matt", mattMelanin, "", false, matt},
	} {
		s := flushScript(t, seed+uint32(i), v.card)
		v.change(&s)
		list = append(list, course{name: t.name + " " + v.name, kind: foreign, tone: t, script: s, asks: v.asks, said: v.said})
	}
	return list
}

// betterCourse photographs a still course again with a change of a primary measure that
// is twice what is detectable between the visits that count; false where that record has
// no such measure. Texture and redness take turns. What the still course calls
// detectable decides, for the same visits.
func betterCourse(c course, n int, rec *outcome.Record, noise trend.Noise) (course, bool) {
	short := assessed(visitsOf(rec, betterDays...), noise)
	last := betterDays[len(betterDays)-1]
	measure := []string{"roughness", "hemoglobin"}[n%2]
	row, ok := changeOf(short, measure, outcome.VsControl, last)
	raw, known := changeOf(short, measure, outcome.Raw, last)
	if !ok || !known || !row.MDC95.Known() {
		return course{}, false
	}
	size := 2 * float64(row.MDC95)
	c.kind, c.name, c.measure, c.change = better, c.name+" better", measure, size
	skin := phantom.Change{Region: "treated", Blood: size / 100}
	if measure == "roughness" {
		relative := size / float64(raw.From)
		if skin = (phantom.Change{Region: "treated", Relief: relative}); relative <= mostSmoothing {
			skin.Relief, c.change = -relative, -size
		}
	}
	c.script = betterScript(c.script, skin)
	return c, true
}

// mostSmoothing is the largest loss of relief that a course simulates: what is detectable
// only beyond it is simulated as a gain.
const mostSmoothing = 0.8
