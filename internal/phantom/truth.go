package phantom

import (
	"math"

	"dermtrace/internal/geom"
)

// Schema names the form of truth.json.
const Schema = "dermtrace.phantom/1"

// Truth is what is true of a course. Positions are frame pixels.
type Truth struct {
	Schema   string       `json:"schema"`
	Name     string       `json:"name"`
	Seed     uint32       `json:"seed"`
	MMPerPx  float64      `json:"mm_per_px"`
	Sensor   string       `json:"sensor"`
	Photos   []PhotoTruth `json:"photos"`
	Spots    []SpotTruth  `json:"spots"`
	Scars    []ScarTruth  `json:"scars"`
	Pores    []PoreTruth  `json:"pores"`
	Claims   []Claim      `json:"claims"`
	Comments []string     `json:"comments"`
}

// PhotoTruth is what is true of one photo, before the camera.
type PhotoTruth struct {
	File     string                 `json:"file"`
	Visit    string                 `json:"visit"`
	Geometry                        // H, waves, bumps, lens: frame → photo
	Regions  map[string]RegionTruth `json:"regions"`
	Spots    map[string]float64     `json:"spot_strength"` // by id, 0 to 1
	Scars    map[string]float64     `json:"scar_strength"`
	Card     *Corners               `json:"card_corners,omitempty"` // photo pixels, at patch 1, 6, 24, 19
	Gains    [3]float32             `json:"gains"`                  // exposure times white balance
	Exposure float64                `json:"exposure_ev"`
}

// Corners are those of the card's cells in a photo's pixels, as (x, y), at patch 1
// (dark skin), 6 (bluish green), 24 (black), 19 (white).
type Corners [4][2]float64

// RegionTruth is the mean of what is inside a region's polygon.
type RegionTruth struct {
	Melanin  float64 `json:"melanin"`           // volume fraction
	Blood    float64 `json:"blood"`             // volume fraction
	ReliefMM float64 `json:"relief_rms_mm"`     // RMS height of furrows, pores and wrinkles about their mean
	Covered  float64 `json:"covered"`           // share under crusts and flakes
	Hairs    float64 `json:"hairs,omitempty"`   // terminal ones: half the number of their ends
	HairUM   float64 `json:"hair_um,omitempty"` // their mean thickness
}

// SpotTruth is a spot and its fate.
type SpotTruth struct {
	ID      string  `json:"id"`
	Kind    string  `json:"kind"`
	X       float64 `json:"x"`
	Y       float64 `json:"y"`
	RMM     float64 `json:"r_mm"`
	Melanin float64 `json:"melanin"`  // added in its middle at full strength
	AreaMM2 float64 `json:"area_mm2"` // that holds as much melanin as the spot if it were that dark all over
	Region  string  `json:"region"`
	Fate    string  `json:"fate"`
}

// ScarTruth is a scar and how much of its depth a full course takes.
type ScarTruth struct {
	ID      string  `json:"id"`
	Kind    string  `json:"kind"`
	X       float64 `json:"x"`
	Y       float64 `json:"y"`
	RMM     float64 `json:"r_mm"`
	DepthMM float64 `json:"depth_mm"`
	Region  string  `json:"region"`
	Loss    float64 `json:"loss"`
}

// PoreTruth is a pore.
type PoreTruth struct {
	ID      string  `json:"id"`
	X       float64 `json:"x"`
	Y       float64 `json:"y"`
	RMM     float64 `json:"r_mm"`
	DepthMM float64 `json:"depth_mm"`
}

// comments tell a reader of truth.json what its numbers mean.
var comments = []string{
	"positions are frame pixels, the centre of the top-left pixel is (0, 0); card_corners are photo pixels",
	"photo = c + (q − c)(1 + k1 |q − c|² / r²), q = H (f + Σ (ax, ay) sin(kx x + ky y + phase) + Σ (f − m) strain exp(−|f − m|² / 2 sigma²)), f = (x, y) in the frame, c = (lens.x, lens.y), m = (bump.x, bump.y)",
	"melanin and blood are volume fractions of melanosomes in the epidermis and of whole blood in the dermis, before the camera",
	"what no claim gives a source for is assumed",
}

