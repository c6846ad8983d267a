package align

import (
	"math"
	"sync"

	"dermtrace/internal/geom"
)

// Status is the verdict on a pair, in the words of the record.
type Status string

// The verdicts. Doubtful means: right as far as it goes, but with reservations that Reason
// names; failed means that nothing may be carried from the frame to this photo.
const (
	StatusFrame    Status = "frame"
	StatusOK       Status = "ok"
	StatusDoubtful Status = "doubtful"
	StatusFailed   Status = "failed"
)

// Frame is the frame photo, prepared once. It is not changed by aligning to it.
type Frame struct {
	w, h int
	// nodeStep is the distance of an elastic field's nodes in frame pixels.
	nodeStep float64
	red      *stack
	// colours are those of the frame, made when first needed.
	colours func() *colours
	// features are those of the coarse level and of the fine one, which are found when first needed.
	features [len(featurePx)]func() []feature
	small    *small
	spectrum func() *spectrum
}

// Options has no need to be set: its zero value is the default.
type Options struct {
	// ScaleMMPerPx is the frame's scale; 0 where it is unknown.
	ScaleMMPerPx float64
}

// A Landmark is one place named by a person in both photos, in pixels of each.
type Landmark struct {
	Frame, Photo geom.Point
}

// Result says where a photo lies in the frame.
type Result struct {
	Status Status
	// Reason says in a sentence why the photo failed or is doubtful; empty otherwise.
	Reason string
	// Model is similarity, affine, homography or elastic; empty when failed.
	Model string
	// PhotoFromFrame takes a frame pixel to this photo's pixel. It is the plane part where
	// the model is elastic, and the zero value, which is no transform, when failed.
	PhotoFromFrame geom.Transform
	// ErrorPx estimates the true median error in photo pixels; NaN when failed.
	ErrorPx float64
	// Overlap is the share of the frame's picture that the photo shows.
	Overlap float64
	// Covered are squares of the frame where the photo shows something else than its skin, in frame
	// pixels; they may overlap.
	Covered []geom.Polygon
	// Assisted is true where landmarks led the way.
	Assisted bool
	Figures  Figures
	field    *field
	view     *view
}

// Figures is the evidence behind a verdict.
type Figures struct {
	// Features and Matches count those of the photo at the finest level looked at; Inliers the matches that agree with the
	// transform, Hypotheses the transforms that were tried.
	Features, Matches, Inliers, Hypotheses int
	// Searched is true where features did not convince and the dense search was tried.
	Searched bool
	// Shown counts the frame's blocks that the photo shows, Found those that found
	// themselves there; Chance is the share found where nothing should be, Excess the
	// share found less Chance, and Z that in its standard errors.
	Shown, Found      int
	Chance, Excess, Z float64
	// Coverage is the share of the overlap's cells in which blocks were found.
	Coverage float64
	// SplitHalfPx is the median disagreement of fits on two interleaved halves of the blocks,
	// StructurePx the median of the residual that neighbouring blocks share, both in photo pixels.
	SplitHalfPx, StructurePx float64
	// ColourShiftPx is the shift between what red light and what colour say, ColourErrorPx its
	// error, both 0 where there was no reason to ask colour; LightPx is what of it goes into the
	// error.
	ColourShiftPx, ColourErrorPx, LightPx float64
	// LevelPx is the size of the last level's pixels in frame pixels.
	LevelPx float64
	// MirrorInliers counts the matches that a mirrored photo would have.
	MirrorInliers int
}

// NewFrame prepares the frame photo: pyramids, features and blocks.
func NewFrame(pic Picture, opt Options) *Frame {
	f := &Frame{w: pic.W(), h: pic.H()}
	f.nodeStep = float64(max(f.w, f.h)) / nodesPerSide
	if opt.ScaleMMPerPx > 0 {
		f.nodeStep = max(f.nodeStep, minNodeMM/opt.ScaleMMPerPx)
	}
	red, light := signals(pic)
	f.red = newStack(f.w, f.h, f.nodeStep, judgedByLogarithm(red))
	half := halfOf(light, red[0])
	f.colours = sync.OnceValue(func() *colours { return newColours(half, red[0]) })
	for i, px := range featurePx {
		f.features[i] = sync.OnceValue(func() []feature { return features(atMost(red, px).ln()) })
	}
	f.small = newSmall(red)
	f.spectrum = sync.OnceValue(func() *spectrum { return f.small.spectrum(geom.Identity()) })
	return f
}

// A stack is one signal of the frame with the blocks of each of its levels.
type stack struct {
	w, h int
	// nodeStep is the distance of an elastic field's nodes in frame pixels.
	nodeStep float64
	levels   []*level
	// blocks are those of each level, made when first needed.
	blocks []func() []block
}

func newStack(w, h int, nodeStep float64, levels []*level) *stack {
	s := &stack{w: w, h: h, nodeStep: nodeStep, levels: levels, blocks: make([]func() []block, len(levels))}
	for i, l := range levels {
		s.blocks[i] = sync.OnceValue(func() []block { return blocks(l, maxBlocks) })
	}
	return s
}

