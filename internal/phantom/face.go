package phantom

import "math"

// outline is where a face ends: an egg on the frame, behind it cloth. It lives in mm on
// the skin, so that it moves with the pose.
type outline struct {
	cx, cy, rx, ry float64
	seed           uint32
}

// faceOutline leaves cloth in the lower corners and hair above.
func (s Script) faceOutline() *outline {
	if !s.Face {
		return nil
	}
	w, h := float64(s.Width)*s.MMPerPx, float64(s.Height)*s.MMPerPx
	return &outline{cx: 0.5 * w, cy: 0.42 * h, rx: 0.47 * w, ry: 0.55 * h, seed: s.Seed}
}

// hairMM is how far above the outline's middle hair begins, as a share of its height.
const hairShare = 0.62

// at tells how much of a pixel at (x, y) is face, which way the face turns there, and
// what stands behind. px is a pixel in mm.
func (o *outline) at(x, y, px float64) (face, slopeX, slopeY float64, behind [3]float32) {
	u, v := (x-o.cx)/o.rx, (y-o.cy)/o.ry
	wave := 0.004*rough(o.seed+81, x, y, o.rx/3) + 0.012*rough(o.seed+82, x, y, o.rx)
	r := math.Hypot(u, v) + wave
	hairline := v + hairShare - 0.22*u*u + 0.02*rough(o.seed+83, x, 0, o.rx/3) + 0.012*rough(o.seed+84, x, 0, 1.2) + 0.008*rough(o.seed+80, x, 0, 0.5)
	d := min((1-r)*min(o.rx, o.ry), hairline*o.ry)
	turn := 2.2 * math.Pow(clamp((r-0.6)/0.4, 0, 1), 2.5)
	if face = clamp(0.5+d/px, 0, 1); face < 1 {
		behind = o.cloth(x, y, max(0, -d))
		if hairline < 0 && r < 1.12 {
			behind = o.strands(x, y)
		}
	}
	return face, -turn * u, -turn * v, behind
}

// cloth is woven, folded and shaded where the face stands before it.
func (o *outline) cloth(x, y, away float64) [3]float32 {
	fold := 1 + 0.18*rough(o.seed+85, x+0.4*y, 0.2*y, o.rx/2.5) + 0.05*rough(o.seed+86, x, y, 4)
	weave := 1 + 0.06*math.Sin(x*9)*math.Sin(y*9) + 0.03*rough(o.seed+87, x, y, 0.4)
	f := float32(max(0.1, fold) * weave * (0.55 + 0.45*smoothstep(0, 0.25*o.rx, away)))
	return [3]float32{0.16 * f, 0.24 * f, 0.34 * f}
}

func (o *outline) strands(x, y float64) [3]float32 {
	f := 0.6 + 0.5*rough(o.seed+88, x+0.2*y, 0.05*y, 0.5) + 0.3*rough(o.seed+89, x+0.2*y, 0.1*y, 0.15)
	s := float32(clamp(f, 0.15, 2))
	return [3]float32{0.035 * s, 0.024 * s, 0.017 * s}
}
