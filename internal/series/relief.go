package series

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/jpeg"
	"slices"

	"dermtrace/internal/cie"
	"dermtrace/internal/outcome"
	"dermtrace/internal/photo"
	"dermtrace/internal/raster"
	"dermtrace/internal/roi"
	"dermtrace/internal/skin"
	"dermtrace/internal/skin/texture"
)

// matchRelief makes texture be measured as sharply and as deeply as the baseline shows the
// same untreated skin: a lamp that stands one degree lower deepens all relief by 2 to
// 4 %, a camera's noise filter and a file's compression flatten it. It is taken from the
// half of control skin that sets the light, so that the other half still witnesses.
// Without control skin nothing is matched, which every number then says: treatment would pass
// for light. A photo that shows part of that half is held against the same part of the baseline's.
//
// A lossless photo is read as its baseline's file would have kept it ([analysis.alike]).
func (a *analysis) matchRelief(s *shot) {
	like := a.alike(s)
	if like != s {
		for i := range s.regions {
			if c := &s.regions[i]; !c.mask.Empty() {
				sheet, twin := a.sheet(s, c), like.part(c.mask, c.pxPerMM, a.chromo)
				a.surround(twin, like, c)
				sheet.TakeRelief(twin)
			}
		}
	}
	i := slices.IndexFunc(s.regions, func(c carried) bool { return c.kind == outcome.Control && !c.mask.Empty() })
	if a.baseline.relief.sheet == nil || s == a.baseline.reliefOf || i < 0 {
		return
	}
	setter := a.reliefSetter(like, &s.regions[i])
	if setter.sheet == nil {
		return
	}
	reference, now, _ := common(a.baseline.relief, setter)
	excess, ok := now.Excess(reference)
	if !ok {
		return
	}
	s.reliefMatched = true
	for i := range s.regions {
		if c := &s.regions[i]; !c.mask.Empty() {
			a.sheet(s, c).MatchRelief(excess)
		}
	}
}

// freezeUnevenness takes what else makes the baseline's skin uneven, for every photo of the
// series.
func (a *analysis) freezeUnevenness() {
	var sheets []*skin.Sheet
	for _, r := range a.baselineRegions() {
		sheets = append(sheets, r.shot.sheet(r.region, a.chromo))
	}
	a.baseline.uneven = skin.Unevenness(sheets...)
	for _, s := range a.baseline.shot {
		s.uneven = &a.baseline.uneven
	}
	for _, s := range sheets {
		s.ReadRelief(a.baseline.uneven)
	}
}

// unevenness is what was taken of a baseline, nil as long as there is none.
func (b *baseline) unevenness() *texture.Unevenness {
	if b == nil {
		return nil
	}
	return &b.uneven
}

// reliefSetter is the half of control skin that sets the light in a photo, no sheet where the
// photo does not show it.
func (a *analysis) reliefSetter(s *shot, c *carried) placed {
	if len(c.witness) == 0 { // too small to be halved
		return s.placed(s.part(c.mask, c.pxPerMM, a.chromo), c.mask, c)
	}
	tiles, err := carryAll(polygons(c.light), s.place)
	if err != nil {
		return placed{}
	}
	gaps, err := gapsOf(a.frame.holes, s.place)
	if err != nil {
		return placed{}
	}
	mask := roi.Rasterize(tiles, gaps, s.meta.Width, s.meta.Height)
	if mask.Empty() {
		return placed{}
	}
	return s.placed(s.part(mask, c.pxPerMM, a.chromo), mask, c)
}

// losslessFrom is the JPEG quality from which a file keeps colour about as well as the
// camera saw it (project default: its steps are of one or two codes).
const losslessFrom = 98

// otherQuality is the JPEG quality that stands for HEIC and WebP, whose files name none
// (project default: what such files of phones come closest to).
const otherQuality = 93

// lossy reports whether a photo's file keeps colour less well than luminance.
func lossy(file photo.Meta) bool { return file.Lossy && file.JPEGQuality < losslessFrom }

// droppedBeside reports whether a file lost what that of a reference kept; that of no
// reference kept nothing.
func droppedBeside(file, reference photo.Meta) bool {
	return reference.Format != "" && !lossy(reference) && lossy(file)
}