// atMost returns the finest level whose longer side is at most px pixels.
func atMost(ls []*level, px int) *level {
	for _, l := range ls {
		if max(l.plane.W, l.plane.H) <= px {
			return l
		}
	}
	return ls[len(ls)-1]
}

// Align finds the photo in the frame. It is safe for concurrent use.
func (f *Frame) Align(pic Picture) Result { return f.AlignAssisted(pic, nil) }

// AlignAssisted is Align that also tries the transform through the landmarks, of which there
// must be at least three to count. They only start the search: the pictures decide.
func (f *Frame) AlignAssisted(pic Picture, marks []Landmark) Result {
	p := &photo{w: pic.W(), h: pic.H()}
	red, light := signals(pic)
	p.red, p.colours = red, sync.OnceValue(func() *colours { return newColours(halfOf(light, red[0]), red[0]) })
	p.diag = math.Hypot(float64(p.w), float64(p.h))
	best, fig := f.byFeatures(p)
	assisted := false
	if h, ok := fromLandmarks(marks); ok && !best.evidence.remarkable() {
		c := f.best(p, []hypothesis{h}, best)
		assisted = c != best
		best = c
	}
	if !best.evidence.remarkable() {
		hs := f.search(p)
		best = f.best(p, hs, best)
		fig.Hypotheses += len(hs)
		fig.Searched = true
	}
	if !best.evidence.remarkable() {
		return f.fail(p, best, fig)
	}
	r := f.finish(p, best, fig)
	r.Assisted = assisted
	return r
}

// byFeatures returns the best candidate that features lead to. Those of the fine level, which cost four
// times as much, are only sought where the coarse ones do not decide.
func (f *Frame) byFeatures(p *photo) (best candidate, fig Figures) {
	for i, px := range featurePx {
		p.features, p.detail = features(atMost(p.red, px).ln()), i
		ms := matches(f.features[i](), p.features)
		hs := hypotheses(ms, p.diag)
		fig.Features, fig.Matches = len(p.features), len(ms)
		fig.Hypotheses += len(hs)
		if best = f.best(p, hs, best); best.evidence.decisive() {
			break
		}
	}
	return best, fig
}

// photo is a follow-up in preparation.
type photo struct {
	w, h    int
	diag    float64
	red     []*level
	colours func() *colours
	// features are those of the level that featurePx[detail] bounds.
	features []feature
	detail   int
}

// A candidate is a hypothesis that has been refined to the level of evidence and judged.
type candidate struct {
	t        geom.Transform
	inliers  int
	evidence evidence
}

// best refines each hypothesis on the coarse levels and returns the one with most evidence, or
// old if none beats it. A decisive one ends the search.
func (f *Frame) best(p *photo, hs []hypothesis, old candidate) candidate {
	best := old
	for _, h := range hs {
		if best.evidence.decisive() {
			break
		}
		t, ok := f.red.coarse(p.red, h.photoFromFrame)
		if !ok {
			continue
		}
		c := candidate{t, h.inliers, f.red.evidence(p.red, warp{plane: t}, nil)}
		if c.evidence.z > best.evidence.z {
			best = c
		}
	}
	return best
}

// fromLandmarks returns the least-squares transform through three or more landmarks.
func fromLandmarks(marks []Landmark) (hypothesis, bool) {
	if len(marks) < 3 {
		return hypothesis{}, false
	}
	pairs := make([]pair, len(marks))
	for i, m := range marks {
		pairs[i] = pair{p: m.Frame, q: m.Photo, xx: 1, yy: 1}
	}
	m := similarity
	if len(marks) >= 6 {
		m = affine
	}
	t, ok := m.fit(pairs, nil, geom.Identity())
	return hypothesis{photoFromFrame: t}, ok
}

// Apply carries a frame point to the photo; NaN coordinates where the pair failed or the
// photo cannot see the point.
func (r Result) Apply(p geom.Point) geom.Point { return warp{r.PhotoFromFrame, r.field}.apply(p) }

// Bend returns the point of the frame that PhotoFromFrame alone takes to where Apply takes p: p itself where the
// model is plane.
func (r Result) Bend(p geom.Point) geom.Point {
	d := r.field.at(p)
	return geom.Point{X: p.X + d.X, Y: p.Y + d.Y}
}

// Jacobian returns the derivative of Apply at p: ∂x'/∂x, ∂x'/∂y, ∂y'/∂x, ∂y'/∂y. The root of its
// determinant is the local scale in photo pixels per frame pixel; the determinant over that
// of untreated skin is the local area strain.
func (r Result) Jacobian(p geom.Point) (xx, xy, yx, yy float64) {
	d := r.field.at(p)
	a, b, c, e := r.PhotoFromFrame.Jacobian(geom.Point{X: p.X + d.X, Y: p.Y + d.Y})
	if r.field == nil {
		return a, b, c, e
	}
	g, h, i, j := r.field.jacobian(p)
	return a*g + b*i, a*h + b*j, c*g + e*i, c*h + e*j
}
