package validate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"dermtrace/internal/outcome"
	"dermtrace/internal/phantom"
	"dermtrace/internal/trend"
)

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

// stretchPx is the RMS of a smooth stretch: 9 px at a width of 2000.
const stretchPx = 9. * width / 2000

// flushPoints is the blood of a fresh flush, as a volume fraction.
const flushPoints = 0.03

// trackingScript changes one thing at a time, on skin with marks as after acne where spots is
// set. Its second and third visits have a flush.
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
	sh.visit(stretchDay, func(p *phantom.Photo) { p.Pose.BendPx = stretchPx })
	sh.visit(profileDay, nil)
	sh.visit(42, nil, treated(phantom.Change{Relief: -0.15}))
	sh.visit(56, nil, treated(phantom.Change{Relief: -0.3}))
	sh.visit(70, nil, treated(phantom.Change{Melanin: -0.2 * t.melanin}))
	sh.visit(84, nil, treated(phantom.Change{Melanin: 0.25 * t.melanin}))
	sh.visit(98, nil, treated(phantom.Change{Melanin: 0.5 * t.melanin}))
	if spots {
		s.Anatomy.PIH, s.Anatomy.Spots = 14, 12
	}
	s.Visits = sh.visits
	return s
}

// spottedDay is when the spots of a spotted course have reached their fates.
const spottedDay = 112

// spottedScript is skin of many spots, lentigines and soft marks as after acne, some thirty in
// treated skin beside two naevi: 20 % fade to a third to two thirds, 10 % vanish, and as many
// as 10 % are new.
func spottedScript(t tone, seed uint32) phantom.Script {
	s, sh := base(t, seed), newShots(seed)
	s.Anatomy.Spots, s.Anatomy.PIH = 50, 10
	s.Fates = phantom.Fates{Faded: 0.2, Gone: 0.1, NewSpots: 3}
	s.Regions[0].Polygon = [][2]float64{{60, 60}, {680, 60}, {680, 690}, {60, 690}}
	s.Regions[1].Polygon = [][2]float64{{720, 90}, {940, 90}, {940, 660}, {720, 660}}
	sh.frame()
	sh.visit(spottedDay, nil, phantom.Change{Region: "treated", Spots: 1})
	s.Visits = sh.visits
	return s
}

// flushScript is a flush that fades, and a photo under another light; with a card, in
// which case the card and not the control skin sets the light.
func flushScript(t tone, seed uint32, card bool) phantom.Script {
	s := trackingScript(t, seed, false)
	s.Visits = s.Visits[:4]
	if card {
		s.Card = &phantom.Card{At: [2]float64{32.4, 6.4}, PitchMM: 2}
		s.Regions[1].Polygon = [][2]float64{{660, 320}, {920, 320}, {920, 660}, {660, 660}}
	}
	return s
}

// sweep is how a photo is spoilt: by JPEG quality or by defocus.
type sweep struct {
	day     int
	quality int     // of the JPEG; 0: everyday
	blurPx  float64 // σ
	blood   float64 // of a flush, as a volume fraction
	all     bool    // and stretched, under another light
}

// sweeps reach from everyday photos to what quality gates let pass with a warning.
var sweeps = []sweep{
	{day: 14, quality: 90}, {day: 28, quality: 75}, {day: 42, quality: 60}, {day: 56, quality: 75, blood: flushPoints},
	{day: 70, blurPx: 0.5}, {day: 84, blurPx: 1}, {day: 98, blurPx: 1.5}, {day: 112, blurPx: 1.5, blood: flushPoints},
	{day: 126, blurPx: 1.5, blood: flushPoints, all: true},
}

