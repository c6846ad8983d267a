package main

import (
	"context"
	"errors"
	"strings"

	"dermtrace/internal/calib"
	"dermtrace/internal/outcome"
	"dermtrace/internal/photo"
	"dermtrace/internal/quality"
	"dermtrace/internal/raster"
	"dermtrace/internal/roi"

	"github.com/spf13/cobra"
)

func newCheck(t *terminal) *cobra.Command {
	var asJSON bool
	var maxMegapixels float64
	cmd := &cobra.Command{
		Use:   "check PHOTO...",
		Short: "Is a photo fit to measure? Reasons and mends",
		Long: `check judges each photo: focus, exposure, glare, noise, size, compression, and the
colour card if one is in the picture. It looks at the skin that it finds, or at the
whole photo where it finds none.

Exit status: 0 done, 1 no photo could be opened, 2 wrong use, 3 some could not be
opened or are unusable.`,
		Args: atLeastOne("one photo or more"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runCheck(cmd.Context(), t, args, maxMegapixels, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	limitFlag(cmd, &maxMegapixels)
	return cmd
}

// checkedPhoto is one entry of check --json.
type checkedPhoto struct {
	File    string                    `json:"file"`
	Verdict string                    `json:"verdict"`
	Reasons []outcome.Reason          `json:"reasons"`
	Figures map[string]outcome.Number `json:"figures"`
	Card    checkedCard               `json:"card"`
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

func runCheck(ctx context.Context, t *terminal, files []string, maxMegapixels float64, asJSON bool) error {
	results := []checkedPhoto{}
	usable := 0
	for _, file := range files {
		p, err := openPhoto(ctx, file, maxMegapixels)
		if errors.Is(err, context.Canceled) {
			return err
		}
		if err != nil {
			t.fail(err)
			continue
		}
		c := checkOne(p)
		c.File = file
		if c.Verdict != outcome.Unusable {
			usable++
		}
		results = append(results, c)
	}
	if err := t.printChecks(results, asJSON); err != nil {
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

func checkOne(p *photo.Photo) checkedPhoto {
	q := quality.OfPhoto(p.Pixels, p.Meta, skinOf(p.Pixels)...)
	if q.Reasons == nil {
		q.Reasons = []outcome.Reason{} // an empty list in JSON, not null
	}
	return checkedPhoto{Verdict: q.Verdict, Reasons: q.Reasons, Figures: q.Figures, Card: cardOf(p.Pixels)}
}

// leastSkin is the share of a photo from which the skin in it is its subject (project
// default); less may be wood or the brown patches of a card.
const leastSkin = 0.1

// skinOf is the skin that was found, or nothing, which means the whole photo.
func skinOf(rgb *raster.RGB) []*roi.Mask {
	outline, found, err := roi.FindSkin(rgb)
	if err != nil || found.Share < leastSkin {
		return nil
	}
	return []*roi.Mask{roi.Fill(outline, rgb.W(), rgb.H())}
}

func cardOf(rgb *raster.RGB) checkedCard {
	nan := outcome.NaN()
	out := checkedCard{Corners: [][2]outcome.Number{}, MeanDE00: nan, MaxDE00: nan, MMPerPx: nan, Warnings: []string{}}
	card, err := calib.FindCard(rgb, calib.CardOptions{})
	if err != nil {
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
		t.print("%-9s %s", c.Verdict, c.File)
		for _, r := range c.Reasons {
			t.print("          %s Spoils %s. %s", r.Text, strings.Join(r.Spoils, ", "), r.Mend)
		}
		if c.Card.Found {
			t.print("          colour card: mean ΔE00 %s, largest %s", short(c.Card.MeanDE00), short(c.Card.MaxDE00))
		}
	}
	return nil
}
