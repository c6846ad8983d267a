package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"dermtrace/internal/folder"
	"dermtrace/internal/manifest"
	"dermtrace/internal/series"

	"github.com/spf13/cobra"
)

func newInit(t *terminal) *cobra.Command {
	var maxMegapixels float64
	cmd := &cobra.Command{
		Use:   "init DIR",
		Short: "Draft series.yaml for a folder of photos",
		Long: `init drafts series.yaml from the photos' names and headers. What it guessed is
marked with ?, and nothing runs while one remains: settle each, then analyze.

An existing series.yaml is never overwritten.`,
		Args: exactly(1, "one folder of photos"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runInit(cmd.Context(), t, args[0], maxMegapixels)
		},
	}
	limitFlag(cmd, &maxMegapixels)
	return cmd
}

func runInit(ctx context.Context, t *terminal, dir string, maxMegapixels float64) error {
	if err := isFolder(dir); err != nil {
		return err
	}
	path := filepath.Join(dir, manifest.FileName)
	if _, err := os.Lstat(path); err == nil {
		return withHint(fmt.Errorf("%s exists already", path), "edit it, or move it away to draft a new one")
	}
	fsys, err := folder.Open(dir)
	if err != nil {
		return err
	}
	defer fsys.Close()
	files, err := series.List(ctx, fsys, limits(maxMegapixels))
	if err != nil {
		return withHint(fileError(dir, err), "give the folder that holds the photos of one site")
	}
	draft, err := manifest.Draft(fsys, files)
	if err != nil {
		return err
	}
	if err := folder.WriteFile(path, func(w io.Writer) error { _, err := w.Write(draft); return err }); err != nil {
		return err
	}
	t.print("%s", path)
	t.say("%d photos; %d guesses are marked ? in it: settle each, then run 'dermtrace analyze %s -o DIR'",
		len(files), bytes.Count(draft, []byte("?")), dir)
	return nil
}
