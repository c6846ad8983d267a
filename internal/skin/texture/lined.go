package texture

import (
	"math"

	"dermtrace/internal/chromo"
)

// Redness lies around follicles, in spots as wide as a line, so that what a mix leaves of it is
// lines that are not there and makes others wider. Where skin is redder than at the baseline lines
// are therefore read by a mix in which blood cancels the more, the more has come. Of skin at rest
// that mix shows more shine, which lies elsewhere in every photo: it is read as ever. In files that
// lost fine colour a mix that cancels blood loses relief too, so that there it does so less.
const (
	reddened  = 1.25 // times the baseline's blood from which skin is redder (project default)
	roseKept  = 1.0  // of the natural log of blood, what is to cancel of blood that came (project default)
	roseLossy = 0.15 // in lossy files
)

// rose is what is to cancel of blood that came since the baseline, of its natural log; 0 where skin
// is not redder.
func (p Region) rose() float64 {
	if !(p.Skin.Blood > 0 && p.Uneven.AtBlood > 0) {
		return 0
	}
	rose := max(0, 1-reddened*p.Uneven.AtBlood/p.Skin.Blood)
	if p.Lossy {
		return roseLossy * rose
	}
	return roseKept * rose
}

// lined is relief as lines are read, nil where skin is not redder than at the baseline.
func (p Region) lined(uneven Unevenness) *flat {
	rose := p.rose()
	if rose == 0 {
		return nil
	}
	uneven.Flush = math.Hypot(uneven.Flush, rose)
	mix := MixFor(p.Skin, uneven)
	f := Light{Field: chromo.Field{Value: mix.Light(p.RGB), Weight: p.Weight}, Grid: p.Grid}.flatten()
	return &f
}
