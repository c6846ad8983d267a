package phantom

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"dermtrace/internal/optics"
)

// ScriptError says what is wrong with a script, all of it at once.
type ScriptError struct{ Problems []string }

func (e *ScriptError) Error() string { return "phantom script: " + strings.Join(e.Problems, "; ") }

// ReadScript reads a script in YAML. Unknown keys are errors.
func ReadScript(r io.Reader) (Script, error) {
	dec := yaml.NewDecoder(r)
	dec.KnownFields(true)
	var s Script
	if err := dec.Decode(&s); err != nil {
		return Script{}, &ScriptError{[]string{strings.TrimPrefix(err.Error(), "yaml: ")}}
	}
	if err := dec.Decode(new(Script)); !errors.Is(err, io.EOF) {
		return Script{}, &ScriptError{[]string{"one document expected"}}
	}
	return s, s.check()
}

// WriteScript writes s so that ReadScript gives it back.
func WriteScript(w io.Writer, s Script) error {
	enc := yaml.NewEncoder(w)
	enc.SetIndent(2)
	if err := enc.Encode(s); err != nil {
		return err
	}
	return enc.Close()
}

// Bounds of what can be drawn (project default): between the smallest picture a region
// fits into and 50 megapixels, at scales from a contact camera to a whole face.
const (
	leastSide, mostPixels      = 64, 50_000_000
	leastMMPerPx, mostMMPerPx  = 0.004, 0.5
	mostMelanin, mostBlood     = 0.5, 0.3
	mostStrain, mostLensK1     = 0.2, 0.2
	mostTiltDeg, mostBendShare = 30, 0.02
	mostObjects                = 2000
	// Published skins lie within (Jacques 2013, Phys Med Biol 58:R37, table 1).
	leastScatter, mostScatter = 5, 200
	mostScatterPower          = 4
)

// check completes s and refuses what cannot be drawn.
func (s *Script) check() error {
	*s = s.withDefaults()
	var c checker
	c.that(min(s.Width, s.Height) >= leastSide && s.Width*s.Height <= mostPixels, "size %d×%d: sides of at least %d px and at most %d px in all", s.Width, s.Height, leastSide, mostPixels)
	c.within("mm_per_px", s.MMPerPx, leastMMPerPx, mostMMPerPx)
	c.within("tone melanin", s.Tone.Melanin, 0, mostMelanin)
	c.within("tone blood", s.Tone.Blood, 0, mostBlood)
	c.within("tone oxygenation", s.Tone.Oxygenation, 0, 1)
	c.within("tone surface", max(0, s.Tone.Surface), 0, 0.2)
	c.within("tone scatter_a", or(s.Tone.ScatterA, optics.DefaultScatterA), leastScatter, mostScatter)
	c.within("tone scatter_b", or(s.Tone.ScatterB, optics.DefaultScatterB), 0, mostScatterPower)
	c.within("fates: faded and gone together", max(0, s.Fates.Faded)+max(0, s.Fates.Gone), 0, 1)
	_, known := sensors()[s.Sensor]
	c.that(known, "sensor %q: cie, nikon_d5100 or nikon_d5100_raw", s.Sensor)
	c.anatomy(s.Anatomy, s.Fates, s.Drift)
	for _, r := range s.Regions {
		g := r.polygon()
		c.that(len(g) >= 3 && g.Area() > 0 && !g.Crosses(), "region %q encloses nothing or crosses itself", r.Name)
		c.that(slices.Contains([]string{"", icePick, boxcar, rolling}, r.Scar), "region %q: scar %q: ice_pick, boxcar or rolling", r.Name, r.Scar)
	}
	c.props(s)
	c.scalp(s.Scalp)
	c.visits(s)
	if len(c.problems) > 0 {
		return &ScriptError{c.problems}
	}
	return nil
}

type checker struct{ problems []string }

func (c *checker) that(ok bool, format string, args ...any) {
	if !ok {
		c.problems = append(c.problems, fmt.Sprintf(format, args...))
	}
}

func (c *checker) within(name string, v, lo, hi float64) {
	c.that(v >= lo && v <= hi, "%s %v is not within %v to %v", name, v, lo, hi)
}

func (c *checker) props(s *Script) {
	if s.Card != nil {
		c.within("card pitch_mm", s.Card.PitchMM, 4*s.MMPerPx, 100)
		c.place("card", s.Card.At, s.Card.AngleDeg)
	}
	if s.Ruler != nil {
		c.within("ruler length_mm", s.Ruler.LengthMM, 1, 300)
		c.place("ruler", s.Ruler.At, s.Ruler.AngleDeg)
	}
}

func (c *checker) place(name string, at [2]float64, deg float64) {
	c.within(name+" at_mm", math.Hypot(at[0], at[1]), 0, 2000)
	c.within(name+" angle_deg", deg, -180, 180)
}

