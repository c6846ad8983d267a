package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/series"
	"dermtrace/internal/skin"

	"github.com/spf13/cobra"
)

type measureOptions struct {
	roi           string
	mmPerPx       float64
	json          bool
	maxMegapixels float64
}

func newMeasure(t *terminal) *cobra.Command {
	var opt measureOptions
	cmd := &cobra.Command{
		Use:   "measure PHOTO...",
		Short: "Measure whole photos, or one region of them",
		Long: `measure prints every index of each photo, or of the region --roi in it: a
rectangle x,y,width,height or a polygon of corners "x,y x,y x,y", in pixels after
orientation. The light is taken as it is, so numbers of different photos are not
comparable.

Exit status: 0 done, 1 no photo could be measured, 2 wrong use, 3 some could not.`,
		Args: atLeastOne("one photo or more"),
		RunE: func(cmd *cobra.Command, args []string) error {
			region, err := parseROI(opt.roi)
			if err != nil {
				return usage("--roi: "+err.Error(), `write --roi 200,225,920,1050 or --roi "200,225 1120,225 1120,1275"`)
			}
			if !(opt.mmPerPx >= 0) {
				return usage("--mm-per-px must be positive", "leave it out where the scale is unknown")
			}
			return runMeasure(cmd.Context(), t, args, region, opt)
		},
	}
	f := cmd.Flags()
	f.StringVar(&opt.roi, "roi", "", "`REGION`: rectangle x,y,width,height or polygon \"x,y x,y ...\"; default: the whole photo")
	f.Float64Var(&opt.mmPerPx, "mm-per-px", 0, "size of a pixel on the skin in `mm`; texture needs it")
	f.BoolVar(&opt.json, "json", false, "print as JSON")
	limitFlag(cmd, &opt.maxMegapixels)
	return cmd
}

// measuredPhoto is one entry of measure --json.
type measuredPhoto struct {
	File     string                         `json:"file"`
	Measures map[string]outcome.Measurement `json:"measures"`
}

func runMeasure(ctx context.Context, t *terminal, files []string, region geom.Polygon, opt measureOptions) error {
	results := []measuredPhoto{}
	for _, file := range files {
		p, err := openPhoto(ctx, file, opt.maxMegapixels)
		if errors.Is(err, context.Canceled) {
			return err
		}
		if err == nil {
			var m map[string]outcome.Measurement
			if m, err = series.MeasureOne(p, region, opt.mmPerPx); err == nil {
				results = append(results, measuredPhoto{file, m})
				continue
			}
			err = fileError(file, err)
		}
		t.fail(err)
	}
	if err := t.printMeasures(results, opt.json); err != nil {
		return err
	}
	switch len(results) {
	case len(files):
		return nil
	case 0:
		return errors.New("no photo could be measured")
	}
	return errPartial
}

func (t *terminal) printMeasures(results []measuredPhoto, asJSON bool) error {
	if asJSON {
		return t.json(results)
	}
	var doubts []string // in the order in which they are met
	for _, r := range results {
		t.print("%s", r.File)
		for _, index := range skin.Indices() {
			m, ok := r.Measures[index.Name]
			if !ok {
				continue
			}
			t.print("  %-18s %10s %-20s sd %-8s n %-9d %s", index.Name, short(m.Value), m.Unit, short(m.SD), m.N, strings.Join(m.Warnings, " "))
			doubts = append(doubts, m.Warnings...)
		}
	}
	for i, code := range doubts {
		if text := outcome.WarningText(code); text != "" && !slices.Contains(doubts[:i], code) {
			t.print("%s: %s", code, text)
		}
	}
	return nil
}

// parseROI reads a rectangle or a polygon; "" is the whole photo.
func parseROI(s string) (geom.Polygon, error) {
	v, err := numbers(s)
	switch {
	case err != nil:
		return nil, err
	case len(v) == 0:
		return nil, nil
	case len(v) == 4:
		x, y, w, h := v[0], v[1], v[2], v[3]
		if w <= 0 || h <= 0 {
			return nil, errors.New("a rectangle needs a positive width and height")
		}
		// Pixel centres are at whole numbers: half a pixel outwards takes in w×h of them.
		x, y = x-0.5, y-0.5
		return geom.Polygon{{X: x, Y: y}, {X: x + w, Y: y}, {X: x + w, Y: y + h}, {X: x, Y: y + h}}, nil
	case len(v)%2 == 1 || len(v) < 6:
		return nil, errors.New("a polygon needs three corners or more, each x,y")
	}
	var g geom.Polygon
	for c := range slices.Chunk(v, 2) {
		g = append(g, geom.Point{X: c[0], Y: c[1]})
	}
	if g.Area() == 0 || g.Crosses() {
		return nil, errors.New("the polygon encloses nothing or crosses itself")
	}
	return g, nil
}

func numbers(s string) ([]float64, error) {
	var v []float64
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == ';' }) {
		n, err := strconv.ParseFloat(f, 64)
		if err != nil || n != n || n > 1e6 || n < -1e6 {
			return nil, fmt.Errorf("%q is not a number of pixels", f)
		}
		v = append(v, n)
	}
	return v, nil
}
