package quality

import (
	"fmt"
	"math"

	"dermtrace/internal/cie"
	"dermtrace/internal/outcome"
)

// Gates of a pair.
const (
	MinSharpness   = 0.8  // of the amplitude of fine detail, now over reference: METHODS 4.5
	MaxSharpness   = 1.25 // METHODS 4.5
	MaxScaleChange = 0.10 // of pixels per skin: METHODS 8
	MaxTiltDeg     = 10   // METHODS 8
	MaxWhiteShift  = 0.01 // Δu'v' of the light: METHODS 8
	// MaxReliefTurn bounds the change of the relief's doubled-angle vector. Relief lit
	// from one side has coherence 0.5 (its gradients along the light are 3:1), so that a
	// light that turns by 15° changes it by 2·0.5·sin 15° = 0.26. Project default.
	MaxReliefTurn = 0.25
	// MaxSlopeChange bounds the change of ln luminance across the region. A lamp at twice
	// the region's width that moves by a quarter of it changes that by 0.4. Project default.
	MaxSlopeChange = 0.4
)

// Pair is where the second photo is relative to the reference. The zero value means
// that they overlie, or, for Scale, that MMPerPx of both photos says.
type Pair struct {
	Scale       float64 // pixels of the second photo per pixel of the reference
	RotationDeg float64 // from the reference to the second photo, x towards y
	TiltDeg     float64 // between their views of the skin
	Reference   string  // day of the reference, for the mends; "": the reference
}

// OfPair holds a photo against the reference. Both should be measured inside skin
// that was not treated, or a treatment that smooths skin looks like blur; where there
// is none, facts of which nothing was sampled leave camera, geometry and colour of the
// light. The returned figures are for the record.
func OfPair(reference, now Facts, p Pair) ([]outcome.Reason, map[string]outcome.Number) {
	var v verdict
	c := comparison{reference, now, p, map[string]outcome.Number{}, "for the reference"}
	if p.Reference != "" {
		c.when = "on " + p.Reference
	}
	c.camera(&v)
	c.geometry(&v)
	c.light(&v)
	c.sharpness(&v)
	for _, r := range SkinStateReasons(now.SkinState) {
		v.add(outcome.Doubtful, r.Code, r.Spoils, r.Text, r.Mend)
	}
	return v.Reasons, c.figures
}

type comparison struct {
	ref, now Facts
	Pair
	figures map[string]outcome.Number
	when    string // the reference was taken, for the mends
}

func (c *comparison) camera(v *verdict) {
	a, b := c.ref.Meta, c.now.Meta
	if a.Camera != b.Camera && a.Camera != "" && b.Camera != "" {
		v.add(outcome.Doubtful, outcome.MixedCameras, []string{Redness, Pigment, Texture},
			fmt.Sprintf("The reference was taken with %s, this photo with %s.", a.Camera, b.Camera), "Retake with the camera used "+c.when+".")
	}
	if a.Profile != b.Profile {
		v.add(outcome.Doubtful, outcome.MixedProfiles, []string{Redness, Pigment},
			fmt.Sprintf("The reference's colour profile is %s, this photo's %s.", a.Profile, b.Profile), "Set the camera's colour space as "+c.when+".")
	}
}

// scale is Pair.Scale or what the millimetres say, 0 when unknown.
func (c *comparison) scale() float64 {
	switch {
	case c.Scale > 0:
		return c.Scale
	case c.ref.MMPerPx > 0 && c.now.MMPerPx > 0:
		return c.ref.MMPerPx / c.now.MMPerPx
	}
	return 0
}

func (c *comparison) geometry(v *verdict) {
	if s := c.scale(); s > 0 {
		c.figures["scale_ratio"] = outcome.Number(s)
		if s < 1-MaxScaleChange || s > 1+MaxScaleChange {
			v.add(outcome.Doubtful, outcome.DistanceChange, []string{Texture},
				fmt.Sprintf("The skin is %.2f times as large as in the reference (limits %.1f to %.1f).", s, 1-MaxScaleChange, 1+MaxScaleChange),
				"Retake from the same distance as "+c.when+", at the same zoom.")
		}
	}
	c.figures["tilt_deg"] = outcome.Number(c.TiltDeg)
	if c.TiltDeg > MaxTiltDeg {
		v.add(outcome.Doubtful, outcome.TiltChange, []string{Redness, Pigment, Texture, Geometry},
			fmt.Sprintf("The skin is tilted by %.0f° against the reference (limit %d°).", c.TiltDeg, MaxTiltDeg),
			"Retake with the camera at the same angle to the skin as "+c.when+".")
	}
}