// anatomy bounds what grows: a negative number is none.
func (c *checker) anatomy(a Anatomy, f Fates, d Drift) {
	for _, n := range []int{a.Spots, a.PIH, a.Melasma, a.Naevi, a.Vessels, a.IcePick, a.Boxcar, a.Rolling, a.Striae, a.Wrinkles, f.NewSpots} {
		c.that(n <= mostObjects, "anatomy: %d of one kind are more than %d", n, mostObjects)
	}
	c.within("anatomy furrow_um", max(0, a.FurrowUM), 0, 300)
	c.within("anatomy pores_per_cm2", max(0, a.PoresPerCM), 0, 2000)
	c.within("anatomy hairs_per_cm2", max(0, a.HairsPerCM), 0, 1000)
	c.within("anatomy mottle", max(0, a.Mottle), 0, 5)
	for _, share := range []float64{f.Faded, f.Gone, f.Residual, f.IcePick, f.Boxcar, f.Rolling, f.Striae} {
		c.within("fates", max(0, share), 0, 1)
	}
	c.within("drift melanin", d.Melanin, 0, 1)
	c.within("drift blood", d.Blood, 0, 1)
}

func (c *checker) visits(s *Script) {
	var files []string
	for _, v := range s.Visits {
		for _, ch := range v.Skin {
			_, known := s.region(ch.Region)
			c.that(known || ch.Region == "", "visit %s: no region %q", v.At, ch.Region)
			c.change(v.At, ch)
		}
		for _, p := range v.Photos {
			c.that(plainName(p.File), "visit %s: photo name %q: a plain name ending in .jpg", v.At, p.File)
			c.that(!slices.Contains(files, p.File), "photo %s stands twice", p.File)
			files = append(files, p.File)
			c.pose(p.File, p.Pose, float64(max(s.Width, s.Height)))
			c.camera(p.File, p.Camera)
			c.light(p.File, p.Light)
		}
	}
	c.that(len(files) > 0, "no photos")
	for _, v := range s.Visits {
		if len(v.Photos) > 0 {
			c.that(v.Photos[0].Pose == Pose{}, "photo %s is the frame: it takes no pose", v.Photos[0].File)
			c.that(len(s.bumps(v.Skin)) == 0, "photo %s is the frame: nothing swells in it", v.Photos[0].File)
			break
		}
	}
}

func plainName(f string) bool {
	return strings.HasSuffix(f, ".jpg") && !strings.ContainsAny(f, `/\:`) && !strings.HasPrefix(f, ".") && f != ".jpg"
}

func (c *checker) change(at string, ch Change) {
	name := func(s string) string { return "visit " + at + ": " + s }
	c.within(name("blood"), ch.Blood, -mostBlood, mostBlood)
	c.within(name("melanin"), ch.Melanin, -mostMelanin, mostMelanin)
	c.within(name("patchy"), ch.Patchy, 0, mostMelanin)
	c.within(name("relief"), ch.Relief, -1, 3)
	c.within(name("scars"), ch.Scars, 0, 1)
	c.within(name("spots"), ch.Spots, 0, 1)
	c.within(name("points"), ch.Points, 0, 2000)
	c.within(name("crusts"), ch.Crusts, 0, 500)
	c.within(name("peeling"), ch.Peeling, 0, 1)
	c.within(name("bruise"), ch.Bruise, 0, mostBlood)
	c.within(name("bruise_day"), ch.BruiseDay, 0, 30)
	c.within(name("swelling"), ch.Swelling, -mostStrain, mostStrain)
	c.within(name("gloss"), ch.Gloss, -1, 10)
	c.within(name("hairs"), ch.Hairs, -1, 1)
	c.within(name("shafts"), ch.Shafts, -0.9, 2)
	c.within(name("tram_tracks"), ch.Tram, 0, 1)
}

func (c *checker) pose(file string, p Pose, side float64) {
	c.within(file+": zoom", or(p.Zoom, 1), 0.3, 3)
	c.within(file+": tilt", math.Max(math.Abs(p.TiltXDeg), math.Abs(p.TiltYDeg)), 0, mostTiltDeg)
	c.within(file+": lens", p.Lens, -mostLensK1, mostLensK1)
	c.within(file+": bend_px", p.BendPx, 0, mostBendShare*side)
	c.within(file+": shift_px", math.Hypot(p.ShiftPx[0], p.ShiftPx[1]), 0, side)
	c.within(file+": rotate_deg", p.RotateDeg, -180, 180)
}

func (c *checker) camera(file string, k Camera) {
	c.within(file+": exposure_ev", k.ExposureEV, -5, 5)
	c.within(file+": blur", k.Blur, 0, 50)
	c.within(file+": motion", k.Motion, 0, 100)
	c.within(file+": noise", k.Noise, 0, 20)
	c.within(file+": sharpen", k.Sharpen, 0, 3)
	c.within(file+": tone", k.Tone, 0, 1)
	c.that(k.Quality >= 0 && k.Quality <= 100, "%s: quality %d is not within 1 to 100", file, k.Quality)
	for _, g := range k.WB {
		c.within(file+": wb", g, 0, 5)
	}
}

func (c *checker) light(file string, l Light) {
	c.within(file+": azimuth_deg", l.AzimuthDeg, -360, 360)
	c.within(file+": light tilt_deg", l.TiltDeg, 0, 80)
	c.within(file+": ambient", max(0, l.Ambient), 0, 1)
	c.within(file+": glare", max(0, l.Glare), 0, 20)
	c.within(file+": gradient", l.Gradient, -1, 1)
	c.within(file+": vignette", l.Vignette, 0, 1)
}