func sweptScript(t tone, seed uint32) phantom.Script {
	s, sh := base(t, seed), newShots(seed)
	sh.frame()
	for _, w := range sweeps {
		var skin []phantom.Change
		if w.blood > 0 {
			skin = []phantom.Change{{Region: "treated", Blood: w.blood}}
		}
		sh.visit(w.day, func(p *phantom.Photo) {
			if p.Camera.Blur = w.blurPx; w.quality > 0 {
				p.Camera.Quality = w.quality
			}
			if w.all {
				p.Pose.BendPx, p.Light.Gradient = stretchPx, 0.25
				p.Camera.WB, p.Camera.ExposureEV = [3]float64{0.9, 1, 1.1}, -0.32 // a fifth less light
			}
		}, skin...)
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

// turnedScript has poses at the end of what alignment is for. The lamp stays where it was
// while the camera turns.
func turnedScript(t tone, seed uint32) phantom.Script {
	s, sh := base(t, seed), newShots(seed)
	sh.frame()
	for i, pose := range []phantom.Pose{{RotateDeg: 45}, {RotateDeg: 90}, {RotateDeg: 180}, {Zoom: 0.6}, {Zoom: 1.6}, {ShiftPx: [2]float64{0.55 * width, 0}}} {
		sh.visit(14*(i+1), func(p *phantom.Photo) {
			p.Pose = pose
			p.Light.AzimuthDeg = math.Mod(p.Light.AzimuthDeg+pose.RotateDeg, 360)
		})
	}
	s.Visits = sh.visits
	return s
}

// matt makes of a flush script one in which the camera sees no shine, as through crossed
// polarisers, and little flat reflection of the surface; without the photo of another light.
func matt(s *phantom.Script) {
	s.Tone.Surface = 0.01
	s.Visits = s.Visits[:3]
	for v := range s.Visits {
		s.Visits[v].Photos[0].Light.Glare = -1
	}
}

// drift is how much skin differs between visits for no reason, each region by itself.
var drift = phantom.Drift{Melanin: 0.01, Blood: 0.04, Independent: true}

func stillScript(t tone, seed uint32) phantom.Script {
	s, sh := base(t, seed), newShots(seed)
	s.Drift = drift
	s.Regions = append(s.Regions, scars(int(seed)%len(scarred))...)
	sh.frame()
	for _, n := range []int{14, 28, 56, 98, 182} {
		sh.visit(n, func(p *phantom.Photo) { p.Pose.BendPx = 0.8; p.Light.Gradient = 0.05 * sh.random.NormFloat64() })
	}
	s.Visits = sh.visits
	return s
}

// aloneScript is unchanged skin of which none is untreated, as phones and ring lights photograph
// it: the lamp wherever the hand is, more or less in focus, and as much sharpening and contrast as
// the camera thinks fit (assumed).
func aloneScript(t tone, seed uint32) phantom.Script {
	s, sh := base(t, seed), newShots(seed)
	s.Drift = drift
	s.Regions = s.Regions[:1]
	normal := func(sd float64) float64 { return sd * min(max(sh.random.NormFloat64(), -2), 2) }
	asItComes := func(p *phantom.Photo) {
		p.Light = phantom.Light{AzimuthDeg: 235 + normal(8), TiltDeg: 30 + normal(3), Gradient: normal(0.1)}
		p.Camera.Blur, p.Camera.Noise = math.Abs(normal(0.3)), 0.7+math.Abs(normal(0.4))
		p.Camera.Sharpen, p.Camera.Tone = math.Abs(normal(0.3)), math.Abs(normal(0.15))
	}
	sh.frame()
	asItComes(&sh.visits[0].Photos[0])
	for _, n := range []int{14, 28, 56, 98, 182} {
		sh.visit(n, asItComes)
	}
	s.Visits = sh.visits
	return s
}

// scarred are the scars of unchanged courses, two to a course: from a single pit to several
// drawn as one.
var scarred = [...][2]struct {
	kind string
	mm2  float64
}{{{"ice_pick", 6}, {"rolling", 25}}, {{"boxcar", 12}, {"rolling", 50}}}

// scars lie at the border of treated skin, so far from each other that their surroundings are
// their own, and are so long that they keep away from control skin.
func scars(n int) []phantom.Region {
	const x, mostWide = 560, 2.6 / mmPerPx
	var list []phantom.Region
	for i, c := range scarred[n] {
		square := c.mm2 / (mmPerPx * mmPerPx) / math.Pi
		wide := min(math.Sqrt(square), mostWide)
		list = append(list, phantom.Region{Name: fmt.Sprintf("scar %d", i+1), Kind: outcome.Scar, Scar: c.kind,
			Polygon: oval(x, float64(240+270*i), wide, square/wide)})
	}
	return list
}

func oval(x, y, wide, high float64) [][2]float64 {
	const sides = 24
	var list [][2]float64
	for i := range sides {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / sides)
		list = append(list, [2]float64{x + wide*cos, y + high*sin})
	}
	return list
}

// betterDays are the visits of a course with a true change: the baseline, and two that
// count, of which one confirms the other.
var betterDays = []int{0, 98, 182}

// betterScript is a still course at betterDays, its skin changed from the second on.
func betterScript(s phantom.Script, skin phantom.Change) phantom.Script {
	var visits []phantom.Visit
	for _, n := range betterDays {
		i := slices.IndexFunc(s.Visits, func(v phantom.Visit) bool { return v.At == day(n) })
		v := s.Visits[i]
		if n > 0 {
			v.Skin = []phantom.Change{skin}
		}
		visits = append(visits, v)
	}
	s.Visits = visits
	return s
}

// complication is something that a flag is for, at a visit of its own.
type complication struct {
	code, level string
	region      string
	day         int // after the treatment, on which the flag is due
	effect      string
	skin        phantom.Change
}

// newSpots is how many dark spots appear as a complication.
const newSpots = 12

// complications of a skin, in order of their days.
func complications(t tone) []complication {
	return []complication{
		{trend.FlagPatch, "", "patch", 2, "blood +1 point on day 2", phantom.Change{Blood: 0.01}},
		{trend.FlagPigment, "watch", "treated", 8, "melanin +20 % on day 8", phantom.Change{Melanin: 0.2 * t.melanin}},
		{trend.FlagRedness, "", "treated", 9, "blood +1 point on day 9", phantom.Change{Blood: 0.01}},
		{trend.FlagPigment, "review", "treated", 14, "melanin +20 % on day 14", phantom.Change{Melanin: 0.2 * t.melanin}},
		{trend.FlagSpots, "", "treated", 15, "12 new spots on 4 cm² on day 15", phantom.Change{Spots: 1}},
		{trend.FlagTexture, "", "treated", 30, "relief +30 % on day 30", phantom.Change{Relief: 0.3}},
		{trend.FlagTram, "", "treated", 40, "rows of raised scars, 0.16 mm high, on day 40", phantom.Change{Tram: 1}},
	}
}

// markedScript has one complication a visit, so that the baseline and any one visit are
// a course of their own, and a patch test beside the control skin.
func markedScript(t tone, seed uint32) phantom.Script {
	s, sh := base(t, seed), newShots(seed)
	s.Drift = drift
	s.Fates = phantom.Fates{Faded: -1, Gone: -1, NewSpots: newSpots}
	s.Regions[1].Polygon = [][2]float64{{660, 90}, {920, 90}, {920, 400}, {660, 400}}
	s.Regions = append(s.Regions, phantom.Region{Name: "patch", Kind: "treated", Polygon: [][2]float64{{680, 440}, {900, 440}, {900, 660}, {680, 660}}})
	s.Treatments[0].ROIs = append(s.Treatments[0].ROIs, "patch")
	sh.frame()
	for _, c := range complications(t) {
		c.skin.Region = c.region
		sh.visit(c.day, nil, c.skin)
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
