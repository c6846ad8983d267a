package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"dermtrace/internal/photo"
)

// openPhoto opens a photo named on the command line.
func openPhoto(ctx context.Context, path string, maxMegapixels float64) (*photo.Photo, error) {
	p, err := photo.Open(ctx, os.DirFS(filepath.Dir(path)), filepath.Base(path), limits(maxMegapixels))
	if err != nil {
		return nil, photoError(path, err)
	}
	return p, nil
}

// photoError names the file as the user did and turns the mend into the hint.
func photoError(path string, err error) error {
	var format *photo.FormatError
	var unsupported *photo.UnsupportedError
	var limit *photo.LimitError
	switch {
	case errors.As(err, &format):
		return withHint(fmt.Errorf("%s: %s", path, format.Problem), format.Mend)
	case errors.As(err, &unsupported):
		return withHint(fmt.Errorf("%s: %s", path, unsupported.Problem), unsupported.Mend)
	case errors.As(err, &limit):
		return withHint(fmt.Errorf("%s: %s", path, limit.Problem), limit.Mend)
	case errors.Is(err, os.ErrNotExist):
		return withHint(fmt.Errorf("%s: no such file", path), "check the name")
	}
	return fileError(path, err)
}
