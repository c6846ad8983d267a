// Package phantom answers: what would a camera see of skin whose truth we know?
//
// A [Script] tells a whole course: the skin, its regions, the visits with what the skin
// has become, and for every photo the pose and the camera. [New] grows the anatomy
// (furrows, pores, hairs, spots, naevi, vessels, scars, wrinkles, tone) from the seed,
// in millimetres on the skin; [Phantom.Photo] photographs it. Pixels sample the skin
// itself, never a rendered picture, so that the truth of a photo ([PhotoTruth]) is
// exact: where every skin point went, the mean melanosome and blood volume fraction of
// every region (0 to 1), the relief in mm, each spot's and scar's fate, the gains.
//
// Pictures are linear light on the sRGB primaries, white = 1, until they are encoded.
// Everything follows from the seed by integer hashing: the same script gives the same
// pictures on any number of cores.
//
// What it is not: a skin's histology. Looks and effect sizes are assumed unless a
// [Claim] cites a source, and only the colour of skin comes from published optics.
// Refused, with [ScriptError]: scripts with unknown keys, impossible sizes, regions
// that do not enclose anything, a frame photo that is not the frame.
package phantom

import (
	"dermtrace/internal/geom"
	"dermtrace/internal/optics"
	"dermtrace/internal/raster"
)

// Phantom is the skin of one script, grown and ready to be photographed.
type Phantom struct {
	script  Script
	shots   []shot
	skin    *anatomy
	fine    *finePlane
	base    *basePlane
	masks   [][]float32 // per region, on the grid of base
	colours *optics.Table
}

// shot is one photo of the script with what the visit says of it.
type shot struct {
	visit    int
	photo    Photo
	geometry Geometry
}

// Render is one photograph and its truth.
type Render struct {
	File    string
	Pixels  *raster.RGB // linear light as the file would hold it at infinite depth
	Encoded []byte      // JPEG, sRGB
	Truth   PhotoTruth
}

// New grows the skin of s.
func New(s Script) (*Phantom, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	p := &Phantom{script: s, shots: s.shots()}
	view := p.view()
	p.skin = grow(s)
	p.fine = p.skin.relief(view, max(finestTexelMM, texelPerPixel*s.MMPerPx))
	p.base = p.skin.tone(view, max(finestToneMM, s.MMPerPx))
	for _, r := range s.Regions {
		p.masks = append(p.masks, p.base.mask(r.mm(s.MMPerPx), p.skin.seed))
	}
	p.colours = s.Tone.skin().Table(s.sensor())
	return p, nil
}

// Photos is the number of photos in the course.
func (p *Phantom) Photos() int { return len(p.shots) }

// Photo photographs the skin; i counts the photos of all visits in order.
func (p *Phantom) Photo(i int) (Render, error) {
	sh := p.shots[i]
	now := p.state(sh.visit)
	seen := p.paint(sh, now)
	p.expose(seen, sh)
	encoded, err := encode(seen, sh.photo.Camera.quality())
	if err != nil {
		return Render{}, err
	}
	return Render{File: sh.photo.File, Pixels: seen, Encoded: encoded, Truth: p.truth(sh, now)}, nil
}

// Photo photographs one photo of a course by itself. For several, keep the [Phantom].
func (s Script) Photo(i int) (Render, error) {
	p, err := New(s)
	if err != nil {
		return Render{}, err
	}
	return p.Photo(i)
}

// rect is a rectangle on the skin in mm.
type rect struct{ x0, y0, x1, y1 float64 }

// view is the part of the skin that any photo shows, and a rim for the kernels.
func (p *Phantom) view() rect {
	s := p.script
	v := rect{0, 0, float64(s.Width) * s.MMPerPx, float64(s.Height) * s.MMPerPx}
	for _, sh := range p.shots {
		for _, c := range corners(s.Width, s.Height) {
			q := sh.geometry.Frame(c)
			v.x0, v.y0 = min(v.x0, q.X*s.MMPerPx), min(v.y0, q.Y*s.MMPerPx)
			v.x1, v.y1 = max(v.x1, q.X*s.MMPerPx), max(v.y1, q.Y*s.MMPerPx)
		}
	}
	const rimMM = 1
	return rect{v.x0 - rimMM, v.y0 - rimMM, v.x1 + rimMM, v.y1 + rimMM}
}

func corners(w, h int) [4]geom.Point {
	x, y := float64(w-1), float64(h-1)
	return [4]geom.Point{{X: 0, Y: 0}, {X: x, Y: 0}, {X: x, Y: y}, {X: 0, Y: y}}
}
