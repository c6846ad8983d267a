package texture

import (
	"dermtrace/internal/chromo"
	"dermtrace/internal/raster"
)

// luminance weighs linear red, green and blue (IEC 61966-2-1): brightness is what cameras
// and files keep sharpest and cleanest.
var luminance = [3]float32{0.2126, 0.7152, 0.0722}

// colourMM is the σ that pigment is taken away with. Light spreads some tenths of a
// millimetre in skin, so pigment has no finer detail, while the colour detail of files
// is coarse and full of their own noise (project default).
const colourMM = 0.08

// Shading is the log shading for texture. The model's own, separated pixel by pixel from
// three channels, carries the noise of their differences; so what it takes away, the
// log luminance of the skin itself, is smoothed first:
//
//	s = ln Y − G * (ln Y − s_separated).
func Shading(rgb *raster.RGB, separated chromo.Field, grid Grid) *raster.Plane {
	bright := logLuminance(rgb)
	own := raster.New(bright.W, bright.H)
	for i, v := range bright.Pix {
		own.Pix[i] = v - separated.Value.Pix[i]
	}
	smooth := chromo.Field{Value: own, Weight: separated.Weight}.Smooth(grid.px(colourMM))
	for i, v := range smooth.Pix {
		bright.Pix[i] -= v
	}
	return bright
}

func logLuminance(rgb *raster.RGB) *raster.Plane {
	l := raster.New(rgb.W(), rgb.H())
	raster.Bands(l.H, func(y0, y1 int) {
		for i := y0 * l.W; i < y1*l.W; i++ {
			v := float32(luminance[0]*rgb.R.Pix[i]) + float32(luminance[1]*rgb.G.Pix[i]) + float32(luminance[2]*rgb.B.Pix[i])
			l.Pix[i] = logOf(v)
		}
	})
	return l
}
