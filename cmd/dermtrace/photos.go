package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"dermtrace/internal/folder"
	"dermtrace/internal/manifest"
	"dermtrace/internal/photo"
)

// openPhoto opens a photo named on the command line.
func openPhoto(ctx context.Context, path string, maxMegapixels float64) (*photo.Photo, error) {
	s, err := openSource(ctx, path, maxMegapixels)
	if err != nil {
		return nil, err
	}
	return s.Photo(), nil
}

// openSource is openPhoto without working out its light.
func openSource(ctx context.Context, path string, maxMegapixels float64) (*photo.Source, error) {
	target, err := filepath.EvalSymlinks(path) // a link that the user names may lead anywhere
	if err != nil {
		return nil, photoError(path, err)
	}
	dir, err := folder.Open(filepath.Dir(target))
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	p, err := photo.OpenSource(ctx, dir, filepath.Base(target), limits(maxMegapixels))
	if err != nil {
		return nil, photoError(path, err)
	}
	return p, nil
}

// inFolder names the folder in front of the files that a manifest's problems speak of.
func inFolder(dir string, err error) error {
	var problems manifest.Problems
	if !errors.As(err, &problems) {
		return err
	}
	said := slices.Clone(problems)
	for i, p := range said {
		said[i].File = filepath.Join(dir, filepath.FromSlash(p.File))
	}
	return said
}

// photoError names the file as the user did and turns the mend into the hint.
func photoError(path string, err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return withHint(fmt.Errorf("%s: no such file", path), "check the name")
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	problem, mend := photo.Advice(err)
	return withHint(fmt.Errorf("%s: %s", path, problem), mend)
}
