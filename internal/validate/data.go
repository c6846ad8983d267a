package validate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"

	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/phantom"
	"dermtrace/internal/series"
	"dermtrace/internal/trend"
)

// ErrNoTruth is returned for a folder without a truth.
var ErrNoTruth = errors.New("holds no truth.json, nor truth/*.json")

// Score measures a series whose truth stands beside it and compares the two: photos with
// series.yaml, whose regions are named treated and control, and truth.json as package
// phantom writes it. Of its fields only photos[].file, photos[].H (nine numbers, frame
// pixel → photo pixel, row-major) and photos[].regions{melanin, blood, relief_rms_mm}
// must be there; the first photo is the frame and the baseline.
//
// The form of other phantoms is read too: truth/NAME.json with photos[].H as three rows
// and melanin, blood, height_rms_mm by region.
func Score(ctx context.Context, fsys fs.FS, sw outcome.Software) (*Report, error) {
	truth, err := findTruth(fsys)
	if err != nil {
		return nil, err
	}
	res, err := series.Analyze(ctx, fsys, series.Options{Software: sw, NoPictures: true})
	if err != nil {
		return nil, err
	}
	pairs, err := pair(res, truth)
	if err != nil {
		return nil, err
	}
	s := sampler{course: res.Record.Series.Subject, band: bandOf(res.Record)}
	s.alignment(pairs[1:])
	s.tracking(pairs)
	s.fates(res.Record, truth)
	s.sumsOfSpots(pairs, truth.Spots)
	return newReport("data", sw, s.list), nil
}

func findTruth(fsys fs.FS) (phantom.Truth, error) {
	if b, err := fs.ReadFile(fsys, phantom.TruthFile); err == nil {
		var t phantom.Truth
		if err := json.Unmarshal(b, &t); err != nil {
			return t, fmt.Errorf("%s: %w", phantom.TruthFile, err)
		}
		return t, check(t)
	}
	names, err := fs.Glob(fsys, path.Join("truth", "*.json"))
	if err != nil || len(names) == 0 {
		return phantom.Truth{}, ErrNoTruth
	}
	slices.Sort(names)
	b, err := fs.ReadFile(fsys, names[0])
	if err != nil {
		return phantom.Truth{}, err
	}
	var other otherTruth
	if err := json.Unmarshal(b, &other); err != nil {
		return phantom.Truth{}, fmt.Errorf("%s: %w", names[0], err)
	}
	t := other.ours()
	return t, check(t)
}

// otherTruth is how another phantom writes its truth.
type otherTruth struct {
	MMPerPx float64 `json:"px_mm"`
	Photos  []struct {
		File    string             `json:"file"`
		H       [3][3]float64      `json:"H"`
		Melanin map[string]float64 `json:"melanin"`
		Blood   map[string]float64 `json:"blood"`
		Relief  map[string]float64 `json:"height_rms_mm"`
	} `json:"photos"`
}

func (o otherTruth) ours() phantom.Truth {
	t := phantom.Truth{MMPerPx: o.MMPerPx}
	for _, p := range o.Photos {
		h := p.H
		q := phantom.PhotoTruth{File: p.File, Regions: map[string]phantom.RegionTruth{}}
		q.H = geom.Transform{h[0][0], h[0][1], h[0][2], h[1][0], h[1][1], h[1][2], h[2][0], h[2][1], h[2][2]}
		for name := range p.Melanin {
			q.Regions[name] = phantom.RegionTruth{Melanin: p.Melanin[name], Blood: p.Blood[name], ReliefMM: p.Relief[name]}
		}
		t.Photos = append(t.Photos, q)
	}
	return t
}

// check refuses a truth with which nothing can be compared.
func check(t phantom.Truth) error {
	for _, p := range t.Photos {
		if _, err := p.H.Inverse(); err != nil {
			return fmt.Errorf("the truth of %s: H is no transform", p.File)
		}
		for _, name := range []string{"treated", "control"} {
			r, ok := p.Regions[name]
			if !ok || !(r.Melanin > 0 && r.Blood > 0 && r.ReliefMM > 0) || math.IsInf(r.Melanin+r.Blood+r.ReliefMM, 0) {
				return fmt.Errorf("the truth of %s: region %q needs melanin, blood and relief above 0", p.File, name)
			}
		}
	}
	return nil
}

// bandOf is the band of a series' skin: that of the first region that has an ITA.
func bandOf(rec *outcome.Record) string {
	for _, p := range rec.Photos {
		for _, r := range p.ROIs {
			if v := r.Measures["ita"].Value; v.Known() {
				return trend.Band(float64(v))
			}
		}
	}
	return bands[1]
}
