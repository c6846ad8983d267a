package phantom

import (
	"math"

	"dermtrace/internal/geom"
	"dermtrace/internal/optics"
)

// Script is a whole course. In YAML its keys are the fields' names in lower case with
// underscores. Where a field is 0 its default holds, which is always the plain case:
// no change, no fault of the camera.
type Script struct {
	Name       string      `yaml:"name"`
	Seed       uint32      `yaml:"seed"`
	Width      int         `yaml:"width"`     // px of the photos; default 2000
	Height     int         `yaml:"height"`    // default 1500
	MMPerPx    float64     `yaml:"mm_per_px"` // of the frame; default 0.03
	Sensor     string      `yaml:"sensor,omitempty"`
	Subject    string      `yaml:"subject,omitempty"`
	Site       string      `yaml:"site,omitempty"`
	Side       string      `yaml:"side,omitempty"`
	View       string      `yaml:"view,omitempty"`
	Goals      []string    `yaml:"goals,omitempty,flow"`
	Tone       Tone        `yaml:"tone"`
	Anatomy    Anatomy     `yaml:"anatomy"`
	Fates      Fates       `yaml:"fates,omitempty"`
	Scalp      *Scalp      `yaml:"scalp,omitempty"`
	Drift      Drift       `yaml:"drift,omitempty"`
	Card       *Card       `yaml:"card,omitempty"`
	Ruler      *Ruler      `yaml:"ruler,omitempty"`
	Face       bool        `yaml:"face,omitempty"` // skin ends at a jaw line, behind it cloth
	Regions    []Region    `yaml:"regions"`
	Treatments []Treatment `yaml:"treatments,omitempty"`
	Visits     []Visit     `yaml:"visits"`
	Claims     []Claim     `yaml:"claims,omitempty"` // where the effects come from
}

// Tone is what the skin is made of on average, before any visit.
type Tone struct {
	Melanin     float64 `yaml:"melanin"`               // volume fraction; default 0.05
	Blood       float64 `yaml:"blood"`                 // volume fraction; default 0.012
	Oxygenation float64 `yaml:"oxygenation,omitempty"` // default 0.75
	Surface     float64 `yaml:"surface,omitempty"`     // default 0.02, the flat part of the skin's own reflection
	ScatterA    float64 `yaml:"scatter_a,omitempty"`   // reduced scattering at 500 nm in cm⁻¹; default 46
	ScatterB    float64 `yaml:"scatter_b,omitempty"`   // its scattering power; default 1.421
}

// Anatomy says how much of what the skin has: counts over the frame's area, densities
// per cm², depths in µm. A negative number is none.
type Anatomy struct {
	FurrowUM   float64 `yaml:"furrow_um,omitempty"`     // depth of the primary furrows; default 46
	PoresPerCM float64 `yaml:"pores_per_cm2,omitempty"` // default 45
	HairsPerCM float64 `yaml:"hairs_per_cm2,omitempty"` // vellus hairs; default 12
	Mottle     float64 `yaml:"mottle,omitempty"`        // unevenness of tone; default 1
	Spots      int     `yaml:"spots,omitempty"`         // lentigines and freckles; default 14
	PIH        int     `yaml:"pih,omitempty"`           // marks after acne
	Melasma    int     `yaml:"melasma,omitempty"`       // large patches
	Naevi      int     `yaml:"naevi,omitempty"`         // default 2
	Vessels    int     `yaml:"vessels,omitempty"`       // telangiectases; default 3
	IcePick    int     `yaml:"ice_pick,omitempty"`
	Boxcar     int     `yaml:"boxcar,omitempty"`
	Rolling    int     `yaml:"rolling,omitempty"`
	Striae     int     `yaml:"striae,omitempty"`
	Wrinkles   int     `yaml:"wrinkles,omitempty"`
}

