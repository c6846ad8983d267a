package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"dermtrace/internal/folder"
	"dermtrace/internal/geom"
	"dermtrace/internal/manifest"
	"dermtrace/internal/photo"
	"dermtrace/internal/regions"
	"dermtrace/internal/render"
	"dermtrace/internal/roi"
	"dermtrace/internal/series"

	"github.com/spf13/cobra"
)

func newRegions(t *terminal) *cobra.Command {
	var file, landmarks string
	var max float64
	cmd := &cobra.Command{
		Use:   "regions SERIES",
		Short: "Write a page to draw regions and scale on the frame photo",
		Long: `regions writes one HTML page around the frame photo of a series: open it in any
browser, also on a tablet without network, draw the treated skin, the control skin
and the ruler, and save regions.yaml into the folder of the photos. series.yaml
takes it in with the line

  regions: regions.yaml

Regions that are there already are shown and can be changed. Where none are drawn,
the skin that was found is proposed; it counts only when it is accepted.

With --landmarks the page shows the frame beside the photo of a visit that could not
be aligned: mark the same points of skin in both.`,
		Args: exactly(1, "the folder of a series"),
		RunE: func(cmd *cobra.Command, args []string) error {
			d := desk{dir: args[0], limits: limits(max)}
			return d.write(cmd.Context(), t, file, landmarks)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&file, "output", "o", "", "`HTML` file to write (default regions.html or landmarks.html, here)")
	f.StringVar(&landmarks, "landmarks", "", "`PHOTO` of a visit, to mark points in it and in the frame")
	limitFlag(cmd, &max)
	return cmd
}

// desk is a series that is prepared for drawing.
type desk struct {
	dir    string
	limits photo.Limits
	series *manifest.Series
	frame  *photo.Photo
}

func (d *desk) write(ctx context.Context, t *terminal, file, landmarks string) error {
	dir, err := folder.Open(d.dir)
	if err != nil {
		return withHint(err, "give the folder that holds the photos of one series")
	}
	defer dir.Close()
	if err := d.open(ctx, dir); err != nil {
		return inFolder(d.dir, err)
	}
	page := d.regionPage
	if landmarks != "" {
		page = func() (writer, error) { return d.landmarkPage(ctx, dir, landmarks) }
	}
	if file == "" {
		file = "regions.html"
		if landmarks != "" {
			file = "landmarks.html"
		}
	}
	p, err := page()
	if err != nil {
		return err
	}
	if err := folder.WriteFile(file, p.Write); err != nil {
		return err
	}
	t.print("%s", file)
	if landmarks == "" {
		t.say("open it in a browser, draw, and save regions.yaml into %s", d.dir)
	} else {
		t.say("open it in a browser, and mark points of skin that both photos show")
	}
	return nil
}

type writer interface{ Write(io.Writer) error }

// open reads the manifest and the photo that regions are drawn on.
func (d *desk) open(ctx context.Context, dir *folder.Input) error {
	files, err := series.List(ctx, dir, d.limits)
	if err != nil {
		return err
	}
	if d.series, err = manifest.Load(dir, files); err != nil {
		return err
	}
	var last error
	name, _, err := d.series.PickFrame(func(name string) bool {
		p, err := photo.Open(ctx, dir, name, d.limits)
		if err == nil {
			d.frame = p
			return true
		}
		last = photoError(filepath.Join(d.dir, name), err)
		return false
	})
	if err != nil && last != nil {
		return last
	}
	if err != nil {
		return err
	}
	w, h := d.frame.Width, d.frame.Height
	if err := regions.Resolve(dir, d.series, name, w, h); err != nil {
		return err
	}
	return d.series.CheckFrame(w, h)
}

func (d *desk) regionPage() (writer, error) {
	frame, err := shown(d.frame)
	if err != nil {
		return nil, err
	}
	p := regions.Page{Frame: frame, ROIs: d.series.ROIs, Scale: d.series.Scale, Included: d.series.RegionsFile,
		Inline: d.series.RegionsFile == "" && (len(d.series.ROIs) > 0 || d.series.Scale.MMPerPx > 0)}
	if len(p.ROIs) == 0 {
		if skin, _, err := roi.FindSkin(d.frame.Pixels); err == nil {
			p.Proposed = []geom.Polygon{skin}
		}
	}
	return p, nil
}

func (d *desk) landmarkPage(ctx context.Context, dir *folder.Input, name string) (writer, error) {
	name = filepath.ToSlash(name)
	if name == d.frame.File {
		return nil, usage(name+" is the frame photo itself", "name the photo that could not be aligned to it")
	}
	visit, err := photo.Open(ctx, dir, name, d.limits)
	if err != nil {
		return nil, photoError(filepath.Join(d.dir, name), err)
	}
	pairs, err := d.series.LandmarksOf(name, visit.Width, visit.Height)
	if err != nil {
		return nil, err
	}
	frame, err := shown(d.frame)
	if err != nil {
		return nil, err
	}
	other, err := shown(visit)
	if err != nil {
		return nil, err
	}
	return regions.LandmarkPage{Frame: frame, Visit: other, Pairs: pairs}, nil
}

// shownBytes lets a photo of 12 megapixels keep its fine detail.
const shownBytes = 24 << 20

// shown is a photo as people look at it: upright, at its full size, in sRGB.
func shown(p *photo.Photo) (regions.Photo, error) {
	img, err := render.Aligned(p.Pixels, geom.Identity(), render.WholeFrame(p.Width, p.Height),
		render.AlignedOptions{MaxPx: max(p.Width, p.Height), MaxBytes: shownBytes})
	if err != nil {
		return regions.Photo{}, fmt.Errorf("%s: %w", p.File, err)
	}
	return regions.Photo{File: p.File, Width: img.Width, Height: img.Height, MediaType: "image/jpeg", Bytes: img.Bytes}, nil
}
