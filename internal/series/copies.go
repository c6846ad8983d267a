package series

import (
	"crypto/sha256"
	"io"
	"io/fs"

	"dermtrace/internal/manifest"
)

// copiesOf says of photos with the bytes of another one of their visit which that is: it would
// pass for a repeat without noise. With the bytes of another visit's photo one is measured, and
// told ([analysis.warnOfMixture]). A frame photo that is named is no copy of another.
func copiesOf(fsys fs.FS, m *manifest.Series) map[string]string {
	copies := map[string]string{}
	for _, v := range m.Visits {
		bySize := map[int64][]string{} // only files of one size are read
		for _, p := range v.Photos {
			info, err := fs.Stat(fsys, p.File)
			if err != nil || !p.Use || !info.Mode().IsRegular() || info.Size() == 0 {
				continue // whoever opens it says why
			}
			files := append(bySize[info.Size()], p.File)
			if last := len(files) - 1; p.File == m.Frame {
				files[0], files[last] = files[last], files[0]
			}
			bySize[info.Size()] = files
		}
		for _, files := range bySize {
			if len(files) > 1 {
				markCopies(copies, fsys, files)
			}
		}
	}
	return copies
}

// markCopies says of the files with the bytes of an earlier one which that is.
func markCopies(copies map[string]string, fsys fs.FS, files []string) {
	first := map[[sha256.Size]byte]string{}
	for _, file := range files {
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
