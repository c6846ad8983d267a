package report

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"sync"
	"testing"
	"testing/fstest"

	"dermtrace/internal/outcome"
)

// course is a made-up course: six visits, one refused, treated and control skin. The
// numbers are invented; only their relations matter.
type made struct {
	visit, phase string
	day          int
	since        int // days since treatment, −1 before the first
	clock        string
	rough, blood float64
	melanin      float64
}

func course() []made {
	return []made{
		{"2026-01-10", "before", 0, -1, outcome.Outside, 0.0412, 3.10, 2.40},
		{"2026-01-11", "", 1, 1, outcome.Outside, 0.0440, 6.84, 2.46},
		{"2026-01-14", "", 4, 4, outcome.Outside, 0.0405, 3.38, 2.43},
		{"2026-02-21", "", 42, 14, outcome.Outside, 0, 0, 0},
		{"2026-03-14", "", 63, 35, outcome.Eligible, 0.0351, 3.02, 2.38},
		{"2026-05-09", "", 119, 91, outcome.Mature, 0.0293, 2.95, 2.36},
	}
}

func definitions() map[string]outcome.Definition {
	return map[string]outcome.Definition{
		"hemoglobin":     {Unit: "%", Family: outcome.Redness, Scale: outcome.Ratio, GoalDirection: map[string]string{"reduce redness": "down"}, Clock: outcome.Redness, Primary: true, Reference: "Tsumura 2003", Version: 1, Meaning: "Blood volume fraction of the model: redness that melanin does not confuse."},
		"erythema_index": {Unit: "1", Family: outcome.Redness, Scale: outcome.Interval, Clock: outcome.Redness, Reference: "Dawson 1980", Version: 1, Meaning: "100·log10(R/G) in linear light: a camera index that melanin confuses."},
		"melanin":        {Unit: "%", Family: outcome.Pigment, Scale: outcome.Ratio, Clock: outcome.Pigment, Primary: true, Reference: "Tsumura 2003", Version: 1, Meaning: "Melanosome volume fraction of the model: pigment that redness does not confuse."},
		"ita":            {Unit: "°", Family: outcome.Pigment, Scale: outcome.Interval, Clock: outcome.Pigment, Reference: "Chardon 1991", Version: 1, Meaning: "Individual typology angle: higher is lighter."},
		"roughness":      {Unit: "1", Family: outcome.Texture, Scale: outcome.Ratio, GoalDirection: map[string]string{"smooth texture": "down"}, Clock: outcome.Texture, Primary: true, Reference: "project definition", Version: 1, Meaning: "RMS of fine shading from 0.06 to 0.24 mm: relief as this light shows it."},
		"texture_coarse": {Unit: "1", Family: outcome.Texture, Scale: outcome.Ratio, Clock: outcome.Texture, Reference: "project definition", Version: 1, Meaning: "The same from 0.24 to 1 mm."},
	}
}

