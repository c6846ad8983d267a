package calib

import (
	"errors"
	"math"

	"dermtrace/internal/cie"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
	"dermtrace/internal/roi"
)

var (
	// ErrNoCard is returned where nothing has the patches of a ColorChecker in their order.
	ErrNoCard = errors.New("calib: no whole colour card was found")
	// ErrCardHidden is returned for a card of which something, or glare, covers a part.
	ErrCardHidden = errors.New("calib: the colour card is partly hidden, by a thing or by glare")
	// ErrCardCut is returned for a card that the edge of the picture cuts.
	ErrCardCut = errors.New("calib: the colour card is cut by the edge of the picture")
	// ErrPage is returned for a card in a picture on a page or in a plot: its colours
	// went through a program whose doing is unknown.
	ErrPage = errors.New("calib: the colour card is part of a picture on a page, not of a photo")
)

// CardOptions say what is known of the card. The zero value searches the whole photo
// for a card of either edition and unknown size.
type CardOptions struct {
	Edition cie.Edition    // "": the one that fits better, with a warning
	PitchMM float64        // between centres of neighbouring patches; 0: from PaintMM
	PaintMM float64        // side of a patch's paint, see [PaintMM]; 0: unknown
	Exclude []geom.Polygon // regions of the photo that are not searched
}

// Card is a 24-patch ColorChecker found in a photo.
type Card struct {
	Corners  [4]geom.Point // of the 6×4 equal cells centred on the patches: at patch 1, 6, 24, 19
	Edition  cie.Edition
	MeanDE00 float64 // after correction, D50, over the patches used
	MaxDE00  float64
	MMPerPx  float64 // in the card's plane, at its centre; NaN: pitch unknown
	TiltDeg  float64 // of the card against the picture plane
	Patches  [24]Patch
	Warnings []string // codes of package outcome

	PhotoFromCard geom.Transform // patch n (from 0) is centred on (n mod 6, n div 6)
	Correction    Correction

	floor   float64 // of light, for logarithms
	pitchMM float64 // 0: unknown
	paint   sizes
}

// Patch is what was read of a patch.
type Patch struct {
	RGB     [3]float64 // linear, trimmed mean of the middle half of its area, levelled to the light at the card's centre
	SD      [3]float64
	N       int
	Clipped bool    // over- or underexposed
	Used    bool    // not clipped, and inside the photo's colour space
	DE00    float64 // after correction; NaN if not used
}

// Gates of a card, METHODS 1.5 and 8.
const (
	GoodMeanDE00   = 1.5
	RejectMeanDE00 = 3.0
	RejectMaxDE00  = 6.0
	MaxCardTiltDeg = 10.0
	// minPatchPx is the least side of a patch's middle, in pixels, that gives its colour
	// without its neighbours' (METHODS 1.4).
	minPatchPx = 10
)

const (
	// searchSide is the longer side, in pixels, of the shrunken photo that is searched:
	// a card that fills 3 % of the frame then has patches of 20 pixels.
	searchSide = 900
	// logFloor bounds light before logarithms, as a share of white: a third of what the
	// black patch reflects.
	logFloor = 0.01
	// logRange is how far below white the search goes on seeing, for dark photos.
	logRange = 0.002
)

// FindCard finds the one card of a photo and fits its correction. It returns
// [ErrNoCard], [ErrCardHidden], [ErrCardCut] or [ErrPage] where there is none to use. Doubts about
// a card that was found stand in its warnings; [Card.Light] refuses one that its own
// correction does not fit.
func FindCard(pic raster.Picture, opt CardOptions) (Card, error) {
	return FindCardIn(pic, Thin(pic, SearchFactor(pic.W(), pic.H())), opt)
}

// SearchFactor is by how much a photo of w×h pixels is shrunken to be searched.
func SearchFactor(w, h int) int { return max(1, (max(w, h)+searchSide-1)/searchSide) }

// FindCardIn is [FindCard] for who has the photo shrunken by [SearchFactor] already: small,
// its pixel x centred on f·x + (f−1)/2.
func FindCardIn(pic raster.Picture, small *raster.RGB, opt CardOptions) (Card, error) {
	p, err := searchFor(small, SearchFactor(pic.W(), pic.H()), opt)
	if err != nil {
		return Card{}, err
	}
	x0, y0, x1, y1 := p.within(pic.W(), pic.H())
	p.photoFromCard = geom.Translation(-float64(x0), -float64(y0)).Mul(p.photoFromCard)
	c, err := readCard(raster.Crop(pic, raster.Box{X0: x0, Y0: y0, X1: x1, Y1: y1}), p, opt)
	if err != nil {
		return Card{}, err
	}
	c.PhotoFromCard = geom.Translation(float64(x0), float64(y0)).Mul(c.PhotoFromCard)
	c.Corners = quadOf(c.PhotoFromCard)
	return c, nil
}

