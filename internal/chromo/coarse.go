package chromo

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"

	"dermtrace/internal/cie"
	"dermtrace/internal/raster"
)

// File is how a photo's file keeps colour: the codes of Cb that the means of a JPEG's even
// blocks lie apart, 0 where that is not known, and by what its light has been multiplied since.
//
// Where skin spreads over less than such a step its blotches come out of the file stronger or
// fainter, as their mean happens to lie: between two steps every block falls to one side or the
// other, in the middle of a step all are alike. How far that is follows from the mean and from
// how far the skin spreads, which a baseline of finer steps has shown (for normal errors that is
// the theorem of Bussgang 1952, MIT RLE Report 216).
type File struct {
	CbStep float64
	Gain   [3]float64
}

// From tells a mottle of what file it is; else it is one that keeps all.
func (m *Mottle) From(f File) *Mottle {
	if m != nil {
		m.file, m.spread = f, sync.OnceValue(m.spreads)
	}
	return m
}

// Bounds of what is undone of it.
const (
	// Blotches that spread over half a step come out less than 2 % stronger or fainter.
	fineSpread = 0.5
	// How far skin spreads is known to a quarter: by so much its blotches differ in a flush from
	// those at rest, those of the flush added (project default, from simulated skin).
	spreadDoubt = 1.25
	// Less than this, in steps, no photo with noise has; and below this factor most of what a
	// file kept are the tails of what skin is.
	leastSpread, leastContrast = 0.1, 0.5
	// A flush of less tells nothing of what it does to Cb, in √% of blood.
	leastRise = 0.2
)

// stepped reports whether the file's steps are wide for skin that spreads over so many codes.
func (m *Mottle) stepped(spread float64) bool { return spread < fineSpread*m.file.CbStep }

// asSeen are the blotches as they would be in a file that keeps Cb as it was, where skin
// spreads over so many codes of it.
func (m *Mottle) asSeen(spread float64) *Mottle {
	step := m.file.CbStep
	cb := m.cb(m.file.Gain)
	mean := cb.Summary().Mean
	k := max(leastContrast, contrast(mean/step, max(spread/step, leastSpread)))
	out := *m
	out.melanin, out.root, out.u, out.v = m.melanin.Clone(), m.root.Clone(), m.u.Clone(), m.v.Clone()
	for i, w := range m.weight.Pix {
		if w > 0 {
			out.shift(i, (float64(cb.Value.Pix[i])-mean)*(1/k-1))
		}
	}
	return &out
}

// shift moves a pixel by so many codes of Cb, at its luma.
func (m *Mottle) shift(i int, cb float64) {
	u, v, g := m.u.Pix[i], m.v.Pix[i], m.red.Pix[i]-m.u.Pix[i]
	light := m.under(m.file.Gain, i)
	dg, db := float32(cbToG*cb/perLog(light[1])), float32(cbToB*cb/perLog(light[2]))
	before, after := m.model.read(u, v, g), m.model.read(u-dg, v+dg-db, g+dg)
	m.u.Pix[i], m.v.Pix[i] = u-dg, v+dg-db
	m.melanin.Pix[i] += after.melanin - before.melanin
	m.root.Pix[i] = Root(m.root.Pix[i]*m.root.Pix[i] + after.blood - before.blood)
}

// What a code of Cb adds to green and blue (ITU-T T.871).
const cbToG, cbToB = -0.344136, 1.772

// perLog is by how many codes of 255 a channel rises with the logarithm of its light: of the
// curve v = ((c + 0.055)/1.055)^2.4 (IEC 61966-2-1).
func perLog(light float64) float64 { return 255 * (cie.Encode(light) + 0.055) / 2.4 }

// under is the light of a pixel before it was multiplied.
func (m *Mottle) under(gain [3]float64, i int) (c [3]float64) {
	r, u, v := float64(m.red.Pix[i]), float64(m.u.Pix[i]), float64(m.v.Pix[i])
	for k, ln := range [3]float64{r, r - u, r - u - v} {
		c[k] = math.Exp(ln) / gain[k]
	}
	return c
}

// cb are the codes of Cb of the light before it was multiplied, 0 for neutral.
func (m *Mottle) cb(gain [3]float64) Field {
	f := Field{Value: raster.New(m.red.W, m.red.H), Weight: m.weight}
	for i, w := range m.weight.Pix {
		if w > 0 {
			c := m.under(gain, i)
			luma := 0.299*cie.Encode(c[0]) + 0.587*cie.Encode(c[1]) + 0.114*cie.Encode(c[2])
			f.Value.Pix[i] = float32(255 * (cie.Encode(c[2]) - luma) / cbToB)
		}
	}
	return f
}

// spreads is over how many codes of Cb the skin spreads, as a standard deviation, less what
// rounding to the steps of its own file adds.
func (m *Mottle) spreads() float64 {
	_, s := m.cb(m.file.Gain).MedianMAD()
	return math.Sqrt(max(0, s*s-m.file.CbStep*m.file.CbStep/12))
}

// flushed is the spread in a photo that has changed so: blotches at rest, and those of the flush
// by what it did to Cb on the whole.
func (p pairing) flushed(now *Mottle, d change) float64 {
	same := [3]float64{1, 1, 1}
	rise := now.field(now.root).Summary().Mean - p.base.field(p.base.root).Summary().Mean
	s := p.base.spread()
	if math.Abs(rise) < leastRise {
		return s
	}
	_, blotches := medianMAD(d[1].sample())
	return math.Hypot(s, (now.cb(same).Summary().Mean-p.base.cb(same).Summary().Mean)/rise*blotches)
}

func (m *Mottle) field(p *raster.Plane) Field { return Field{Value: p, Weight: m.weight} }

// contrast is by what factor normal values of a spread follow themselves once they are rounded
// to whole numbers, where the mean of the rounded is known.
func contrast(mean, spread float64) float64 {
	const reach, steps = 3, 30
	low, high := mean-0.5, mean+0.5
	for range steps {
		middle := (low + high) / 2
		rounded := math.Round(middle) - reach
		for k := -reach; k < reach; k++ {
			rounded += distuv.UnitNormal.Survival((math.Round(middle) + float64(k) + 0.5 - middle) / spread)
		}
		if rounded < mean {
			low = middle
		} else {
			high = middle
		}
	}
	var density float64
	for k := -reach; k < reach; k++ {
		density += distuv.UnitNormal.Prob((math.Round(low)+float64(k)+0.5-low)/spread) / spread
	}
	return density
}
