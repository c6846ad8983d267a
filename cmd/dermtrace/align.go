package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"dermtrace/internal/align"
	"dermtrace/internal/folder"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/photo"
	"dermtrace/internal/render"
	"dermtrace/internal/series"

	"github.com/spf13/cobra"
)

type alignOptions struct {
	picture       string
	pictures      string
	points        string
	json          bool
	maxMegapixels float64
}

func newAlign(t *terminal) *cobra.Command {
	var opt alignOptions
	cmd := &cobra.Command{
		Use:   "align BASE VISIT",
		Short: "Find where one photo lies in another, and how sure that is",
		Long: `align finds the transform that takes a pixel of BASE to the same skin in VISIT.
A pair that cannot be aligned is refused with a reason and exit status 3; it
never falls back to the identity.

--points reads points of BASE from a CSV file with the columns x and y, and prints
x,y,x2,y2,valid for each, in order.`,
		Args: exactly(2, "two photos"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runAlign(cmd.Context(), t, args[0], args[1], opt)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&opt.picture, "output", "o", "", "write VISIT, laid over BASE, as this `PNG`")
	f.StringVar(&opt.pictures, "pictures", "", "`DIR` for blink.gif, checkerboard.png, difference.png and valid.png")
	f.StringVar(&opt.points, "points", "", "`CSV` file of points of BASE to carry over")
	f.BoolVar(&opt.json, "json", false, "print the alignment as JSON")
	limitFlag(cmd, &opt.maxMegapixels)
	return cmd
}

func runAlign(ctx context.Context, t *terminal, base, visit string, opt alignOptions) error {
	points, err := readPoints(opt.points)
	if err != nil {
		return err
	}
	a, err := openPhoto(ctx, base, opt.maxMegapixels)
	if err != nil {
		return err
	}
	b, err := openPhoto(ctx, visit, opt.maxMegapixels)
	if err != nil {
		return err
	}
	res := align.NewFrame(a.Pixels, align.Options{}).Align(b.Pixels)
	if opt.picture != "" && res.Status != align.StatusFailed {
		if err := writeAligned(opt.picture, a, b, res); err != nil {
			return err
		}
	}
	if opt.pictures != "" && res.Status != align.StatusFailed {
		if err := writePair(opt.pictures, a, b, res); err != nil {
			return err
		}
	}
	rec := series.AlignmentRecord(res, 0)
	switch {
	case opt.points != "":
		err = printPoints(t.out, points, res, b.Meta)
	case opt.json:
		err = t.json(rec)
	default:
		t.printAlignment(rec)
	}
	if err == nil && res.Status == align.StatusFailed {
		t.say("%s was not aligned to %s: %s", visit, base, res.Reason)
		return errPartial
	}
	return err
}

func (t *terminal) printAlignment(a outcome.Alignment) {
	t.print("status   %s", a.Status)
	if a.Matrix == nil {
		return
	}
	t.print("model    %s", a.Model)
	t.print("error    %s px (estimated median)", short(a.ErrorPx))
	t.print("overlap  %.0f %%", 100*float64(a.Overlap))
	for i := range 3 {
		m := a.Matrix
		t.print("%-8s %12.6g %12.6g %12.6g", []string{"matrix", "", ""}[i], m[3*i], m[3*i+1], m[3*i+2])
	}
	if a.Reason != "" {
		t.print("reason   %s", a.Reason)
	}
}

// writeAligned writes the visit as the base shows it.
func writeAligned(path string, base, visit *photo.Photo, res align.Result) error {
	if !strings.EqualFold(".png", path[max(0, len(path)-4):]) {
		return usage(path+" is no PNG name", "give -o a name that ends in .png")
	}
	img, err := render.AlignedPNG(visit.Pixels, res.PhotoFromFrame, render.WholeFrame(base.Width, base.Height))
	if err != nil {
		return err
	}
	return folder.WriteFile(path, func(w io.Writer) error { _, err := w.Write(img.Bytes); return err })
}

// writePair writes the pictures that show how well the visit lies on the base.
func writePair(dir string, base, visit *photo.Photo, res align.Result) error {
	pair, err := render.PairOf(base.Pixels, visit.Pixels, res.PhotoFromFrame)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for name, img := range map[string]render.Image{
		"blink": pair.Blink, "checkerboard": pair.Checkerboard, "difference": pair.Difference, "valid": pair.Valid,
	} {
		path := filepath.Join(dir, name+img.Ext)
		if err := folder.WriteFile(path, func(w io.Writer) error { _, err := w.Write(img.Bytes); return err }); err != nil {
			return err
		}
	}
	return nil
}

// maxPoints bounds in bytes a file of points that is read whole (project default: some
// millions).
const maxPoints = 64 << 20

// readPoints reads the columns x and y of a CSV file; "" is no file.
func readPoints(path string) ([]geom.Point, error) {
	if path == "" {
		return nil, nil
	}
	text, err := folder.ReadFile(path, maxPoints)
	if err != nil {
		return nil, withHint(err, "give --points a CSV file with the columns x and y")
	}
	in, err := folder.CSV(text)
	if err != nil {
		return nil, fileError(path, err)
	}
	rows, err := in.ReadAll()
	if err != nil {
		return nil, withHint(fileError(path, err), "give --points a CSV file with the columns x and y")
	}
	points, err := parsePoints(rows)
	if err != nil {
		return nil, withHint(fileError(path, err), "the first line names the columns: x,y")
	}
	return points, nil
}

func parsePoints(rows [][]string) ([]geom.Point, error) {
	if len(rows) == 0 {
		return nil, errors.New("the file is empty")
	}
	xc, yc := -1, -1
	for i, name := range rows[0] {
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "x":
			xc = i
		case "y":
			yc = i
		}
	}
	if xc < 0 || yc < 0 {
		return nil, errors.New("no columns x and y")
	}
	points := make([]geom.Point, 0, len(rows)-1)
	for n, row := range rows[1:] {
		x, y := coordinate(row[xc]), coordinate(row[yc])
		if math.IsNaN(x) || math.IsNaN(y) {
			return nil, fmt.Errorf("line %d holds no numbers", n+2)
		}
		points = append(points, geom.Point{X: x, Y: y})
	}
	return points, nil
}

// coordinate is a number with a decimal point or comma, NaN for anything else.
func coordinate(cell string) float64 {
	v, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(cell), ",", "."), 64)
	if err != nil || math.IsInf(v, 0) {
		return math.NaN()
	}
	return v
}

// printPoints carries points over; one that the visit does not show has no image.
func printPoints(w io.Writer, points []geom.Point, res align.Result, visit photo.Meta) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"x", "y", "x2", "y2", "valid"}}
	for _, p := range points {
		row := []string{number(p.X), number(p.Y), "", "", "0"}
		if res.Status != align.StatusFailed {
			q := res.Apply(p)
			if q.X >= -0.5 && q.Y >= -0.5 && q.X < float64(visit.Width)-0.5 && q.Y < float64(visit.Height)-0.5 {
				row[2], row[3], row[4] = number(q.X), number(q.Y), "1"
			}
		}
		rows = append(rows, row)
	}
	return out.WriteAll(rows)
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
