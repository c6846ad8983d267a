package validate

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"

	"dermtrace/internal/cie"
	"dermtrace/internal/outcome"
	"dermtrace/internal/phantom"
	"dermtrace/internal/raster"
	"dermtrace/internal/series"
)

// fault is what a pipeline does wrong, put before the right one, where the mistake is made on
// photos, or behind it, where it is made on results: nothing, but in the tests. A battery
// that stays green with one of them proves nothing.
type fault struct {
	photos func(dir string, s phantom.Script, t phantom.Truth) error // changes the files
	record func(*outcome.Record)                                     // changes the record
}

// run photographs the course, measures it as a user would, and compares.
func (c course) run(ctx context.Context, wrong fault) (yield, error) {
	dir, err := os.MkdirTemp("", "dermtrace-validate-")
	if err != nil {
		return yield{}, err
	}
	defer os.RemoveAll(dir)
	if c.kind == pattern {
		list, err := runPattern(ctx, dir, wrong)
		return yield{Samples: list}, err
	}
	truth, err := c.photograph(ctx, dir, wrong)
	if err != nil {
		return yield{}, err
	}
	res, err := series.Analyze(ctx, os.DirFS(dir), series.Options{NoPictures: true, Workers: 1})
	if err != nil {
		return yield{}, err
	}
	if wrong.record != nil {
		wrong.record(res.Record)
	}
	list, err := c.compare(res, truth)
	y := yield{Samples: list}
	if slices.Contains([]kind{still, alone, better, marked, scalp}, c.kind) {
		y.Record = bare(res.Record)
	}
	return y, err
}

// photograph writes the course's photos and reads their truth.
func (c course) photograph(ctx context.Context, dir string, wrong fault) (phantom.Truth, error) {
	if err := phantom.Write(ctx, dir, c.script, phantom.Options{Force: true}); err != nil {
		return phantom.Truth{}, err
	}
	if err := c.prepare(ctx, dir); err != nil {
		return phantom.Truth{}, err
	}
	truth, err := readTruth(filepath.Join(dir, phantom.TruthFile))
	if err == nil && wrong.photos != nil {
		err = wrong.photos(dir, c.script, truth)
	}
	return truth, err
}

// prepare does to the files what no script can say.
func (c course) prepare(ctx context.Context, dir string) error {
	if c.said != "" {
		if err := sayMore(filepath.Join(dir, phantom.ManifestFile), c.said); err != nil {
			return err
		}
	}
	switch c.kind {
	case tracking:
		file, _ := photoOf(c.script, profileDay)
		return inDisplayP3(dir, file, c.script)
	case stranger:
		other := c.script
		other.Seed += 10_000
		at, err := os.MkdirTemp("", "dermtrace-validate-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(at)
		if err := phantom.Write(ctx, at, other, phantom.Options{Force: true}); err != nil {
			return err
		}
		file, _ := photoOf(c.script, 28)
		b, err := os.ReadFile(filepath.Join(at, file))
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, file), b, 0o600)
	}
	return nil
}

// sayMore puts lines before those of a manifest.
func sayMore(path, lines string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, slices.Concat([]byte(lines), b), 0o600)
}

func readTruth(path string) (phantom.Truth, error) {
	var t phantom.Truth
	b, err := os.ReadFile(path)
	if err != nil {
		return t, err
	}
	return t, json.Unmarshal(b, &t)
}

// inDisplayP3 replaces a photo by the same light on the primaries of Display P3, said so
// in a cICP chunk (PNG 3rd edition, 11.3.2.6). The name keeps its .jpg: content decides.
func inDisplayP3(dir, file string, s phantom.Script) error {
	p, err := phantom.New(s)
	if err != nil {
		return err
	}
	for i := range p.Photos() {
		if s.Visits[i].Photos[0].File != file {
			continue
		}
		r, err := p.Photo(i)
		if err != nil {
			return err
		}
		b, err := p3PNG(r.Pixels)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, file), b, 0o600)
	}
	panic("validate: no photo " + file)
}

// displayP3 are the chromaticities of SMPTE EG 432-1 with the white of D65.
func displayP3() cie.Matrix {
	return cie.Primaries([2]float64{0.680, 0.320}, [2]float64{0.265, 0.690}, [2]float64{0.150, 0.060}, [2]float64{0.3127, 0.3290})
}

