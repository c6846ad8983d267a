package series

import (
	"crypto/sha256"
	"io"
	"io/fs"

	"dermtrace/internal/manifest"
)

// copiesOf says of photos with the bytes of an earlier one which that is. A file that was copied
// is no second photo: in its own visit it would pass for a repeat without noise, in another for
// skin that did not change. A frame photo that is named is no copy of another. Only files of one size are read.
func copiesOf(fsys fs.FS, m *manifest.Series) map[string]string {
	order := []string{m.Frame}
	for _, v := range m.Visits {
		for _, p := range v.Photos {
			if p.Use && p.File != m.Frame {
				order = append(order, p.File)
			}
		}
	}
	bySize := map[int64][]string{}
	for _, file := range order {
		if info, err := fs.Stat(fsys, file); err == nil && info.Mode().IsRegular() && info.Size() > 0 {
			bySize[info.Size()] = append(bySize[info.Size()], file)
		}
	}
	copies := map[string]string{}
	for _, files := range bySize {
		first := map[[sha256.Size]byte]string{}
		for _, file := range files {
			if len(files) == 1 {
				break
			}
			sum, err := sumOf(fsys, file)
			if err != nil {
				continue // whoever opens it says why
			}
			if of := first[sum]; of != "" {
				copies[file] = of
			} else {
				first[sum] = file
			}
		}
	}
	return copies
}

func sumOf(fsys fs.FS, file string) (sum [sha256.Size]byte, err error) {
	f, err := fsys.Open(file)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return [sha256.Size]byte(h.Sum(nil)), err
}