// Fates are where a full course of treatment leads. Spots and scars belong to the region
// that holds their middle; where a visit says spots: 0.5, they are half way.
type Fates struct {
	Faded    float64 `yaml:"faded,omitempty"`     // share of spots that fade to a third to two thirds; default 0.4
	Gone     float64 `yaml:"gone,omitempty"`      // share of spots that vanish; default 0.25
	Residual float64 `yaml:"residual,omitempty"`  // what is left of those that fade; default a third to two thirds
	NewSpots int     `yaml:"new_spots,omitempty"` // that appear in regions whose spots change
	IcePick  float64 `yaml:"ice_pick,omitempty"`  // share of depth lost; default 0.0588
	Boxcar   float64 `yaml:"boxcar,omitempty"`    // default 0.4706
	Rolling  float64 `yaml:"rolling,omitempty"`   // default 0.3725
	Striae   float64 `yaml:"striae,omitempty"`    // default 0.3
}

// Shares of depth that scars lost over three needlings in six months: ice-pick 5.88 %,
// boxcar 47.06 %, rolling 37.25 % (Int J Res Dermatol, article 213).
const (
	icePickLoss = 0.0588
	boxcarLoss  = 0.4706
	rollingLoss = 0.3725
	striaeLoss  = 0.3 // assumed
)

// Drift is how much all skin differs from visit to visit for no reason: standard
// deviations of the logarithm of melanin and blood.
type Drift struct {
	Melanin     float64 `yaml:"melanin,omitempty"`
	Blood       float64 `yaml:"blood,omitempty"`
	Independent bool    `yaml:"independent,omitempty"` // each region by itself; else all skin together
}

// Region is a polygon in frame pixels, as the manifest has it.
type Region struct {
	Name    string       `yaml:"name"`
	Kind    string       `yaml:"kind"`
	Polygon [][2]float64 `yaml:"polygon,flow"`
	Scar    string       `yaml:"scar,omitempty"` // ice_pick, boxcar or rolling: one stands in its middle, no wider than it
}

// Treatment goes into the manifest; what it does to the skin the visits say.
type Treatment struct {
	At       string   `yaml:"at"`
	Device   string   `yaml:"device,omitempty"`
	NeedleMM float64  `yaml:"needle_mm,omitempty"`
	ROIs     []string `yaml:"rois,omitempty,flow"`
	Notes    string   `yaml:"notes,omitempty"`
}

// Visit is an occasion on which photos were taken.
type Visit struct {
	At     string   `yaml:"at"`
	Phase  string   `yaml:"phase,omitempty"`
	Skin   []Change `yaml:"skin,omitempty"`
	Photos []Photo  `yaml:"photos"`
}

// Change is what a region's skin has become against the start of the course.
type Change struct {
	Region    string  `yaml:"region,omitempty"`      // "" is all skin
	Blood     float64 `yaml:"blood,omitempty"`       // added volume fraction: flush
	Melanin   float64 `yaml:"melanin,omitempty"`     // added volume fraction, even: tan, season
	Patchy    float64 `yaml:"patchy,omitempty"`      // added volume fraction, uneven: hyperpigmentation
	Relief    float64 `yaml:"relief,omitempty"`      // relative change of furrows and pores, −0.3 is 30 % shallower
	Scars     float64 `yaml:"scars,omitempty"`       // 0 to 1: how far scars are on the way to their fate
	Spots     float64 `yaml:"spots,omitempty"`       // 0 to 1: the same of spots
	Points    float64 `yaml:"points,omitempty"`      // needle points per cm² that bled
	Crusts    float64 `yaml:"crusts,omitempty"`      // per cm²
	Peeling   float64 `yaml:"peeling,omitempty"`     // 0 to 1, share of flaking skin
	Bruise    float64 `yaml:"bruise,omitempty"`      // added blood volume fraction in its centre
	BruiseDay float64 `yaml:"bruise_day,omitempty"`  // its age: blue, then green and yellow
	Swelling  float64 `yaml:"swelling,omitempty"`    // linear strain in the region's centre
	Gloss     float64 `yaml:"gloss,omitempty"`       // relative change of the skin's shine
	Hairs     float64 `yaml:"hairs,omitempty"`       // relative change of the number of terminal hairs: some go, or new ones come
	Shafts    float64 `yaml:"shafts,omitempty"`      // relative change of their thickness
	Tram      float64 `yaml:"tram_tracks,omitempty"` // 0 to 1: fine raised scars in lines along the way that a roller went
}

