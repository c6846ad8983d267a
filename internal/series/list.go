package series

import (
	"context"
	"io/fs"

	"dermtrace/internal/manifest"
	"dermtrace/internal/photo"
)

// List finds the photos in the root of fsys and reads what their headers say. A
// photo whose header cannot be read is listed without a time; opening it will say
// what is wrong. Photos in folders below count only where series.yaml names them.
func List(ctx context.Context, fsys fs.FS, lim photo.Limits) ([]manifest.File, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	var files []manifest.File
	for _, e := range entries {
		if e.IsDir() || !photo.IsPhotoName(e.Name()) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f := manifest.File{Name: e.Name()}
		if meta, err := photo.Stat(ctx, fsys, e.Name(), lim); err == nil {
			f.Taken, f.HasZone = meta.Taken.Time, meta.Taken.ZoneKnown
		}
		files = append(files, f)
	}
	return files, nil
}

// readManifest lists the photos and reads what the user says of them.
func (a *analysis) readManifest(ctx context.Context) error {
	files, err := List(ctx, a.fsys, a.opt.Limits)
	if err != nil {
		return err
	}
	if a.manifest, err = manifest.Load(a.fsys, files); err != nil {
		return err
	}
	a.copies = copiesOf(a.fsys, a.manifest)
	a.notices = append(a.notices, notices(a.manifest.Warnings)...)
	return nil
}
