package photo

import (
	"bytes"
	"strings"
)

// header is what stands in a file beside its pixels.
type header struct {
	format        string
	width, height int // as stored
	depth         int
	alpha         bool
	frames        int
	lossy         bool
	quality       int
	cbStep        float64

	exif     []byte  // the EXIF block
	exifDir  *ifd    // or, in a TIFF, the directory that is one
	inner    *span64 // where the first frame of an animated WebP stands
	upright  bool    // the decoder rotates by itself: EXIF's orientation is not applied
	turned   int     // the orientation that it applies
	icc      []byte  // the ICC profile
	iccBad   bool    // a profile is announced but not all there
	cicp     *cicp   // colour as code points
	chroma   *chromaticity
	assert   string // "sRGB" where the file says so without a profile
	coding   ycc    // how Y, Cb and Cr make R, G and B
	warnings []string

	facts  exifFacts
	colour colourSpace
}

// span64 is a part [from, to) of a file.
type span64 struct{ from, to int64 }

// format is one kind of file: how it begins, how its header is read.
type format struct {
	name  string
	magic func(head []byte) bool
	read  func(w *window, h *header) error
}

// The formats that are read, in the order in which they are tried.
var formats = []format{
	{"JPEG", func(b []byte) bool { return bytes.HasPrefix(b, []byte("\xff\xd8\xff")) }, readJPEG},
	{"PNG", func(b []byte) bool { return bytes.HasPrefix(b, []byte(pngMagic)) }, readPNG},
	{"TIFF", isTIFF, readTIFF},
	{"HEIC", isHEIC, readHEIC},
	{"WebP", func(b []byte) bool { return isRIFF(b, "WEBP") }, readWebP},
}

// headLength is what the magic functions see of a file, or less of a shorter one.
const headLength = 64

// readHeader tells the format and reads the header. The header that it returns is
// never nil and names the format as far as it is known.
func readHeader(w *window) (*header, error) {
	h := &header{turned: 1, frames: 1, coding: jfif}
	head, ok := w.slice(0, min(headLength, w.size))
	if !ok {
		return h, w.problem()
	}
	for _, f := range formats {
		if !f.magic(head) {
			continue
		}
		h.format = f.name
		if err := f.read(w, h); err != nil {
			if w.err != nil {
				return h, w.problem()
			}
			return h, err
		}
		h.settle()
		return h, nil
	}
	h.format = otherFormat(head)
	if h.format == "" {
		return h, &FormatError{Problem: "is no picture, or one of an unknown kind", Mend: mendExport}
	}
	return h, unsupported("this format is not read", mendExport)
}

// settle draws the conclusions from what was read.
func (h *header) settle() {
	h.facts = readExif(h.exif)
	if h.exifDir != nil {
		h.facts.read(h.exifDir)
	}
	if h.facts.damaged {
		h.warnings = add(h.warnings, ExifUnreadable)
	}
	if h.upright {
		h.facts.rotation = h.turned
	}
	if h.frames > 1 {
		h.warnings = add(h.warnings, FirstOfSeveral)
	}
	var codes []string
	h.colour, codes = h.resolveColour()
	h.warnings = add(h.warnings, codes...)
}

// meta is the header as callers see it.
func (h *header) meta(name string, size int64) Meta {
	m := h.facts.Meta
	m.File, m.Format, m.Bytes = name, h.format, size
	m.BitDepth, m.Lossy, m.Profile, m.JPEGQuality = h.depth, h.lossy, h.colour.name, h.quality
	if h.colour.name == nameSRGB || h.colour.name == nameAssumed {
		m.CbStep = h.cbStep
	}
	m.Orientation = h.facts.rotation
	m.Width, m.Height = h.width, h.height
	if swapsSides(m.Orientation) {
		m.Width, m.Height = h.height, h.width
	}
	m.Warnings = append([]string(nil), h.warnings...)
	return m
}

// rotation is the orientation that is still to be applied to the decoded pixels.
func (h *header) rotation() int {
	if h.upright {
		return 1
	}
	return h.facts.rotation
}

func isRIFF(b []byte, kind string) bool {
	return len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == kind
}

// otherFormat names formats that are known but not read, by their first bytes.
func otherFormat(b []byte) string {
	for _, f := range []struct{ magic, name string }{
		{"GIF8", "GIF"}, {"BM", "BMP"}, {"8BPS", "Photoshop"}, {"%PDF", "PDF"},
		{"\xff\x0a", "JPEG XL"}, {"\x00\x00\x00\x0cJXL ", "JPEG XL"},
		{"\x00\x00\x00\x0cjP  ", "JPEG 2000"}, {"\xff\x4f\xff\x51", "JPEG 2000"},
		{"FUJIFILMCCD-RAW", "camera raw"}, {"IIU\x00", "camera raw"}, {"IIRO", "camera raw"},
		{"MMOR", "camera raw"}, {"FOVb", "camera raw"}, {"II+\x00", "BigTIFF"}, {"MM\x00+", "BigTIFF"},
		{"P1", "PNM"}, {"P2", "PNM"}, {"P3", "PNM"}, {"P4", "PNM"}, {"P5", "PNM"}, {"P6", "PNM"}, {"P7", "PNM"},
		{"DDS ", "DDS"}, {"v/1\x01", "OpenEXR"}, {"#?RADIANCE", "Radiance HDR"}, {"\x00\x00\x01\x00", "Windows icon"},
	} {
		if strings.HasPrefix(string(b), f.magic) {
			return f.name
		}
	}
	if len(b) >= 132 && string(b[128:132]) == "DICM" {
		return "DICOM"
	}
	if brand := isoBrand(b); brand != "" {
		return isoFormat(brand)
	}
	return ""
}
