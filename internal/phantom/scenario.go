package phantom

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// scenario is a named course. Its builder says what happens; pose and camera of every
// photo are then drawn from the seed, as they would differ between visits.
type scenario struct {
	name  string
	build func() Script
}

// scenarios lists the named courses.
func scenarios() []scenario {
	return []scenario{
		{"acne-scar course", acneScars},
		{"melasma fading", melasmaFading},
		{"PIH after treatment", pihAfterTreatment},
		{"no change", noChange},
		{"split-face", splitFace},
		{"patch test", patchTest},
		{"home rolling", homeRolling},
	}
}

// Scenarios names the courses that [Scenario] knows.
func Scenarios() []string {
	var names []string
	for _, s := range scenarios() {
		names = append(names, s.name)
	}
	return names
}

// Scenario is a named course, to be used or changed. Names are also known with hyphens
// for blanks.
func Scenario(name string) (Script, error) {
	for _, c := range scenarios() {
		if plain(c.name) == plain(name) {
			s := c.build()
			s.Name = c.name
			return s, s.check()
		}
	}
	return Script{}, &ScriptError{[]string{fmt.Sprintf("no scenario %q: there are %s", name, strings.Join(Scenarios(), ", "))}}
}

func plain(name string) string { return strings.ToLower(strings.ReplaceAll(name, " ", "-")) }

// Scaled is the same skin photographed with f times the pixels per mm: 2 makes of 3
// megapixels 12.
func (s Script) Scaled(f float64) Script {
	s = s.withDefaults()
	s.Width, s.Height = int(math.Round(float64(s.Width)*f)), int(math.Round(float64(s.Height)*f))
	s.MMPerPx /= f
	s.Regions = append([]Region(nil), s.Regions...)
	for i, r := range s.Regions {
		g := make([][2]float64, len(r.Polygon))
		for k, p := range r.Polygon {
			g[k] = [2]float64{p[0] * f, p[1] * f}
		}
		s.Regions[i].Polygon = g
	}
	s.Visits = append([]Visit(nil), s.Visits...)
	for i, v := range s.Visits {
		photos := append([]Photo(nil), v.Photos...)
		for k := range photos {
			p := &photos[k]
			p.Pose.ShiftPx = [2]float64{p.Pose.ShiftPx[0] * f, p.Pose.ShiftPx[1] * f}
			p.Pose.BendPx *= f
			p.Camera.Blur *= f
			p.Camera.Motion *= f
		}
		s.Visits[i].Photos = photos
	}
	return s
}

// treatedAndControl are the regions of most courses: a cheek with untreated skin beside.
func treatedAndControl() []Region {
	return []Region{
		{Name: "treated", Kind: "treated", Polygon: [][2]float64{{200, 225}, {1120, 225}, {1120, 1275}, {200, 1275}}},
		{Name: "control", Kind: "control", Polygon: [][2]float64{{1360, 300}, {1840, 300}, {1840, 1200}, {1360, 1200}}},
	}
}

// calendar builds visits by days after a first day.
type calendar struct{ day0 time.Time }

func newCalendar() calendar { return calendar{time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC)} }

func (c calendar) date(day int) string { return c.day0.AddDate(0, 0, day).Format(time.DateOnly) }

// visit has so many replicate photos, all but the very first with pose and camera as
// they come. Phase "after" stands in the afternoon of its day.
func (c calendar) visit(seed uint32, day int, phase string, replicates int, skin ...Change) Visit {
	v := Visit{At: c.date(day), Phase: phase, Skin: skin}
	stem := v.At
	if phase == "after" {
		v.At += "T16:30"
		stem += "_after"
	}
	for k := range replicates {
		file := stem + ".jpg"
		if k > 0 {
			file = fmt.Sprintf("%s_%d.jpg", stem, k+1)
		}
		d := newDice(seed, "everyday "+file)
		p := Photo{File: file, Pose: everydayPose(d), Light: everydayLight(d), Camera: everydayCamera(d)}
		if day == 0 && k == 0 && phase != "after" {
			p.Pose, p.Camera.ExposureEV, p.Camera.WB = Pose{}, 0, [3]float64{}
		}
		v.Photos = append(v.Photos, p)
	}
	return v
}

// How photos of one site differ between visits when somebody takes care (assumed).
func everydayPose(d *dice) Pose {
	return Pose{
		Zoom: round3(1 + 0.035*d.normal()), RotateDeg: round3(2.5 * d.normal()),
		ShiftPx:  [2]float64{math.Round(28 * d.normal()), math.Round(28 * d.normal())},
		TiltXDeg: round3(1.8 * d.normal()), TiltYDeg: round3(1.8 * d.normal()), BendPx: round3(d.between(0.8, 2.5)),
	}
}

func everydayLight(d *dice) Light {
	return Light{AzimuthDeg: math.Round(defaultAzimuthDeg + 6*d.normal()), TiltDeg: math.Round(defaultLightTilt + 2*d.normal()),
		Gradient: round3(0.05 * d.normal()), Vignette: 0.08}
}

func everydayCamera(d *dice) Camera {
	return Camera{ExposureEV: round3(0.1 * d.normal()), Noise: 0.7, Blur: round3(d.between(0.1, 0.45)), Quality: 93,
		WB: [3]float64{round3(1 + 0.02*d.normal()), 1, round3(1 + 0.025*d.normal())}}
}

func round3(v float64) float64 { return math.Round(v*1000) / 1000 }

// flush is what remains of a needling's redness after so many days: a half-life by
// needle length. No published curve of colour after plain microneedling was found; the
// half-lives keep to what is: transient for hours (0.5 mm), recovered within 72 h (0.25
// mm), longest with 1.5 mm.
func flush(needleMM, days float64) float64 {
	peak, halfLife := 0.018, 0.4
	switch {
	case needleMM >= 1:
		peak, halfLife = 0.06, 1.0
	case needleMM >= 0.5:
		peak, halfLife = 0.035, 0.6
	}
	return round5(peak * math.Exp2(-days/halfLife))
}

func round5(v float64) float64 { return math.Round(v*1e5) / 1e5 }

const assumed = "assumed"

var flushClaim = Claim{"redness after needling", "blood +0.06, 0.035, 0.018 at once for 1.5, 0.5, 0.25 mm; half-lives 1, 0.6, 0.4 days",
	assumed + "; kept to recovery within 72 h for short needles (doi 10.1111/j.1524-4725.2012.02550.x) and longest with 1.5 mm (doi 10.1093/asjof/ojz017)"}