// record is the course as the pipeline would have written it.
func record() *outcome.Record {
	n := func(v float64) outcome.Number { return outcome.Number(v) }
	rec := &outcome.Record{
		Schema:   outcome.Schema,
		Software: outcome.Software{Name: "dermtrace", Version: "0.1.0", Revision: "8d3664d", Go: "go1.26.8"},
		Settings: outcome.DefaultSettings(), Definitions: definitions(),
		Series: outcome.Series{Subject: "P001", Site: "cheek", Side: "left", View: "left oblique", Goals: []string{"smooth texture", "reduce redness", "fade spots"},
			Frame: "2026-01-10.jpg", Baseline: "2026-01-10", MMPerPx: 0.03, Consent: []string{"care"}},
		Treatments: []outcome.Treatment{
			{At: "2026-01-10", Device: "dermaroller", NeedleMM: 1.5, ROIs: []string{"treated"}, Notes: "first session, well tolerated"},
			{At: "2026-02-07", Device: "dermaroller", NeedleMM: 1.5, ROIs: []string{"treated"}},
		},
		Scores:      []outcome.Score{{At: "2026-01-10", Scale: "goodman_baron", Value: 3, Rater: "A", Blinded: true}, {At: "2026-05-09", Scale: "goodman_baron", Value: 2, Rater: "A", Blinded: true}},
		Flags:       []outcome.Flag{{Code: "prolonged_redness", ROI: "treated", Visit: "2026-01-14", Level: "watch", Text: "Redness was still above baseline four days after a treatment."}},
		NotAssessed: []outcome.NotAssessed{{What: "Spots", Why: "No spot was matched between visits."}, {What: "Evenness", Why: "The region is smaller than 4 cm²."}},
		Recovery: []outcome.Recovery{{ROI: "treated", Measure: "hemoglobin", Unit: "%", Treatment: "2026-01-10", Peak: 3.74, PeakHours: 24,
			HalfLifeDays: outcome.NaN(), HalfLifeCI95: [2]outcome.Number{outcome.NaN(), outcome.NaN()}, LastAboveDay: 1, FirstWithinDay: 4, Reason: "too few visits for a half-life"}},
		Spots: []outcome.Spot{
			{ROI: "treated", Visit: "2026-05-09", X: 980, Y: 760, DiameterMM: 3.1, From: 1.42, To: 1.38, Fate: outcome.SpotPersisted},
			{ROI: "treated", Visit: "2026-05-09", X: 1720, Y: 1250, DiameterMM: 4.0, From: 1.75, To: 0.92, Fate: outcome.SpotFaded},
			{ROI: "treated", Visit: "2026-05-09", X: 2330, Y: 620, DiameterMM: 2.2, From: 0.96, To: 0.05, Fate: outcome.SpotGone},
			{ROI: "treated", Visit: "2026-05-09", X: 2850, Y: 1640, DiameterMM: 6.4, From: 1.10, To: 1.87, Fate: outcome.SpotDarkened, NeedsEyes: true},
			{ROI: "treated", Visit: "2026-05-09", X: 1240, Y: 2080, DiameterMM: 2.8, From: 0.08, To: 1.21, Fate: outcome.SpotNew, NeedsEyes: true},
		},
		Warnings: []outcome.Notice{{Code: outcome.UnknownCamera, Text: outcome.WarningText(outcome.UnknownCamera)}},
	}
	for i, m := range course() {
		v := outcome.Visit{Visit: m.visit, At: m.visit, Phase: m.phase, Day: m.day, Clock: map[string]string{outcome.Redness: m.clock, outcome.Pigment: m.clock, outcome.Texture: m.clock}}
		if m.since >= 0 {
			since := m.since
			v.DaysSinceTreatment = &since
		}
		rec.Visits = append(rec.Visits, v)
		rec.Photos = append(rec.Photos, madePhoto(i, m))
		if i > 0 && m.rough > 0 {
			rec.Changes = append(rec.Changes, madeChanges(m)...)
		}
	}
	for i, p := range rec.Photos {
		rec.Pictures = append(rec.Pictures, outcome.Picture{Photo: p.File, Kind: outcome.PictureThumb, File: fmt.Sprintf("pictures/%d-thumb.jpg", i), Width: 160, Height: 120})
		if !p.Used() {
			continue
		}
		rec.Pictures = append(rec.Pictures,
			outcome.Picture{Photo: p.File, Kind: outcome.PictureAligned, File: fmt.Sprintf("pictures/%d.jpg", i), Width: 800, Height: 600, Window: &[4]float64{16, 12, 4000, 3000}},
			outcome.Picture{Photo: p.File, Kind: outcome.PictureMap, Measure: "hemoglobin", File: fmt.Sprintf("pictures/%d-blood.png", i), Width: 320, Height: 240, Low: 0, High: 8},
			outcome.Picture{Photo: p.File, Kind: outcome.PictureMap, Measure: "melanin", File: fmt.Sprintf("pictures/%d-melanin.png", i), Width: 320, Height: 240, Low: n(1), High: n(6)})
		if i > 0 {
			rec.Pictures = append(rec.Pictures, outcome.Picture{Photo: p.File, Kind: outcome.PictureDifference, Measure: "hemoglobin", File: fmt.Sprintf("pictures/%d-change.png", i), Width: 320, Height: 240, Low: -4, High: 4})
		}
	}
	rec.Pictures = append(rec.Pictures, outcome.Picture{Photo: rec.Photos[0].File, Kind: outcome.PictureRegions, File: "pictures/regions.png", Width: 800, Height: 600})
	return rec
}

