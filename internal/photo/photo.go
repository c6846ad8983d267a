// Package photo answers: what light did this file record, and how was it taken?
//
// [Open] reads one photo into planes of linear light on the sRGB primaries with white
// D65, 0 for black and 1 for the white of the file's encoding, as float32. The colour
// profile of the file is honoured; colours outside sRGB are kept, as values below 0 or
// above 1; 16 bits stay 16 bits. The picture stands upright: pixel (0, 0) is its
// top-left one, whatever the file's orientation. [Stat] reads only the header;
// [OpenSource] decodes the file and works out the light of those parts that are asked for.
//
// JPEG (not CMYK, lossless, arithmetic or 12-bit), PNG, TIFF (8 or 16 bits, chunky),
// WebP and HEIC (8 bits) are read; the first picture where there are several. All else
// is refused with a [FormatError] (the file is wrong), [UnsupportedError] (not read or
// not fit for measuring) or [LimitError] (too big), which name the file and the mend.
//
// A transparent pixel has no light of its own. Alpha is therefore ignored: stored
// colours are taken as they are, premultiplied ones are divided by their alpha first,
// and [Transparent] warns.
//
// Of the capture facts only those that matter for measuring are kept: no position, no
// serial number, no owner.
package photo

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"

	"dermtrace/internal/raster"
)

// Meta is what a file says about its photo. Zero values mean that it does not say.
type Meta struct {
	File          string
	Format        string // "JPEG", "PNG", "TIFF", "WebP" or "HEIC"
	SHA256        string // of the file, in hex; empty from Stat
	Bytes         int64
	Width, Height int    // in pixels, upright
	BitDepth      int    // per channel, as stored
	Lossy         bool   // the file keeps less than it was given: JPEG, HEIC and most WebP
	Orientation   int    // EXIF code 1 to 8 of the stored pixels; they stand upright here
	Profile       string // "sRGB", "Display P3", ..., "none (sRGB assumed)"

	Camera, Lens string
	FocalMM      float64
	ExposureS    float64
	FNumber      float64
	ISO          int
	Flash        string // "fired", "did not fire"
	WhiteBalance string // "auto", "manual"
	Taken        Taken
	JPEGQuality  int     // of the IJG scale, estimated; 0 for other formats
	CbStep       float64 // codes of Cb that the means of a JPEG's blocks lie apart; 0 for other formats, and for codes not of sRGB

	Warnings []string // codes; see [WarningText]
}

// Photo is a photo with its pixels.
type Photo struct {
	Meta
	Pixels *raster.RGB // linear light, sRGB primaries, D65
}

// Extensions of the formats that [Open] reads.
var extensions = []string{".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".webp", ".heic", ".heif", ".hif"}

// IsPhotoName reports whether a file of this name, in a folder, is to be taken for a
// photo: by its extension in either case; hidden files are none.
func IsPhotoName(name string) bool {
	base := path.Base(name)
	return !strings.HasPrefix(base, ".") && slices.Contains(extensions, strings.ToLower(path.Ext(base)))
}

// Stat reads what the header of a photo says, without its pixels. Warnings that only
// the pixels show ([Transparent]) and the SHA256 are missing.
func Stat(ctx context.Context, fsys fs.FS, name string, lim Limits) (Meta, error) {
	w, h, err := open(ctx, fsys, name, lim.withDefaults())
	if err != nil {
		return Meta{}, err
	}
	w.close()
	return h.meta(name, w.size), nil
}

// Open reads a photo. Its errors are a [FormatError], [UnsupportedError] or
// [LimitError], an error of fsys, or that of ctx.
func Open(ctx context.Context, fsys fs.FS, name string, lim Limits) (*Photo, error) {
	s, err := OpenSource(ctx, fsys, name, lim)
	if err != nil {
		return nil, err
	}
	return s.Photo(), nil
}

// open opens a file and reads its header.
func open(ctx context.Context, fsys fs.FS, name string, lim Limits) (*window, *header, error) {
	w, err := openWindow(ctx, fsys, name, lim)
	if err != nil {
		return nil, nil, named(err, name, "")
	}
	h, err := readHeader(w)
	if err == nil {
		err = lim.check(h)
	}
	if err != nil {
		w.close()
		return nil, nil, named(err, name, h.format)
	}
	return w, h, nil
}