// alike is the photo as far as texture can be compared with the baseline: itself, or, where
// it is lossless and the baseline is not, what a JPEG like the baseline's file would have kept
// of it. A file that drops fine colour leaves shine and mottle in what relief is read from;
// both visits must have lost the same. The other way round nothing is done, for the
// baseline's numbers do not depend on later visits: such a visit carries no verdict.
func (a *analysis) alike(s *shot) *shot {
	if !lossy(a.baseline.file) || lossy(s.meta) {
		return s
	}
	quality := cmp.Or(a.baseline.file.JPEGQuality, otherQuality)
	pixels, err := throughJPEG(raster.Whole(s.pixels), quality)
	if err != nil {
		panic("series: a picture in memory that no JPEG can hold: " + err.Error())
	}
	twin := &shot{pixels: pixels, meta: s.meta, light: s.light, place: s.place, uneven: s.uneven}
	twin.meta.Format, twin.meta.Lossy, twin.meta.JPEGQuality = "JPEG", true, quality
	return twin
}

// firstUsed is the photo of a baseline that others are compared with, the zero Meta where
// none is used.
func (b *baseline) firstUsed() photo.Meta {
	for _, ref := range b.visit.Photos {
		if s := b.shot[ref.File]; s != nil && s.record.Used() {
			return s.meta
		}
	}
	return photo.Meta{}
}

// unlike are the warnings of texture in a photo whose file dropped what the baseline's kept, or
// that untreated skin could not hold against the baseline.
func (a *analysis) unlike(s *shot, measured outcome.Number) []string {
	var list []string
	if droppedBeside(s.meta, a.baseline.file) {
		list = append(list, outcome.LossyFile)
	}
	if measured.Known() && !s.reliefMatched && s.visit.ID != a.baseline.visit.ID {
		list = append(list, outcome.ReliefUnmatched)
	}
	return list
}

// throughJPEG is the light that an sRGB file of a quality keeps of a picture. Fine colour
// is kept at half the resolution, as cameras do.
func throughJPEG(rgb *raster.RGB, quality int) (*raster.RGB, error) {
	img := image.NewRGBA(image.Rect(0, 0, rgb.W(), rgb.H()))
	codes := codeTable()
	raster.Bands(rgb.H(), func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			r, g, b, out := rgb.R.Row(y), rgb.G.Row(y), rgb.B.Row(y), img.Pix[y*img.Stride:]
			for x := range r {
				out[4*x], out[4*x+1], out[4*x+2], out[4*x+3] = codes.of(r[x]), codes.of(g[x]), codes.of(b[x]), 255
			}
		}
	})
	var file bytes.Buffer
	if err := jpeg.Encode(&file, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, err
	}
	kept, err := jpeg.Decode(&file)
	if err != nil {
		return nil, err
	}
	return lightOf(kept.(*image.YCbCr)), nil
}

// codeSteps are the steps of light that codes are told by: a twentieth of a code where
// codes are narrowest.
const codeSteps = 1 << 16

// codes are the 8-bit sRGB codes of linear light.
type codes []uint8

func codeTable() codes {
	t := make(codes, codeSteps)
	for i := range t {
		t[i] = uint8(255*cie.Encode(float64(i)/(codeSteps-1)) + 0.5)
	}
	return t
}

func (t codes) of(v float32) uint8 {
	if !(v > 0) {
		return 0
	}
	return t[int(min(v, 1)*(codeSteps-1)+0.5)]
}

// lightOf is the linear light of a decoded JPEG.
func lightOf(img *image.YCbCr) *raster.RGB {
	light := cie.DecodeTable(256)
	out := raster.NewRGB(img.Rect.Dx(), img.Rect.Dy())
	raster.Bands(out.H(), func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			r, g, b := out.R.Row(y), out.G.Row(y), out.B.Row(y)
			for x := range r {
				i, j := img.YOffset(x, y), img.COffset(x, y)
				red, green, blue := color.YCbCrToRGB(img.Y[i], img.Cb[j], img.Cr[j])
				r[x], g[x], b[x] = light[red], light[green], light[blue]
			}
		}
	})
	return out
}