// cardMargin is how far around a card is read, as a share of its extent: half a cell and
// more, where its edges are looked for.
const cardMargin = 0.3

// within is the box around the card in a photo of w×h pixels.
func (p placement) within(w, h int) (x0, y0, x1, y1 int) {
	q := quadOf(p.photoFromCard)
	lo, hi := geom.Polygon(q[:]).Bounds()
	margin := cardMargin * max(hi.X-lo.X, hi.Y-lo.Y)
	held := func(v float64, n int) int { return int(max(0, min(v, float64(n)))) }
	return held(lo.X-margin, w), held(lo.Y-margin, h), held(hi.X+margin+1, w), held(hi.Y+margin+1, h)
}

// searchFor places the card by a photo that was shrunken by f.
func searchFor(small *raster.RGB, f int, opt CardOptions) (placement, error) {
	skip := shrunkMask(opt.Exclude, small, f)
	p, err := search(small, skip)
	if err != nil && f == 1 {
		p, err = search(smoothed(small), skip) // nothing has averaged the noise out
	}
	if err != nil {
		return p, err
	}
	if isPage(small, quadOf(p.photoFromCard)) {
		return p, ErrPage
	}
	// Pixel x of the shrunken photo is centred on f·x + (f−1)/2.
	photoFromSmall := geom.Transform{float64(f), 0, float64(f-1) / 2, 0, float64(f), float64(f-1) / 2, 0, 0, 1}
	p.photoFromCard = photoFromSmall.Mul(p.photoFromCard)
	return p, nil
}

// search places the card on the shrunken photo and moves it onto its edges.
func search(small *raster.RGB, skip []bool) (placement, error) {
	logs := logPlanes(small)
	best, found := placement{}, false
	for _, lattice := range findLattices(findBlobs(logs, skip)) {
		if p, ok := place(lattice, logs); ok && (!found || p.betterThan(best)) {
			best, found = p, true
		}
	}
	switch {
	case !found:
		return best, ErrNoCard
	case best.cut:
		return best, ErrCardCut
	}
	best.floor = patchFloor(logs, best.photoFromCard)
	moved, _, _, err := refine(small, best.photoFromCard, best.floor)
	if err != nil {
		return best, ErrNoCard
	}
	best.photoFromCard = moved
	return best, nil
}

// shrunkMask marks the pixels of the shrunken photo inside regions of the photo; nil
// for none.
func shrunkMask(regions []geom.Polygon, small *raster.RGB, f int) []bool {
	if len(regions) == 0 {
		return nil
	}
	out := make([]bool, small.W()*small.H())
	for _, g := range regions {
		var s geom.Polygon
		for _, p := range g {
			s = append(s, geom.Point{X: (p.X - float64(f-1)/2) / float64(f), Y: (p.Y - float64(f-1)/2) / float64(f)})
		}
		m := roi.Fill(s, small.W(), small.H())
		for y := m.Y0; y < m.Y0+m.H; y++ {
			m.Runs(y, func(x0, x1 int) {
				for x := x0; x < x1; x++ {
					out[y*small.W()+x] = true
				}
			})
		}
	}
	return out
}

func quadOf(photoFromCard geom.Transform) (q [4]geom.Point) {
	for i, c := range cardCorners {
		q[i] = photoFromCard.Apply(c)
	}
	return q
}

// readCard refines the card on the photo's own pixels, verifies that it is whole, and
// fits its correction.
func readCard(rgb *raster.RGB, p placement, opt CardOptions) (Card, error) {
	photoFromCard, half, edges, err := refine(rgb, p.photoFromCard, p.floor)
	if err != nil {
		return Card{}, ErrNoCard
	}
	c := Card{PhotoFromCard: photoFromCard, Corners: quadOf(photoFromCard), MMPerPx: math.NaN(), floor: p.floor, pitchMM: opt.pitch(half), paint: half}
	if err := c.measure(rgb, half, edges); err != nil {
		return Card{}, err
	}
	c.correct(opt.Edition)
	c.scale()
	c.warn(half)
	return c, nil
}

// scale reads the size of a pixel and the tilt from the card's middle. A square cell
// at a tilt θ is shortened by cos θ along one direction (weak perspective).
func (c *Card) scale() {
	mid := geom.Point{X: (gridCols - 1) / 2.0, Y: (gridRows - 1) / 2.0}
	c.MMPerPx = c.MMPerPxAt(c.PhotoFromCard.Apply(mid))
	c.TiltDeg = TiltDeg(c.PhotoFromCard, mid)
}