// Photo is one photograph.
type Photo struct {
	File   string `yaml:"file"`
	Pose   Pose   `yaml:"pose,omitempty"`
	Light  Light  `yaml:"light,omitempty"`
	Camera Camera `yaml:"camera,omitempty"`
	Use    *bool  `yaml:"use,omitempty"` // false: the manifest says not to use it
	Reason string `yaml:"reason,omitempty"`
}

// Pose is where the camera stood and what the face did.
type Pose struct {
	Zoom      float64    `yaml:"zoom,omitempty"` // default 1; nearer is larger
	RotateDeg float64    `yaml:"rotate_deg,omitempty"`
	ShiftPx   [2]float64 `yaml:"shift_px,omitempty,flow"`
	TiltXDeg  float64    `yaml:"tilt_x_deg,omitempty"`
	TiltYDeg  float64    `yaml:"tilt_y_deg,omitempty"`
	BendPx    float64    `yaml:"bend_px,omitempty"` // RMS of a smooth stretch
	Lens      float64    `yaml:"lens,omitempty"`    // radial distortion at the corner
	Mirror    bool       `yaml:"mirror,omitempty"`
}

// Light is what lit the skin.
type Light struct {
	AzimuthDeg float64 `yaml:"azimuth_deg,omitempty"` // where it comes from, from x towards y; default 235, upper left
	TiltDeg    float64 `yaml:"tilt_deg,omitempty"`    // off the camera's axis; default 30
	Ambient    float64 `yaml:"ambient,omitempty"`     // share from all sides; default 0.4
	Glare      float64 `yaml:"glare,omitempty"`       // strength of the shine; default 1; none: −1
	Gradient   float64 `yaml:"gradient,omitempty"`    // relative fall across the picture, along the azimuth
	Vignette   float64 `yaml:"vignette,omitempty"`    // relative fall at the corners
}

// Camera is what became of the light.
type Camera struct {
	ExposureEV float64    `yaml:"exposure_ev,omitempty"`
	WB         [3]float64 `yaml:"wb,omitempty,flow"` // gains of red, green, blue; default 1
	Blur       float64    `yaml:"blur,omitempty"`    // defocus, σ in px
	Motion     float64    `yaml:"motion,omitempty"`  // length of a horizontal smear in px
	Noise      float64    `yaml:"noise,omitempty"`   // 1: SD 1 % at white, falling with the root of light
	Sharpen    float64    `yaml:"sharpen,omitempty"` // amount of an unsharp mask of σ 1 px
	Tone       float64    `yaml:"tone,omitempty"`    // strength of an S-curve on encoded values, 0 to 1
	Quality    int        `yaml:"quality,omitempty"` // JPEG; default 92
}

// Card is a colour checker of 24 patches lying beside or on the skin.
type Card struct {
	At       [2]float64 `yaml:"at_mm,flow"` // its middle, on the frame
	PitchMM  float64    `yaml:"pitch_mm"`   // from patch to patch
	AngleDeg float64    `yaml:"angle_deg,omitempty"`
}

// Ruler is a paper strip with a scale in mm.
type Ruler struct {
	At       [2]float64 `yaml:"at_mm,flow"` // its zero, on the frame
	LengthMM float64    `yaml:"length_mm"`
	AngleDeg float64    `yaml:"angle_deg,omitempty"`
}

// Claim says where an effect of the script comes from.
type Claim struct {
	Effect string `yaml:"effect" json:"effect"`
	Value  string `yaml:"value" json:"value"`
	Source string `yaml:"source" json:"source"` // a publication, or "assumed"
}

