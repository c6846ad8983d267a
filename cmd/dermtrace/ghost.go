package main

import (
	"context"
	"io"
	"path/filepath"
	"strings"

	"dermtrace/internal/folder"
	"dermtrace/internal/series"

	"github.com/spf13/cobra"
)

func newGhost(t *terminal) *cobra.Command {
	var output string
	var maxMegapixels float64
	cmd := &cobra.Command{
		Use:   "ghost SERIES -o FILE.png",
		Short: "Write the outline of a series' first photo, for framing the next shot",
		Long: `ghost writes a transparent PNG with the outline of the photo that the series'
regions are drawn on: the lines that an eye lines up, in white, and the regions in
their colours (treated solid, untreated skin and others dashed).

Lay it over the live picture of a camera program, or hold it beside the phone, and
move until skin and outline agree: same skin, same size, same angle.`,
		Args: exactly(1, "one folder of photos"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runGhost(cmd.Context(), t, args[0], output, maxMegapixels)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "`PNG` file to write")
	limitFlag(cmd, &maxMegapixels)
	return cmd
}

func runGhost(ctx context.Context, t *terminal, dir, output string, maxMegapixels float64) error {
	switch {
	case output == "":
		return usage("ghost needs a file to write", "add -o ghost.png")
	case !strings.EqualFold(filepath.Ext(output), ".png"):
		return usage(output+" is no PNG name", "give -o a name that ends in .png: the picture is transparent")
	}
	if err := isFolder(dir); err != nil {
		return err
	}
	photos, err := folder.Open(dir)
	if err != nil {
		return err
	}
	defer photos.Close()
	img, err := series.Ghost(ctx, photos, series.Options{Limits: limits(maxMegapixels)})
	if err != nil {
		return inFolder(dir, err)
	}
	if err := folder.WriteFile(output, func(w io.Writer) error { _, err := w.Write(img.Bytes); return err }); err != nil {
		return err
	}
	t.print("%s", output)
	return nil
}
