package study

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"

	"dermtrace/internal/manifest"
	"dermtrace/internal/outcome"
	"dermtrace/internal/photo"
	"dermtrace/internal/skin"
	"dermtrace/internal/study/source"
)

// inputsOf hashes every file that the result of a series can rest on: its photos, those
// in folders below that its manifest names, the manifest, and what regions are drawn in. It also gives the pixels of
// the largest photo, in millions, for the bound on memory.
func inputsOf(ctx context.Context, fsys fs.FS, s source.Series, lim photo.Limits) ([]input, float64, error) {
	names := slices.Clone(s.Files)
	if s.Flat() {
		names = append(names, manifest.FileName)
	}
	var drawings []string
	if _, m, err := load(ctx, fsys, lim); err == nil { // what is wrong, the pipeline will say
		drawings = m.Drawings()
		names = append(names, namedBy(m)...)
	}
	slices.Sort(names)
	var list []input
	var largest float64
	for _, name := range slices.Compact(names) {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		in := input{File: name, Drawn: slices.Contains(drawings, name)}
		if sum, n, err := hashFile(fsys, name); err == nil {
			in.SHA256, in.Bytes = sum, n
		}
		list = append(list, in)
		if meta, err := photo.Stat(ctx, fsys, name, lim); err == nil {
			largest = max(largest, float64(meta.Width)*float64(meta.Height)/1e6)
		}
	}
	return list, largest, nil
}

func hashFile(fsys fs.FS, name string) (sum string, size int64, err error) {
	f, err := fsys.Open(name)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	if size, err = io.Copy(h, f); err != nil {
		return "", 0, err
	}
	return hex.EncodeToString(h.Sum(nil)), size, nil
}

// keyOf says what a result rests on: the files, the settings, the version of each index
// and that of the program. Results under the same key are the same bytes.
func keyOf(s source.Series, inputs []input, opt Options) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%q %q\n%+v\n", foundSchema, s.ID, s.Name, opt.Software)
	fmt.Fprintf(h, "%+v\n%+v\n%+v\n", outcome.DefaultSettings(), opt.Limits, opt.Noise)
	definitions := skin.Definitions()
	for _, name := range slices.Sorted(maps.Keys(definitions)) {
		fmt.Fprintf(h, "%s %d\n", name, definitions[name].Version)
	}
	for _, in := range inputs {
		fmt.Fprintf(h, "%q %s %d\n", in.File, in.SHA256, in.Bytes)
	}
	return hex.EncodeToString(h.Sum(nil))
}