// truth of one photo.
func (p *Phantom) truth(sh shot, now *state) PhotoTruth {
	t := PhotoTruth{
		File: sh.photo.File, Visit: p.script.Visits[sh.visit].At, Geometry: sh.geometry,
		Regions: map[string]RegionTruth{}, Spots: map[string]float64{}, Scars: map[string]float64{},
		Gains: sh.photo.Camera.gains(), Exposure: sh.photo.Camera.ExposureEV,
	}
	for _, r := range p.script.Regions {
		t.Regions[r.Name] = p.regionTruth(r, now, sh.visit)
	}
	if p.script.Card != nil {
		var q Corners
		for i, c := range p.script.cardCorners() {
			p := sh.geometry.Rigid(c)
			q[i] = [2]float64{p.X, p.Y}
		}
		t.Card = &q
	}
	for _, s := range p.skin.spots {
		if p.framed(s.at) {
			t.Spots[s.id] = s.strength(p.progress(sh.visit, s.region).spots)
		}
	}
	for _, s := range p.skin.scars {
		if p.framed(s.at) {
			t.Scars[s.id] = s.strength(p.progress(sh.visit, s.region).scars)
		}
	}
	return t
}

// regionTruth averages over the skin inside the region, texel by texel.
func (p *Phantom) regionTruth(r Region, now *state, visit int) RegionTruth {
	g := r.mm(p.script.MMPerPx)
	var n, m, b, c float64
	within(now.grid, g, func(k int, _, _ float64) {
		t := &now.texels[k]
		n, m, b = n+1, m+float64(t.melanin), b+float64(t.blood)
		c += math.Abs(float64(t.cover))
	})
	if n == 0 {
		return RegionTruth{}
	}
	hairs, thick := p.hairsIn(g, visit)
	return RegionTruth{Melanin: m / n, Blood: b / n, ReliefMM: p.reliefRMS(g, now), Covered: c / n, Hairs: hairs, HairUM: thick}
}

// reliefRMS is the RMS height of furrows, pores and wrinkles about its mean, in mm.
func (p *Phantom) reliefRMS(g geom.Polygon, now *state) float64 {
	var n, z, zz float64
	within(p.fine.grid, g, func(k int, x, y float64) {
		i := now.texelAt(point{x, y})
		if i < 0 {
			return
		}
		h := float64(now.texels[i].relief) * float64(p.fine.height[k]) / heightUnit
		n, z, zz = n+1, z+h, zz+h*h
	})
	if n == 0 {
		return 0
	}
	return math.Sqrt(max(0, zz/n-(z/n)*(z/n)))
}

// within calls fn, in order, for every texel whose middle lies inside the polygon.
func within(t grid, g geom.Polygon, fn func(k int, x, y float64)) {
	lo, hi := g.Bounds()
	i0, j0, _, _ := t.span(lo.X, lo.Y, 0)
	_, _, i1, j1 := t.span(hi.X, hi.Y, 0)
	for j := j0; j < j1; j++ {
		for i := i0; i < i1; i++ {
			if p := (point{t.x(i), t.y(j)}); inside(g, p) {
				fn(j*t.w+i, p.x, p.y)
			}
		}
	}
}

// framed reports whether a point of the skin lies in the frame.
func (p *Phantom) framed(at point) bool {
	x, y := at.x/p.script.MMPerPx, at.y/p.script.MMPerPx
	return x >= 0 && y >= 0 && x < float64(p.script.Width) && y < float64(p.script.Height)
}

// Truth is the truth of the whole course but for its photos, which [Phantom.Photo] gives.
func (p *Phantom) Truth() Truth {
	s := p.script
	mm := s.MMPerPx
	t := Truth{Schema: Schema, Name: s.Name, Seed: s.Seed, MMPerPx: mm, Sensor: s.Sensor, Claims: s.Claims,
		Comments: comments}
	for _, o := range p.skin.spots {
		if p.framed(o.at) {
			t.Spots = append(t.Spots, SpotTruth{o.id, o.kind, o.at.x / mm, o.at.y / mm, o.r, o.melanin, o.area(), o.region, o.fate})
		}
	}
	for _, o := range p.skin.scars {
		if p.framed(o.at) {
			t.Scars = append(t.Scars, ScarTruth{o.id, o.kind, o.at.x / mm, o.at.y / mm, o.r, o.depth, o.region, o.loss})
		}
	}
	for _, o := range p.skin.pores {
		if p.framed(o.at) {
			t.Pores = append(t.Pores, PoreTruth{o.id, o.at.x / mm, o.at.y / mm, o.r, o.depth})
		}
	}
	return t
}
