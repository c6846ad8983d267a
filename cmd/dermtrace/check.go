package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"dermtrace/internal/calib"
	"dermtrace/internal/folder"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/photo"
	"dermtrace/internal/quality"
	"dermtrace/internal/raster"
	"dermtrace/internal/roi"
	"dermtrace/internal/series"

	"github.com/spf13/cobra"
)

type checkOptions struct {
	series        string
	json          bool
	maxMegapixels float64
}

func newCheck(t *terminal) *cobra.Command {
	var opt checkOptions
	cmd := &cobra.Command{
		Use:   "check PHOTO... | check STUDY",
		Short: "Is a photo fit to measure? Reasons and mends",
		Long: `check judges each photo: focus, exposure, glare, noise, size, compression, and the
colour card if one is in the picture. It looks at the skin that it finds, or at the
whole photo where it finds none.

With --series it holds each photo against that series too, as at the camera: does it
show the same skin, in light that can be matched? It prints a traffic light for
redness, pigment, texture and geometry, and one sentence that says what to do:
  green  nothing speaks against measuring
  amber  it will be measured, with a warning
  red    it will carry no verdict
The series needs a series.yaml whose regions are drawn; the photo need not be in it.

Given a study (a folder, a .zip or a .tar) it says what 'dermtrace batch' would use,
refuse or find ambiguous, and which visits and views that its plan.yaml foresees are
missing. It reads every file to its end and decodes none: a photo that is cut short is
told, one that is damaged within, or unfit to measure, is not.

Exit status: 0 done, 1 no photo could be opened, 2 wrong use, 3 some could not be
opened, are unusable or cannot be laid over the series.`,
		Args: atLeastOne("one photo or more"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runCheck(cmd.Context(), t, args, opt)
		},
	}
	cmd.Flags().StringVar(&opt.series, "series", "", "folder (`DIR`) of the series that the photos shall be compared in")
	cmd.Flags().BoolVar(&opt.json, "json", false, "print as JSON")
	limitFlag(cmd, &opt.maxMegapixels)
	return cmd
}

// checkedPhoto is one entry of check --json.
type checkedPhoto struct {
	File    string                    `json:"file"`
	Judged  string                    `json:"judged"` // skin that was found | photo, where none was | regions of the series
	Verdict string                    `json:"verdict"`
	Reasons []outcome.Reason          `json:"reasons"`
	Figures map[string]outcome.Number `json:"figures"`
	Card    checkedCard               `json:"card"`

	AtCamera *series.Judgement `json:"at_camera,omitempty"` // with --series
}

// checkedCard is what was found of a colour card.
type checkedCard struct {
	Found    bool                `json:"found"`
	Corners  [][2]outcome.Number `json:"corners"`
	Edition  string              `json:"edition"`
	MeanDE00 outcome.Number      `json:"mean_de00"`
	MaxDE00  outcome.Number      `json:"max_de00"`
	MMPerPx  outcome.Number      `json:"mm_per_px"`
	Warnings []string            `json:"warnings"`
}

func runCheck(ctx context.Context, t *terminal, files []string, opt checkOptions) error {
	if len(files) == 1 && isStudy(files[0]) {
		return checkStudy(ctx, t, files[0], opt)
	}
	camera, err := t.openSeries(ctx, opt.series, opt.maxMegapixels)
	if err != nil {
		return err
	}
	results := []checkedPhoto{}
	usable := 0
	for _, file := range files {
		p, err := openSource(ctx, file, opt.maxMegapixels)
		if errors.Is(err, context.Canceled) {
			return err
		}
		if err != nil {
			t.fail(err)
			continue
		}
		c := checkOne(p, camera)
		c.File = file
		if c.usable() {
			usable++
		}
		results = append(results, c)
	}
	if err := t.printChecks(results, opt.json); err != nil {
		return err
	}
	switch {
	case len(results) == 0:
		return errors.New("no photo could be opened")
	case usable < len(files):
		return errPartial
	}
	return nil
}

// openSeries prepares a series for photos at the camera; "" is no series.
func (t *terminal) openSeries(ctx context.Context, dir string, maxMegapixels float64) (*series.AtCamera, error) {
	if dir == "" {
		return nil, nil
	}
	if err := isFolder(dir); err != nil {
		return nil, err
	}
	photos, err := folder.Open(dir)
	if err != nil {
		return nil, err
	}
	defer photos.Close()
	camera, err := series.NewAtCamera(ctx, photos, series.Options{Limits: limits(maxMegapixels)})
	if err == nil && camera.RegionsGuessed() {
		t.hintRegions(dir)
	}
	return camera, inFolder(dir, err)
}

// usable reports whether the photo's numbers would count.
func (c checkedPhoto) usable() bool {
	return c.Verdict != outcome.Unusable && (c.AtCamera == nil || c.AtCamera.Alignment.Status != outcome.AlignFailed)
}