func p3PNG(rgb *raster.RGB) ([]byte, error) {
	m := displayP3().Inverse().Mul(cie.XYZFromRGB())
	img := image.NewNRGBA64(image.Rect(0, 0, rgb.W(), rgb.H()))
	for i := range rgb.R.Pix {
		light := m.Apply([3]float64{float64(rgb.R.Pix[i]), float64(rgb.G.Pix[i]), float64(rgb.B.Pix[i])})
		code := func(v float64) uint16 { return uint16(65535*cie.Encode(min(max(v, 0), 1)) + 0.5) }
		img.SetNRGBA64(i%rgb.W(), i/rgb.W(), color.NRGBA64{R: code(light[0]), G: code(light[1]), B: code(light[2]), A: 65535})
	}
	return withCICP(img)
}

// withCICP encodes a PNG that says: primaries 12 (Display P3), transfer 13 (sRGB), full range.
func withCICP(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, err
	}
	const header = 8 + 25 // signature and IHDR
	data := b.Bytes()
	return slices.Concat(data[:header], pngChunk("cICP", 12, 13, 0, 1), data[header:]), nil
}

func pngChunk(kind string, body ...byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, kind...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// runPattern measures two photos, each by itself and in the light it has, whose colours
// are known: of light and dark pixels in turn, and of one colour in Display P3.
func runPattern(ctx context.Context, dir string, wrong fault) ([]Sample, error) {
	const bright, dim = 0.55, 0.10
	s := sampler{course: "pattern", band: tones[2].band}
	mean := (bright + dim) / 2
	for _, one := range []struct {
		question, measure string
		truth             float64
		encode            func() ([]byte, error)
	}{
		{meanLight, "l_star", cie.LabD65(mean, 0.75*mean, 0.6*mean).L, func() ([]byte, error) {
			return sRGBPNG(func(x, y int) float64 {
				if (x+y)%2 == 1 {
					return dim
				}
				return bright
			})
		}},
		{profile, "a_star", cie.LabD65(mean, 0.75*mean, 0.6*mean).A, func() ([]byte, error) {
			rgb := raster.NewRGB(patternW, patternH)
			for i := range rgb.R.Pix {
				rgb.R.Pix[i], rgb.G.Pix[i], rgb.B.Pix[i] = float32(mean), float32(0.75*mean), float32(0.6*mean)
			}
			return p3PNG(rgb)
		}},
	} {
		picture, err := one.encode()
		if err != nil {
			return nil, err
		}
		v, err := measurePattern(ctx, filepath.Join(dir, one.question), picture, one.measure, wrong)
		if err != nil {
			return nil, err
		}
		s.add(one.question, "", one.truth, v)
	}
	return s.list, nil
}

// patternW and patternH are the size of the pattern's photos.
const patternW, patternH = 600, 450

// sRGBPNG is a photo of one skin colour at the given strengths of light.
func sRGBPNG(light func(x, y int) float64) ([]byte, error) {
	img := image.NewNRGBA64(image.Rect(0, 0, patternW, patternH))
	for y := range patternH {
		for x := range patternW {
			code := func(f float64) uint16 { return uint16(65535*cie.Encode(light(x, y)*f) + 0.5) }
			img.SetNRGBA64(x, y, color.NRGBA64{R: code(1), G: code(0.75), B: code(0.6), A: 65535})
		}
	}
	var b bytes.Buffer
	err := png.Encode(&b, img)
	return b.Bytes(), err
}

// measurePattern is a measure of the one photo of a series.
func measurePattern(ctx context.Context, dir string, picture []byte, measure string, wrong fault) (outcome.Number, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return 0, err
	}
	manifest := "scale: {mm_per_px: 0.02}\nrois:\n  - {name: treated, kind: treated, polygon: [[100, 100], [500, 100], [500, 350], [100, 350]]}\n"
	for name, data := range map[string][]byte{"2026-01-10.png": picture, "series.yaml": []byte(manifest)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return 0, err
		}
	}
	if wrong.photos != nil {
		if err := wrong.photos(dir, phantom.Script{}, phantom.Truth{}); err != nil {
			return 0, err
		}
	}
	res, err := series.Analyze(ctx, os.DirFS(dir), series.Options{NoPictures: true, Workers: 1})
	if err != nil {
		return 0, err
	}
	return res.Record.Photos[0].ROIs[0].Measures[measure].Value, nil
}
