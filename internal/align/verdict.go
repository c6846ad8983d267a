package align

import (
	"fmt"
	"math"

	"dermtrace/internal/geom"
)

// finish refines a believed candidate to full resolution and judges.
func (f *Frame) finish(p *photo, c candidate, fig Figures) Result {
	best, ok := f.red.settle(p.red, c.t)
	if !ok {
		return f.fail(p, c, fig)
	}
	best = f.light(p, best, &fig)
	settled := best.warp.rounded()
	r := Result{Model: best.model.String(), PhotoFromFrame: settled.plane, field: settled.field, view: newView(f, p)}
	if r.field != nil {
		r.Model = "elastic"
	}
	e := f.red.evidence(p.red, best.warp, &c.evidence)
	if e.odds > maxOdds { // a fine texture shows only on finer levels
		e.odds = best.stack.odds(best.level, best.votes, e.chance)
	}
	fig.record(candidate{best.warp.plane, c.inliers, e})
	if !e.convincing() {
		return f.fail(p, candidate{best.warp.plane, c.inliers, e}, fig)
	}
	places := r.view.grid(r.Apply)
	r.Overlap = share(len(places), len(r.view.framePoints()))
	fig.Coverage = best.stack.coverage(best.votes, best.level, places)
	fig.LevelPx = best.stack.levels[best.level].scale
	fig.StructurePx, fig.SplitHalfPx = best.structure, best.split
	// What light displaces shows in the blocks as well: the two are not independent.
	r.ErrorPx = max(best.errorPx(), fig.LightPx)
	if fig.Z < okZ || fig.Coverage < minCoverage {
		// Blocks that were not found have changed, or are displaced: the middle between the two bounds.
		r.ErrorPx = math.Sqrt(r.ErrorPx * max(r.ErrorPx, best.unseenPx()))
	}
	r.Figures = fig
	r.Covered = best.covered()
	r.Status, r.Reason = f.verdict(p, &r, places)
	if r.Status == StatusFailed {
		return Result{Status: StatusFailed, Reason: r.Reason, ErrorPx: math.NaN(), Figures: fig}
	}
	return r
}

// record notes the evidence for a candidate.
func (g *Figures) record(c candidate) {
	e := c.evidence
	g.Inliers, g.Shown, g.Found, g.Chance, g.Excess, g.Z = c.inliers, e.shown, e.found, e.chance, e.excess, e.z
}

const (
	// okErrorShare of the photo's diagonal is the largest error of an alignment called ok:
	// 2.5 px at 2000×1500. No photo is too small for okErrorPx, which is what it can show.
	okErrorShare, okErrorPx = 0.001, 1
	// minOverlap is the least overlap that can be ok; below minAnyOverlap it fails.
	minOverlap, minAnyOverlap = 0.35, 0.15
	// minCoverage is the share of the overlap in which blocks must be found to be ok.
	minCoverage = 0.5
	// maxStretch is the largest ratio of the two local scales, and of the scales at two places
	// of the frame, that a camera held towards the skin leaves: a view tilted by 60 degrees.
	maxStretch = 2.5
)

// verdict turns the figures into a status and the reason for it.
func (f *Frame) verdict(p *photo, r *Result, places []geom.Point) (Status, string) {
	if why := implausible(r, places); why != "" {
		return StatusFailed, why
	}
	fig, okError := &r.Figures, max(okErrorShare*p.diag, okErrorPx)
	switch {
	case r.Overlap < minAnyOverlap:
		return StatusFailed, fmt.Sprintf("the photo shows only %.0f %% of the frame", 100*r.Overlap)
	case r.Overlap < minOverlap:
		return StatusDoubtful, fmt.Sprintf("the photo shows only %.0f %% of the frame", 100*r.Overlap)
	case fig.Z < okZ:
		return StatusDoubtful, fmt.Sprintf("only %d of %d blocks were found: much has changed, or the view has", fig.Found, fig.Shown)
	case fig.Coverage < minCoverage:
		return StatusDoubtful, fmt.Sprintf("only %.0f %% of the shared area could be checked", 100*fig.Coverage)
	case fig.LightPx > okError:
		return StatusDoubtful, fmt.Sprintf("the light fell from another side and displaces relief by about %.1f px", fig.LightPx)
	case !(r.ErrorPx <= okError):
		return StatusDoubtful, fmt.Sprintf("the error is about %.1f px: the skin has moved or bent between the photos", r.ErrorPx)
	}
	return StatusOK, ""
}

