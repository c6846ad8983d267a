package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"dermtrace/internal/folder"
	"dermtrace/internal/manifest"
	"dermtrace/internal/series"
	"dermtrace/internal/study"
	"dermtrace/internal/study/source"

	"github.com/spf13/cobra"
)

func newInit(t *terminal) *cobra.Command {
	var maxMegapixels float64
	var flat bool
	cmd := &cobra.Command{
		Use:   "init DIR",
		Short: "Draft series.yaml for a folder of photos, or photos.csv for a study in one folder",
		Long: `init drafts series.yaml from the photos' names and headers. What it guessed is
marked with ?, and nothing runs while one remains: settle each, then analyze.

With --study, or where the names of the photos tell several subjects or sites, it drafts
photos.csv instead, which says for each photo whose it is, from where and when. Photos
whose names do not say whose they are, are put with those that they can be laid over.

An existing series.yaml or photos.csv is never overwritten.`,
		Args: exactly(1, "one folder of photos"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runInit(cmd.Context(), t, args[0], flat, maxMegapixels)
		},
	}
	cmd.Flags().BoolVar(&flat, "study", false, "the folder holds photos of several subjects, sites or views")
	limitFlag(cmd, &maxMegapixels)
	return cmd
}

func runInit(ctx context.Context, t *terminal, dir string, flat bool, maxMegapixels float64) error {
	if err := isFolder(dir); err != nil {
		return err
	}
	fsys, err := folder.Open(dir)
	if err != nil {
		return err
	}
	defer fsys.Close()
	for _, name := range []string{manifest.FileName, source.FlatFile} {
		path := filepath.Join(dir, name)
		if _, err := os.Lstat(path); err == nil && !(flat && name == manifest.FileName) {
			return withHint(fmt.Errorf("%s exists already", path), "edit it, or move it away to draft a new one")
		}
	}
	files, err := series.List(ctx, fsys, limits(maxMegapixels))
	if err != nil {
		return withHint(fileError(dir, err), "give the folder that holds the photos of one site")
	}
	if len(files) > 0 && (flat || study.Subjects(files) > 1) {
		d, err := study.Draft(ctx, fsys, files, limits(maxMegapixels))
		if err != nil {
			return withHint(fileError(dir, err), "give the folder that holds the photos")
		}
		return writeList(t, dir, d)
	}
	draft, err := manifest.Draft(fsys, files)
	if err != nil {
		return inFolder(dir, err)
	}
	path := filepath.Join(dir, manifest.FileName)
	if err := folder.WriteFile(path, func(w io.Writer) error { _, err := w.Write(draft); return err }); err != nil {
		return err
	}
	t.print("%s", path)
	t.say("%s; guesses marked ? in it: %d: settle each, then run 'dermtrace analyze %s -o DIR'", counted(len(files), "photo"), manifest.Guesses(draft), typed(dir))
	return nil
}

// writeList writes photos.csv for the photos of many series in one folder.
func writeList(t *terminal, dir string, d *study.Drafted) error {
	path := filepath.Join(dir, source.FlatFile)
	if err := folder.WriteFile(path, func(w io.Writer) error { _, err := w.Write(d.Text); return err }); err != nil {
		return err
	}
	t.print("%s", path)
	t.say("%s; lines with a guess marked ?: %d: settle each, then run 'dermtrace batch %s -o OUT'", counted(d.Photos, "photo"), d.Guesses, typed(dir))
	return nil
}