// checkOne judges a photo: against a series inside its regions, else where skin is found.
func checkOne(p *photo.Source, camera *series.AtCamera) checkedPhoto {
	f := calib.SearchFactor(p.W(), p.H())
	small := calib.Thin(p, f)
	var card calib.CardOptions
	if camera != nil {
		card = camera.Card()
	}
	out := checkedPhoto{Card: cardOf(p, small, card)}
	var q outcome.Quality
	if camera != nil {
		j := camera.Judge(p.Photo())
		q, out.AtCamera, out.Judged = j.Quality, &j, "regions"
	} else {
		skin := skinOf(small, f, p)
		if out.Judged = "photo"; len(skin) > 0 {
			out.Judged = "skin"
		}
		q = quality.OfPhoto(p, p.Meta, skin...)
	}
	if q.Reasons == nil {
		q.Reasons = []outcome.Reason{} // an empty list in JSON, not null
	}
	out.Verdict, out.Reasons, out.Figures = q.Verdict, q.Reasons, q.Figures
	return out
}

// leastSkin is the share of a photo from which the skin in it is its subject (project
// default); less may be wood or the brown patches of a card.
const leastSkin = 0.1

// skinOf is the skin that was found in a photo shrunken by f, or nothing, which means
// the whole photo.
func skinOf(small *raster.RGB, f int, p *photo.Source) []*roi.Mask {
	outline, found, err := roi.FindSkin(small)
	if err != nil || found.Share < leastSkin {
		return nil
	}
	for i, at := range outline { // pixel x of small is centred on f·x + (f−1)/2
		outline[i] = geom.Point{X: float64(f)*at.X + float64(f-1)/2, Y: float64(f)*at.Y + float64(f-1)/2}
	}
	return []*roi.Mask{roi.Fill(outline, p.W(), p.H())}
}

func cardOf(p *photo.Source, small *raster.RGB, opt calib.CardOptions) checkedCard {
	nan := outcome.NaN()
	out := checkedCard{Corners: [][2]outcome.Number{}, MeanDE00: nan, MaxDE00: nan, MMPerPx: nan, Warnings: []string{}}
	card, err := calib.FindCardIn(p, small, opt)
	if err != nil {
		if code := calib.WhyUnused(err); code != "" {
			out.Warnings = append(out.Warnings, code)
		}
		return out
	}
	out.Found, out.Edition = true, string(card.Edition)
	out.MeanDE00, out.MaxDE00, out.MMPerPx = outcome.Number(card.MeanDE00), outcome.Number(card.MaxDE00), outcome.Number(card.MMPerPx)
	out.Warnings = append(out.Warnings, card.Warnings...)
	for _, c := range card.Corners {
		out.Corners = append(out.Corners, [2]outcome.Number{outcome.Number(c.X), outcome.Number(c.Y)})
	}
	return out
}

func (t *terminal) printChecks(results []checkedPhoto, asJSON bool) error {
	if asJSON {
		return t.json(results)
	}
	for _, c := range results {
		if c.AtCamera != nil {
			t.printLights(c.File, c.AtCamera)
			continue
		}
		t.print("%-9s %s", c.Verdict, c.File)
		if c.Judged == "photo" {
			t.print("          No skin was found that fills a tenth of the photo: the whole photo was judged.")
		}
		for _, r := range c.Reasons {
			t.print("          %s Spoils %s. %s", r.Text, strings.Join(r.Spoils, ", "), r.Mend)
		}
		if c.Card.Found {
			t.print("          colour card: mean ΔE00 %s, largest %s", short(c.Card.MeanDE00), short(c.Card.MaxDE00))
		}
		for _, code := range c.Card.Warnings {
			t.print("          %s", strings.TrimSpace(outcome.WarningText(code)+" "+series.LightMend(code)))
		}
	}
	return nil
}

// printLights prints what a person beside the chair wants: the sentence first.
func (t *terminal) printLights(file string, j *series.Judgement) {
	advice := "Keep this photo."
	switch {
	case j.Retake != "":
		advice = j.Retake
	case slices.ContainsFunc(j.Lights, func(l series.TrafficLight) bool { return l.Colour != series.Green }):
		advice = "Keep this photo; another would show the same."
	}
	t.print("%s", file)
	t.print("  %s", advice)
	for i, l := range j.Lights {
		why := l.Why
		if first := slices.IndexFunc(j.Lights, func(o series.TrafficLight) bool { return o.Why == l.Why }); why != "" && first < i {
			why = "as for " + j.Lights[first].Of
		}
		t.print("  %s", strings.TrimRight(fmt.Sprintf("%-9s %-6s %s", l.Of, strings.ToUpper(l.Colour), why), " "))
	}
}