func madePhoto(i int, m made) outcome.Photo {
	p := outcome.Photo{File: m.visit + ".jpg", SHA256: fmt.Sprintf("%064x", i), Visit: m.visit, Width: 4032, Height: 3024, Profile: "sRGB", Camera: "Phone X",
		Quality:     outcome.Quality{Verdict: outcome.OK},
		Calibration: outcome.Calibration{Method: "control", ResidualDE00: 0.84, Gain: &[3]outcome.Number{1.06, 0.98, 1.02}, LightTiles: 14, WitnessTiles: 14},
		Alignment:   outcome.Alignment{Status: outcome.AlignOK, Model: "homography", Matrix: &[9]float64{1, 0, 4, 0, 1, -2, 0, 0, 1}, ErrorPx: 0.31, ErrorMM: 0.0093, Overlap: 0.97}}
	switch {
	case i == 0:
		p.Calibration = outcome.Calibration{Method: "frame", ResidualDE00: outcome.NaN()}
		p.Alignment = outcome.Alignment{Status: outcome.AlignFrame, Matrix: &[9]float64{1, 0, 0, 0, 1, 0, 0, 0, 1}, ErrorPx: outcome.NaN(), ErrorMM: outcome.NaN(), Overlap: 1}
	case i == 4:
		p.Quality = outcome.Quality{Verdict: outcome.Doubtful, Reasons: []outcome.Reason{{Code: outcome.Blurred, Spoils: []string{"texture"}, Text: "The photo is less sharp than the reference", Mend: "Tap to focus and hold still"}}}
	case m.rough == 0:
		p.Quality = outcome.Quality{Verdict: outcome.Unusable, Reasons: []outcome.Reason{{Code: "other_side", Spoils: []string{"geometry"}, Text: "The photo shows another part of the face", Mend: "Take it again from the left"}}}
		p.Alignment = outcome.Alignment{Status: outcome.AlignFailed, ErrorPx: outcome.NaN(), ErrorMM: outcome.NaN(), Overlap: outcome.NaN(), Reason: "too few details agree"}
		p.Calibration = outcome.Calibration{Method: "none", ResidualDE00: outcome.NaN()}
		return p
	}
	p.ROIs = []outcome.ROI{
		{Name: "treated", Kind: outcome.Treated, Pixels: 966000, ExcludedFraction: 0.01, Measures: madeMeasures(m.rough, m.blood, m.melanin, i)},
		{Name: "control", Kind: outcome.Control, Pixels: 432000, ExcludedFraction: 0, Measures: madeMeasures(0.0398+0.0004*math.Sin(float64(i)), 2.9+0.06*math.Sin(2*float64(i)), 2.35, i)},
	}
	return p
}

func madeMeasures(rough, blood, melanin float64, i int) map[string]outcome.Measurement {
	m := func(v float64, unit string, sd float64) outcome.Measurement {
		return outcome.Measurement{Value: outcome.Number(v), Unit: unit, SD: outcome.Number(sd), N: 966000}
	}
	list := map[string]outcome.Measurement{
		"roughness": m(rough, "1", rough/3), "texture_coarse": m(1.7*rough, "1", rough/2),
		"hemoglobin": m(blood, "%", 0.9), "erythema_index": m(14+4*blood, "1", 3.2),
		"melanin": m(melanin, "%", 0.8), "ita": m(38-2*melanin, "°", 5),
	}
	if i == 1 {
		list["ita"] = outcome.Unmeasured("°", outcome.RedSkin)
	}
	return list
}