// TiltDeg is the tilt that would shorten one direction against the other as the
// transform does at a point: the arc cosine of the ratio of its singular values.
func TiltDeg(bFromA geom.Transform, at geom.Point) float64 {
	xx, xy, yx, yy := bFromA.Jacobian(at)
	sum, det := xx*xx+xy*xy+yx*yx+yy*yy, math.Abs(xx*yy-xy*yx)
	root := math.Sqrt(max(0, sum*sum/4-det*det))
	long, short := math.Sqrt(sum/2+root), math.Sqrt(max(0, sum/2-root))
	return math.Acos(min(1, short/long)) * 180 / math.Pi
}

// MMPerPxAt is the size of a pixel at a point of the photo, for skin in the card's
// plane: √ of the area that the pixel covers, so that tilt and perspective are taken
// out of areas, and of lengths on the mean over directions. NaN: pitch unknown.
func (c *Card) MMPerPxAt(p geom.Point) float64 {
	cardFromPhoto, err := c.PhotoFromCard.Inverse()
	if err != nil || c.pitchMM <= 0 {
		return math.NaN()
	}
	return c.pitchMM * cardFromPhoto.LocalScale(p)
}

// warn adds what is doubtful about the card.
func (c *Card) warn(half sizes) {
	switch {
	case c.Rejected():
		c.Warnings = append(c.Warnings, outcome.CardRejected)
	case c.MeanDE00 > GoodMeanDE00:
		c.Warnings = append(c.Warnings, outcome.CardDoubtful)
	}
	if c.TiltDeg > MaxCardTiltDeg {
		c.Warnings = append(c.Warnings, outcome.CardTilted)
	}
	pitch := c.PhotoFromCard.LocalScale(geom.Point{X: 2.5, Y: 1.5})
	if middleHalf*2*min(half[0], half[1])*pitch < minPatchPx {
		c.Warnings = append(c.Warnings, outcome.CardSmall)
	}
}

// Rejected reports whether the correction fits the card too badly to be used, or had
// too few patches to be fitted to.
func (c Card) Rejected() bool { return !(c.MeanDE00 <= RejectMeanDE00 && c.MaxDE00 <= RejectMaxDE00) }

// ErrCardRejected is returned for a card that its own correction does not fit.
var ErrCardRejected = errors.New("calib: the colour card does not fit any correction: its light is uneven, its edition wrong or its colours faded")

// WhyUnused is the warning, of package outcome, that goes with an error about a card: of one
// that is in the photo and was refused. "": there is none to speak of.
func WhyUnused(err error) string {
	switch {
	case errors.Is(err, ErrCardHidden):
		return outcome.CardHidden
	case errors.Is(err, ErrCardCut):
		return outcome.CardCut
	case errors.Is(err, ErrPage):
		return outcome.CardOnPage
	case errors.Is(err, ErrCardRejected):
		return outcome.CardRejected
	}
	return ""
}

// Light is the card's correction as a light. LogGainCov is that of the neutral
// patches' ln gains about their mean.
func (c Card) Light() (Light, error) {
	if c.Rejected() {
		return Light{}, ErrCardRejected
	}
	l := Light{Method: MethodCard, ResidualDE00: c.MeanDE00, corrections: []*Correction{&c.Correction}}
	var logs [][3]float64
	for n, p := range c.Patches {
		if !p.Used {
			continue
		}
		l.Tiles++
		if n >= firstNeutral {
			logs = append(logs, c.neutralError(n))
		}
	}
	l.LogGainCov = meanCov(logs)
	l.Gain = l.gainOfGrey()
	return l, nil
}

// firstNeutral is the first of the six neutral patches, white.
const firstNeutral = 18

// neutralError is ln of what the correction makes of a neutral patch over what it is.
func (c Card) neutralError(n int) (e [3]float64) {
	got, want := c.Correction.At(c.Patches[n].RGB), chartRGB(c.Edition)[n]
	for k := range 3 {
		e[k] = math.Log(max(got[k], logFloor) / max(want[k], logFloor))
	}
	return e
}

// meanCov is the covariance of the mean of v, NaN for fewer than two.
func meanCov(v [][3]float64) (c [3][3]float64) {
	n := float64(len(v))
	var mean [3]float64
	for _, x := range v {
		for k := range 3 {
			mean[k] += x[k] / n
		}
	}
	for i := range 3 {
		for j := range 3 {
			for _, x := range v {
				c[i][j] += (x[i] - mean[i]) * (x[j] - mean[j])
			}
			if n < 2 {
				c[i][j] = math.NaN()
			}
			c[i][j] /= n * (n - 1)
		}
	}
	return c
}
