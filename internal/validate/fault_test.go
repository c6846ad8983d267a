package validate

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/phantom"
)

// faults are the classical mistakes of tools like this one, by name.
func faults() map[string]fault {
	return map[string]fault{
		"bilinear warp before texture": {photos: warpBeforehand},
		"averaging in gamma space":     {photos: averageCodes},
		"identity on failure":          {record: identityOnFailure},
		"control pixels serving twice": {record: controlTwice},
		"colour profile ignored":       {photos: dropProfile},
	}
}

// eachPhoto replaces the pixels of every picture in dir; do returns nil to leave one alone.
func eachPhoto(dir string, do func(name string, img image.Image) image.Image) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); ext != ".jpg" && ext != ".png" {
			continue
		}
		path := filepath.Join(dir, e.Name())
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		img, _, err := image.Decode(bytes.NewReader(b))
		if err != nil {
			return err
		}
		out := do(e.Name(), img)
		if out == nil {
			continue
		}
		var buf bytes.Buffer
		if strings.HasPrefix(string(b), "\x89PNG") {
			err = png.Encode(&buf, out)
		} else {
			err = jpeg.Encode(&buf, out, &jpeg.Options{Quality: 96})
		}
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, buf.Bytes(), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// warpBeforehand resamples every follow-up into the frame, as tools do that align first
// and measure texture afterwards. The truth of their place is then where the frame is: it
// is texture that must give the mistake away.
func warpBeforehand(dir string, _ phantom.Script, t phantom.Truth) error {
	where := map[string]phantom.Geometry{}
	for i := 1; i < len(t.Photos); i++ {
		p := &t.Photos[i]
		where[p.File] = p.Geometry
		p.Geometry = phantom.Geometry{H: geom.Identity()}
	}
	return eachPhoto(dir, func(name string, img image.Image) image.Image {
		g, ok := where[name]
		if !ok {
			return nil
		}
		out := image.NewNRGBA64(img.Bounds())
		for y := range img.Bounds().Dy() {
			for x := range img.Bounds().Dx() {
				out.SetNRGBA64(x, y, bilinear(img, g.Photo(geom.Point{X: float64(x), Y: float64(y)})))
			}
		}
		return out
	})
}

// bilinear mixes the four codes around a point, clamped at the edges.
func bilinear(img image.Image, p geom.Point) color.NRGBA64 {
	b := img.Bounds()
	x, y := min(max(p.X, 0), float64(b.Dx()-2)), min(max(p.Y, 0), float64(b.Dy()-2))
	i, j := int(x), int(y)
	u, v := x-float64(i), y-float64(j)
	var sum [3]float64
	for k, w := range [4]float64{(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v} {
		r, g, bl, _ := img.At(i+k%2, j+k/2).RGBA()
		sum[0], sum[1], sum[2] = sum[0]+w*float64(r), sum[1]+w*float64(g), sum[2]+w*float64(bl)
	}
	return color.NRGBA64{R: uint16(sum[0] + 0.5), G: uint16(sum[1] + 0.5), B: uint16(sum[2] + 0.5), A: 65535}
}

// blockPx is over how many pixels averageCodes averages.
const blockPx = 4

// averageCodes replaces blocks of pixels by the mean of their codes, not of their light.
func averageCodes(dir string, _ phantom.Script, _ phantom.Truth) error {
	return eachPhoto(dir, func(_ string, img image.Image) image.Image {
		b := img.Bounds()
		out := image.NewNRGBA64(b)
		for y := 0; y < b.Dy(); y += blockPx {
			for x := 0; x < b.Dx(); x += blockPx {
				fill(out, img, image.Rect(x, y, x+blockPx, y+blockPx).Intersect(b))
			}
		}
		return out
	})
}

func fill(out *image.NRGBA64, img image.Image, block image.Rectangle) {
	var sum [3]int
	for y := block.Min.Y; y < block.Max.Y; y++ {
		for x := block.Min.X; x < block.Max.X; x++ {
			r, g, b, _ := img.At(x, y).RGBA()
			sum[0], sum[1], sum[2] = sum[0]+int(r), sum[1]+int(g), sum[2]+int(b)
		}
	}
	n := block.Dx() * block.Dy()
	mean := color.NRGBA64{R: uint16(sum[0] / n), G: uint16(sum[1] / n), B: uint16(sum[2] / n), A: 65535}
	for y := block.Min.Y; y < block.Max.Y; y++ {
		for x := block.Min.X; x < block.Max.X; x++ {
			out.SetNRGBA64(x, y, mean)
		}
	}
}

// identityOnFailure calls every refused photo aligned, where it lies.
func identityOnFailure(rec *outcome.Record) {
	for i := range rec.Photos {
		if a := &rec.Photos[i].Alignment; a.Status == outcome.AlignFailed {
			one := [9]float64(geom.Identity())
			a.Status, a.Matrix = outcome.AlignOK, &one
		}
	}
}

// controlTwice lets the control skin be, after correction, exactly what it was at first,
// as it is when the pixels that set the light are measured too.
func controlTwice(rec *outcome.Record) {
	var first map[string]outcome.Measurement
	for i := range rec.Photos {
		for j := range rec.Photos[i].ROIs {
			r := &rec.Photos[i].ROIs[j]
			if r.Kind != outcome.Control {
				continue
			}
			if first == nil {
				first = r.Measures
			}
			r.Measures = first
		}
	}
}

// dropProfile writes pictures of 16 bits, which are those with a profile, without what
// says how their codes are meant.
func dropProfile(dir string, _ phantom.Script, _ phantom.Truth) error {
	return eachPhoto(dir, func(_ string, img image.Image) image.Image {
		if m := img.ColorModel(); m != color.RGBA64Model && m != color.NRGBA64Model {
			return nil
		}
		return img
	})
}