func (c *comparison) light(v *verdict) {
	if c.ref.Gain != [3]float64{} && c.now.Gain != [3]float64{} {
		shift := whiteShift(c.ref.Gain, c.now.Gain)
		c.figures["white_shift"] = outcome.Number(shift)
		if shift > MaxWhiteShift {
			v.add(outcome.Doubtful, outcome.ColourTemperature, []string{Redness, Pigment},
				fmt.Sprintf("The colour of the light differs by %.3f in u'v' (limit %.2f); it was corrected, but lamps differ in more than one number.", shift, MaxWhiteShift),
				"Retake under the same lamp as "+c.when+", with the white balance fixed.")
		}
	}
	if c.ref.Pixels == 0 || c.now.Pixels == 0 {
		return
	}
	turn := c.reliefTurn()
	if !math.IsNaN(turn) {
		c.figures["relief_turn"] = outcome.Number(turn)
	}
	slope := c.slopeChange()
	c.figures["slope_change"] = outcome.Number(slope)
	if turn > MaxReliefTurn || slope > MaxSlopeChange {
		v.add(outcome.Doubtful, outcome.LightDirection, []string{Texture},
			fmt.Sprintf("The light comes from another side than in the reference (relief turned by %.2f, limit %.2f; fall-off changed by %.2f, limit %.1f).", turn, MaxReliefTurn, slope, MaxSlopeChange),
			"Retake: move the lamp to the same side as "+c.when+c.lampMoved()+".")
	}
}

// whiteShift is Δu'v' of the lights that two gains made neutral.
func whiteShift(a, b [3]float64) float64 {
	uv := func(g [3]float64) (float64, float64) {
		return cie.UV(cie.XYZFromRGB().Apply([3]float64{1 / g[0], 1 / g[1], 1 / g[2]}))
	}
	ua, va := uv(a)
	ub, vb := uv(b)
	return math.Hypot(ua-ub, va-vb)
}

// slopeChange is the length of the difference of the two photos' fall-offs of light.
func (c *comparison) slopeChange() float64 {
	a := c.turned(c.ref.Slope)
	return math.Hypot(c.now.Slope[0]-a[0], c.now.Slope[1]-a[1])
}

// turned takes a vector of the reference to this photo's axes.
func (c *comparison) turned(v [2]float64) [2]float64 {
	sin, cos := math.Sincos(c.RotationDeg * math.Pi / 180)
	return [2]float64{cos*v[0] - sin*v[1], sin*v[0] + cos*v[1]}
}

// reliefTurn is the distance of the two photos' relief vectors (c cos 2θ, c sin 2θ), θ
// the direction of the strongest gradients and c their coherence, at a common size on
// the skin; NaN where either shows none.
func (c *comparison) reliefTurn() float64 {
	a, b, ok := c.commonDetail()
	if !ok {
		return math.NaN()
	}
	ax, ay := c.turnedRelief(a)
	bx, by := b.relief()
	return math.Hypot(bx-ax, by-ay)
}

// turnedRelief is the reference's relief vector in this photo's axes.
func (c *comparison) turnedRelief(ref octave) (x, y float64) {
	x, y = ref.relief()
	sin, cos := math.Sincos(2 * c.RotationDeg * math.Pi / 180)
	return cos*x - sin*y, sin*x + cos*y
}

func (c *comparison) sharpness(v *verdict) {
	a, b, ok := c.commonDetail()
	if !ok {
		return
	}
	s := math.Sqrt(b.energy / a.energy)
	c.figures["sharpness_ratio"] = outcome.Number(s)
	if s < MinSharpness || s > MaxSharpness {
		word, mend := "less", "Retake: focus on the skin, hold the camera still."
		if s > 1 {
			word, mend = "more", "The reference is the softer photo: if several were taken, choose a sharper one as frame."
		}
		v.add(outcome.Doubtful, outcome.Blurred, []string{Texture},
			fmt.Sprintf("Fine detail is %s visible than in the reference (ratio %.2f, limits %.2f to %.2f).", word, s, MinSharpness, MaxSharpness), mend)
	}
}

// octave is the detail at one size.
type octave struct{ energy, xx, yy, xy float64 }

// relief is (c cos 2θ, c sin 2θ) of the gradient tensor.
func (o octave) relief() (x, y float64) {
	t := o.xx + o.yy
	return (o.xx - o.yy) / t, 2 * o.xy / t
}

// commonDetail reads both photos at the finest size on the skin that stands out from
// noise in both.
func (c *comparison) commonDetail() (ref, now octave, ok bool) {
	s := c.scale()
	if s == 0 {
		return ref, now, false
	}
	finer := math.Log2(s) // octaves that the second photo resolves beyond the reference
	for level := max(0, -finer); level <= levels-1 && level+finer <= levels-1; level++ {
		ref, now = c.ref.Detail.at(level), c.now.Detail.at(level+finer)
		if ref.energy > 0 && now.energy > 0 {
			return ref, now, true
		}
	}
	return ref, now, false
}

// at interpolates between octaves; level 0 is the finest.
func (d *Detail) at(level float64) octave {
	i := min(int(level), levels-2)
	t := level - float64(i)
	mix := func(v [levels]float64) float64 { return v[i] + t*(v[i+1]-v[i]) }
	if t < 1 && d.Energy[i] == 0 { // hidden by noise
		return octave{}
	}
	return octave{mix(d.Energy), mix(d.XX), mix(d.YY), mix(d.XY)}
}