// Defaults, all of the project.
const (
	defaultWidth, defaultHeight = 2000, 1500
	defaultMMPerPx              = 0.03
	defaultMelanin              = 0.05
	defaultBlood                = 0.012
	defaultSurface              = 0.02
	defaultFurrowUM             = 46
	defaultQuality              = 92
)

// or is v, or d where v is 0.
func or(v, d float64) float64 {
	if v == 0 {
		return d
	}
	return v
}

func orCount(n, d int) int { return int(or(float64(n), float64(d))) }

// withDefaults fills what the script leaves out.
func (s Script) withDefaults() Script {
	if s.Width == 0 {
		s.Width = defaultWidth
	}
	if s.Height == 0 {
		s.Height = defaultHeight
	}
	s.MMPerPx = or(s.MMPerPx, defaultMMPerPx)
	s.Tone.Melanin = or(s.Tone.Melanin, defaultMelanin)
	s.Tone.Blood = or(s.Tone.Blood, defaultBlood)
	s.Tone.Surface = or(s.Tone.Surface, defaultSurface)
	a := &s.Anatomy
	a.FurrowUM = or(a.FurrowUM, defaultFurrowUM)
	a.PoresPerCM = or(a.PoresPerCM, 45)
	a.HairsPerCM = or(a.HairsPerCM, 12)
	a.Mottle = or(a.Mottle, 1)
	a.Spots = orCount(a.Spots, 14)
	a.Naevi = orCount(a.Naevi, 2)
	a.Vessels = orCount(a.Vessels, 3)
	f := &s.Fates
	f.Faded, f.Gone = or(f.Faded, 0.4), or(f.Gone, 0.25)
	f.IcePick, f.Boxcar = or(f.IcePick, icePickLoss), or(f.Boxcar, boxcarLoss)
	f.Rolling, f.Striae = or(f.Rolling, rollingLoss), or(f.Striae, striaeLoss)
	return s
}

func (t Tone) skin() optics.Skin {
	return optics.Skin{Oxygenation: t.Oxygenation, Surface: max(0, t.Surface), ScatterA: t.ScatterA, ScatterB: t.ScatterB}
}

func (c Camera) quality() int {
	if c.Quality == 0 {
		return defaultQuality
	}
	return c.Quality
}

// sensors are the cameras a script can name.
func sensors() map[string]optics.Camera {
	return map[string]optics.Camera{
		"": optics.SRGB(), "cie": optics.SRGB(),
		"nikon_d5100_raw": optics.NikonD5100(), "nikon_d5100": optics.NikonD5100().Developed(),
	}
}

func (s Script) sensor() optics.Camera { return sensors()[s.Sensor] }

// shots lists the photos of all visits in order.
func (s Script) shots() []shot {
	var list []shot
	for v, visit := range s.Visits {
		for _, ph := range visit.Photos {
			g := ph.Pose.geometry(s, newDice(s.Seed, ph.File).bits())
			g.Bumps = s.bumps(visit.Skin)
			list = append(list, shot{visit: v, photo: ph, geometry: g})
		}
	}
	return list
}

// bumps are the regions that swell.
func (s Script) bumps(skin []Change) []Bump {
	var list []Bump
	for _, c := range skin {
		if r, ok := s.region(c.Region); ok && c.Swelling != 0 {
			g := r.polygon()
			m := g.Centroid()
			list = append(list, Bump{X: m.X, Y: m.Y, Sigma: 0.35 * math.Sqrt(g.Area()), Strain: c.Swelling})
		}
	}
	return list
}

func (s Script) region(name string) (Region, bool) {
	for _, r := range s.Regions {
		if r.Name == name {
			return r, true
		}
	}
	return Region{}, false
}

func (r Region) polygon() geom.Polygon {
	var g geom.Polygon
	for _, p := range r.Polygon {
		g = append(g, geom.Point{X: p[0], Y: p[1]})
	}
	return g
}

// mm is the polygon on the skin.
func (r Region) mm(mmPerPx float64) geom.Polygon {
	g := r.polygon()
	for i := range g {
		g[i].X *= mmPerPx
		g[i].Y *= mmPerPx
	}
	return g
}
