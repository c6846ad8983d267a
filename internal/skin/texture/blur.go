package texture

import (
	"math"

	"dermtrace/internal/chromo"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// betweenMM splits the fine band in two, whose balance tells blur from relief.
const betweenMM = 0.12

// mostSharper bounds what a sharper photo is blurred to match, as a share of the fine
// Gaussian's variance: beyond it the other photo is the one to doubt (project default).
const mostSharper = 1.0

// ExcessBlur is the variance, in mm² on the skin, of the Gaussian blur that now has beyond
// a reference photo of the same skin; negative where it is sharper. ok is false where
// noise hides it.
//
// More or less relief of one kind scales all detail alike; blur of variance v takes
// exp(−4π²f²v) of the power at frequency f, more of finer detail. So with F and M the
// powers of the bands 0.06 to 0.12 and 0.12 to 0.24 mm and K the mean of 4π²f² over
// each, which is the power of the slope over the power,
//
//	v = −ln( (F/M)now / (F/M)reference ) / (K_F − K_M).
//
// Treatment may change fine and broad relief differently: take both photos' untreated
// skin.
func ExcessBlur(reference, now *Relief) (mm2 float64, ok bool) {
	a, b := reference.balance(), now.balance()
	if !(a.fine > 0 && a.middle > 0 && b.fine > 0 && b.middle > 0) {
		return 0, false
	}
	k := (a.fineSlope/a.fine - a.middleSlope/a.middle + b.fineSlope/b.fine - b.middleSlope/b.middle) / 2
	mm2 = -math.Log(b.fine/b.middle*a.middle/a.fine) / k
	return mm2, k > 0 && !math.IsNaN(mm2)
}

// balance holds the powers of the two halves of the fine band and of their slopes per
// mm, less the noise.
type balance struct{ fine, fineSlope, middle, middleSlope float64 }

// least is the share of a band's power that must not be noise for its balance to count.
const least = 0.5

func (r *Relief) balance() balance {
	middle := r.smooth(betweenMM)
	var b balance
	b.fine, b.fineSlope = r.bandPower(between(r.band().narrow, middle), fineMM, betweenMM)
	b.middle, b.middleSlope = r.bandPower(between(middle, r.band().wide), betweenMM, middleMM)
	return b
}

// bandPower is the power of a band and of its slope, 0 where noise is most of it.
func (r *Relief) bandPower(d *raster.Plane, fine, coarse float64) (total, slope float64) {
	a, b := r.grid.px(fine), r.grid.px(coarse)
	plain := meanPower(chromo.Field{Value: d, Weight: r.field.Weight})
	total = plain - r.noise.in(a, b)
	if !(total > least*plain) {
		return 0, 0
	}
	px := r.grid.mmPerPx()
	raw := chromo.Field{Value: slopePower(d), Weight: r.field.Weight}.Summary().Mean
	return total, (raw - float64(r.noise)*slopeGain(a, b)) / (px * px)
}

// slopePower is the squared gradient, by differences of neighbours to the right and below.
func slopePower(p *raster.Plane) *raster.Plane {
	q := raster.New(p.W, p.H)
	raster.Bands(p.H, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			row, next, dst := p.Row(y), p.Row(min(y+1, p.H-1)), q.Row(y)
			for x := range dst {
				u, v := row[min(x+1, p.W-1)]-row[x], next[x]-row[x]
				dst[x] = float32(u*u) + float32(v*v)
			}
		}
	})
	return q
}

// slopeGain is [whiteGain] of the gradient: ∫ |∇(G_a − G_b)|² = 1/4πa⁴·½ + … : with
// variances A = a², B = b², (1/2A² + 1/2B² − 4/(A+B)²)/4π.
func slopeGain(a, b float64) float64 {
	a2, b2 := a*a, b*b
	return (1/(2*a2*a2) + 1/(2*b2*b2) - 4/((a2+b2)*(a2+b2))) / (4 * math.Pi)
}

// Match is what a photo has beyond a reference photo of the same skin.
type Match struct {
	ExcessMM2 float64 // variance of blur ([ExcessBlur])
	Contrast  float64 // factor on relief, of another lamp or file ([ExcessContrast]); 0: none
}

// Bounds of the contrast that is matched: beyond them the photo is the one to doubt
// (project default).
const leastContrast, mostContrast = 0.67, 1.5

// ExcessContrast is how much deeper a photo shows the same skin's relief than a reference
// photo, both equally sharp: a lamp that stands lower throws longer shadows. The skin is the
// same, and so is what its facets' shine weighs. ok is false where one of them shows none.
func ExcessContrast(reference, now *Relief) (factor float64, ok bool) {
	factor = float64(now.asShown().Value / reference.asShown().Value)
	return factor, factor > 0 && !math.IsInf(factor, 1)
}

// Matched is the relief as the reference photo would show it: the photo's own excess of
// blur counts as part of every Gaussian, that of contrast is divided out. A photo that
// resolves less than the finest Gaussian leaves cannot be matched: the result is nil
// with the warning that says so. Nothing else changes.
func (r *Relief) Matched(by Match) (m *Relief, warning string) {
	m = &Relief{flat: r.flat.matched(by), broad: r.broad.matched(by), gloss: r.gloss, mottle: r.mottle}
	if r.lined != nil {
		lined := r.lined.matched(by)
		m.lined = &lined
	}
	if !m.grid.resolves() {
		return nil, outcome.ResolutionMismatch
	}
	return m, ""
}

func (f flat) matched(by Match) flat {
	f.grid.ExcessMM2 += max(by.ExcessMM2, -mostSharper*fineMM*fineMM)
	if by.Contrast != 0 {
		k := max(leastContrast, min(by.Contrast, mostContrast))
		f.field.Value, f.noise = flattened(f.field.Value, k), f.noise/white(k*k)
	}
	return f
}

// flattened is relief that many times as flat.
func flattened(p *raster.Plane, k float64) *raster.Plane {
	q, by := raster.New(p.W, p.H), float32(1/k)
	raster.Bands(p.H, func(y0, y1 int) {
		for i, v := range p.Pix[y0*p.W : y1*p.W] {
			q.Pix[y0*p.W+i] = 1 + float32(by*(v-1))
		}
	})
	return q
}