// madeChanges are the rows of one visit against baseline, raw and against control.
func madeChanges(m made) []outcome.Change {
	base := course()[0]
	improved := outcome.Improved
	var rows []outcome.Change
	for _, k := range []struct {
		measure, unit     string
		from, to, mdc, se float64
		ratio             bool
	}{
		{"roughness", "1", base.rough, m.rough, 0.0033, 0.0011, true},
		{"hemoglobin", "%", base.blood, m.blood, 0.35, 0.12, true},
		{"melanin", "%", base.melanin, m.melanin, 0.15, 0.06, true},
		{"ita", "°", 38 - 2*base.melanin, 38 - 2*m.melanin, 1.8, 0.6, false},
	} {
		for _, contrast := range []string{outcome.Raw, outcome.VsControl} {
			d := k.to - k.from
			c := outcome.Change{ROI: "treated", Measure: k.measure, Unit: k.unit, Visit: m.visit, Against: outcome.AgainstBaseline, Contrast: contrast,
				From: outcome.Number(k.from), To: outcome.Number(k.to), Change: outcome.Number(d), Percent: outcome.NaN(),
				CI95:  [2]outcome.Number{outcome.Number(d - 2*k.se), outcome.Number(d + 2*k.se)},
				MDC95: outcome.Number(k.mdc), MDCSource: "witness", MDCDF: 12, PHolm: 0.01, Primary: k.measure != "ita", Clock: m.clock,
				Status: outcome.NoChange, Warnings: []string{}}
			if k.ratio {
				c.Percent = outcome.Number(100 * d / k.from)
			}
			if math.Abs(d) > k.mdc {
				c.Status = outcome.Increased
				if d < 0 {
					c.Status = outcome.Decreased
				}
				if k.measure == "roughness" && d < 0 && m.clock != outcome.Outside {
					c.Goal = &improved
				}
			}
			if k.measure == "ita" && m.day == 1 {
				c.To, c.Change, c.CI95, c.Status, c.Warnings = outcome.NaN(), outcome.NaN(), [2]outcome.Number{outcome.NaN(), outcome.NaN()}, outcome.NotComparable, []string{outcome.RedSkin}
			}
			rows = append(rows, c)
		}
	}
	return rows
}

// pictures are the files that record names, drawn once.
var pictures = sync.OnceValue(func() fstest.MapFS {
	fsys := fstest.MapFS{}
	for i, m := range course() {
		photo := skin(m, 800, 600)
		fsys[fmt.Sprintf("pictures/%d.jpg", i)] = &fstest.MapFile{Data: asJPEG(photo)}
		fsys[fmt.Sprintf("pictures/%d-thumb.jpg", i)] = &fstest.MapFile{Data: asJPEG(skin(m, 160, 120))}
		for name, colors := range map[string]outcome.Colormap{"blood": outcome.SequentialColors(), "melanin": outcome.SequentialColors(), "change": outcome.DivergingColors()} {
			fsys[fmt.Sprintf("pictures/%d-%s.png", i, name)] = &fstest.MapFile{Data: asPNG(field(m, colors))}
		}
	}
	fsys["pictures/regions.png"] = &fstest.MapFile{Data: asPNG(outline())}
	return fsys
})

// skin is a made-up photo: a tone, spots, a red patch and a grain.
func skin(m made, w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			u, v := float64(x)/float64(w), float64(y)/float64(h)
			red := 0.0
			if u > 0.1 && u < 0.6 && v > 0.15 && v < 0.85 {
				red = (m.blood - 2.9) * 9
			}
			spot := 40 * math.Exp(-(math.Pow(u-0.3, 2)+math.Pow(v-0.4, 2))/0.002)
			spot += 30 * math.Exp(-(math.Pow(u-0.45, 2)+math.Pow(v-0.65, 2))/0.003)
			grain := 260 * m.rough * math.Sin(float64(x*7+y*3)) * math.Sin(float64(y*5-x*2))
			img.Set(x, y, color.RGBA{clampByte(205 - spot + grain), clampByte(160 - spot - red + grain), clampByte(135 - 1.2*spot - 0.8*red + grain), 255})
		}
	}
	return img
}

func field(m made, colors outcome.Colormap) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, 320, 240))
	for y := range 240 {
		for x := range 320 {
			u, v := float64(x)/320, float64(y)/240
			if u < 0.1 || u > 0.6 || v < 0.15 || v > 0.85 {
				continue
			}
			c := colors.At(m.blood/8 + 0.1*math.Sin(9*u)*math.Cos(7*v))
			img.SetNRGBA(x, y, color.NRGBA{c[0], c[1], c[2], 255})
		}
	}
	return img
}

func outline() image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, 800, 600))
	c := outcome.RegionColor(outcome.Treated)
	for x := 80; x < 480; x++ {
		for _, y := range []int{90, 91, 92, 508, 509, 510} {
			img.SetNRGBA(x, y, color.NRGBA{c[0], c[1], c[2], 255})
		}
	}
	return img
}

func clampByte(v float64) uint8 { return uint8(max(0, min(v, 255))) }

func asJPEG(img image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 80}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func asPNG(img image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// render is the report of a record with the made-up pictures.
func render(t *testing.T, rec *outcome.Record, opt Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, rec, pictures(), opt); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