// implausible names what no camera does to skin, or returns the empty string.
func implausible(r *Result, places []geom.Point) string {
	lo, hi := math.Inf(1), 0.0
	for _, q := range places {
		xx, xy, yx, yy := r.Jacobian(q)
		a, b := math.Hypot(xx+yy, yx-xy)/2, math.Hypot(xx-yy, yx+xy)/2
		if !((a+b)/(a-b) <= maxStretch) {
			return "the view is tilted too far from the frame's"
		}
		s := math.Sqrt(math.Abs(xx*yy - xy*yx))
		lo, hi = min(lo, s), max(hi, s)
	}
	if !(hi/lo <= maxStretch) {
		return "the view is tilted too far from the frame's"
	}
	return ""
}

// fail returns the refusal, with the reason that helps most.
func (f *Frame) fail(p *photo, c candidate, fig Figures) Result {
	fig.record(c)
	r := Result{Status: StatusFailed, ErrorPx: math.NaN(), Figures: fig}
	switch {
	case f.mirrors(p, &r.Figures):
		r.Reason = "the photo is mirrored: flip it back, or use the original file"
	case c.evidence.remarkable():
		r.Reason = "too few separate marks agree: those of any other skin might"
	case len(f.features[p.detail]()) < minFeatures:
		r.Reason = "the frame photo shows too little structure to align to"
	case len(p.features) < minFeatures:
		r.Reason = "the photo shows too little structure to align"
	default:
		r.Reason = "the photo could not be found in the frame: another site, another view, or too much has changed"
	}
	return r
}

const (
	// minFeatures is the least number of features of a photo with structure.
	minFeatures = 20
	// minMirrorInliers is the number of matches that show a mirrored photo: twice what
	// photos of different skin reach by chance.
	minMirrorInliers = 12
)

// mirrors reports whether the mirrored photo would match.
func (f *Frame) mirrors(p *photo, fig *Figures) bool {
	turned := make([]feature, len(p.features))
	for i, x := range p.features {
		x.at.X = float64(p.w-1) - x.at.X
		x.angle = math.Pi - x.angle
		x.desc = x.desc.mirrored()
		turned[i] = x
	}
	for _, h := range hypotheses(matches(f.features[p.detail](), turned), p.diag) {
		fig.MirrorInliers = max(fig.MirrorInliers, h.inliers)
	}
	return fig.MirrorInliers >= minMirrorInliers && fig.MirrorInliers > 2*fig.Inliers
}

// gridSide is the number of places per side at which transforms are compared.
const gridSide = 24

// grid returns the places of a regular grid over the frame that show picture in both photos.
func (v *view) grid(photoFromFrame func(geom.Point) geom.Point) []geom.Point {
	var out []geom.Point
	for _, q := range v.framePoints() {
		if v.shows(photoFromFrame(q)) {
			out = append(out, q)
		}
	}
	return out
}

// framePoints returns the grid's places that show picture in the frame.
func (v *view) framePoints() []geom.Point {
	var out []geom.Point
	for j := range gridSide {
		for i := range gridSide {
			q := geom.Point{
				X: (float64(i)+0.5)*float64(v.w)/gridSide - 0.5,
				Y: (float64(j)+0.5)*float64(v.h)/gridSide - 0.5,
			}
			if v.holds(q) {
				out = append(out, q)
			}
		}
	}
	return out
}
