package regions

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"path"
	"strings"
	"unicode/utf16"

	"dermtrace/internal/geom"
)

// The ImageJ region format (ij.io.RoiDecoder, public domain): big-endian, a header of 64
// bytes, the coordinates, a second header.
const (
	ijMagic      = "Iout"
	ijHeader     = 64
	ijPolygon    = 0
	ijRectangle  = 1
	ijOval       = 2
	ijFreehand   = 7
	ijTraced     = 8
	ijSplineFit  = 1   // option: a curve is laid through the points
	ijSubPixel   = 128 // option: float coordinates follow
	ijFloatsFrom = 222 // version that has them
	ijBoxesFrom  = 223 // version that has them for rectangles and ovals
	ijNamesFrom  = 217 // version that may have a second header
)

// ijOther names the selections that enclose nothing.
var ijOther = map[byte]string{3: "a line", 4: "a freehand line", 5: "a segmented line", 6: "no selection", 9: "an angle", 10: "points"}

// ijSubtypes are selections that are stored as another type but are none of a region.
var ijSubtypes = map[uint16]string{1: "a text", 2: "an arrow", 4: "an image"}

// ovalSides is the number of sides that stand for an oval: of one 4000 pixels wide they
// stray from it by 2000·(1 − cos(π/720)) = 0.02 pixels.
const ovalSides = 720

// readImageJ reads one .roi file; name stands in where the file has none.
func readImageJ(data []byte, name string) (drawing, error) {
	if len(data) < ijHeader || string(data[:4]) != ijMagic {
		return drawing{}, refuse("this is no ImageJ region", "save it in ImageJ with File > Save As > Selection")
	}
	f := ijFile{data}
	kind, subtype, options := data[6], f.u16(48), f.u16(50)
	if what := ijOther[kind]; what != "" {
		return drawing{}, refuse("the ImageJ selection is %s, which encloses nothing", "draw a polygon, a freehand selection, a rectangle or an oval", what)
	}
	if what := ijSubtypes[subtype]; what != "" {
		return drawing{}, refuse("the ImageJ selection is %s", "draw a polygon, a freehand selection, a rectangle or an oval", what)
	}
	if n := f.name(); n != "" {
		name = n
	}
	var g geom.Polygon
	var err error
	switch {
	case f.u32(36) > 0:
		err = refuse("the ImageJ selection is composite", "split it in the ROI Manager (More > Split), and give the pieces one label")
	case kind == ijRectangle && f.u16(54) > 0:
		err = refuse("the ImageJ rectangle has rounded corners", "set its arc size to 0, or draw a polygon")
	case kind == ijRectangle:
		g = f.rectangle()
	case kind == ijOval:
		g = f.oval()
	case kind != ijPolygon && kind != ijFreehand && kind != ijTraced:
		err = refuse("the ImageJ selection is of the unknown type %d", "draw a polygon, a freehand selection, a rectangle or an oval", kind)
	case options&ijSplineFit != 0:
		err = refuse("a curve is fitted to the points of this ImageJ selection", "turn the spline off (Edit > Selection > Properties), or use Edit > Selection > Interpolate")
	default:
		g, err = f.points(options)
	}
	return drawing{shapes: []shape{{label: name, rings: []geom.Polygon{g}}}}, err
}

// ijFile reads numbers; those beyond the end are 0.
type ijFile struct{ data []byte }

func (f ijFile) u16(at int) uint16 {
	if at < 0 || at+2 > len(f.data) {
		return 0
	}
	return binary.BigEndian.Uint16(f.data[at:])
}

func (f ijFile) i16(at int) float64 { return float64(int16(f.u16(at))) }

func (f ijFile) u32(at int) uint32 { return uint32(f.u16(at))<<16 | uint32(f.u16(at+2)) }

func (f ijFile) f32(at int) float64 { return float64(math.Float32frombits(f.u32(at))) }

// box is the bounding box, in pixels from the corner: x, y, width, height.
func (f ijFile) box() (x, y, w, h float64) {
	if f.u16(50)&ijSubPixel != 0 && f.u16(4) >= ijBoxesFrom {
		return f.f32(18), f.f32(22), f.f32(26), f.f32(30)
	}
	return f.i16(10), f.i16(8), f.i16(14) - f.i16(10), f.i16(12) - f.i16(8)
}

func (f ijFile) rectangle() geom.Polygon {
	x, y, w, h := f.box()
	return geom.Polygon{fromCorner(x, y), fromCorner(x+w, y), fromCorner(x+w, y+h), fromCorner(x, y+h)}
}

func (f ijFile) oval() geom.Polygon {
	x, y, w, h := f.box()
	return oval(x+w/2, y+h/2, w/2, h/2)
}

// oval is an ellipse about (cx, cy), counted from the corner.
func oval(cx, cy, rx, ry float64) geom.Polygon {
	g := make(geom.Polygon, ovalSides)
	for i := range g {
		a := 2 * math.Pi * float64(i) / ovalSides
		g[i] = fromCorner(cx+rx*math.Cos(a), cy+ry*math.Sin(a))
	}
	return g
}

// points reads the corners: whole pixels from the box's corner or, if they follow, floats
// from the picture's.
func (f ijFile) points(options uint16) (geom.Polygon, error) {
	n := int(f.u16(16))
	if n == 0 {
		n = int(min(f.u32(18), maxPoints+1)) // where two bytes do not hold it
	}
	floats := options&ijSubPixel != 0 && f.u16(4) >= ijFloatsFrom
	bytes := 4 * n
	if floats {
		bytes *= 3
	}
	if n > maxPoints || len(f.data) < ijHeader+bytes {
		return nil, refuse("the ImageJ region ends early: it announces %d points", "save it again", n)
	}
	left, top := f.i16(10), f.i16(8)
	g := make(geom.Polygon, n)
	for i := range g {
		if floats {
			at := ijHeader + 4*n + 4*i
			g[i] = fromCorner(f.f32(at), f.f32(at+4*n))
			continue
		}
		at := ijHeader + 2*i
		g[i] = fromCorner(left+f.i16(at), top+f.i16(at+2*n))
	}
	return g, nil
}

// name is the region's own, "" for none.
func (f ijFile) name() string {
	at := int(f.u32(60))
	if f.u16(4) < ijNamesFrom || at < ijHeader || at > len(f.data)-24 {
		return ""
	}
	from, n := int(f.u32(at+16)), int(f.u32(at+20))
	if from < ijHeader || n <= 0 || n > 1000 || from > len(f.data)-2*n {
		return ""
	}
	letters := make([]uint16, n)
	for i := range letters {
		letters[i] = f.u16(from + 2*i)
	}
	return string(utf16.Decode(letters))
}

// Bounds on an archive, so that a small file cannot unpack without end.
const (
	maxEntries    = maxShapes
	maxEntryBytes = 4 << 20 // 200 000 points take 2.4 MB
	maxTotalBytes = 32 << 20
)

// readRoiSet reads the archive of ImageJ's ROI Manager. Entries of other names are left
// alone.
func readRoiSet(data []byte) (drawing, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return drawing{}, refuse("this is no ZIP archive (%v)", "save it in ImageJ's ROI Manager with More > Save", err)
	}
	if len(z.File) > maxEntries {
		return drawing{}, refuse("the archive has %d entries", "save only the regions that are meant", len(z.File))
	}
	var d drawing
	total := 0
	for _, e := range z.File {
		if !strings.EqualFold(path.Ext(e.Name), ".roi") {
			continue
		}
		text, err := unpack(e)
		if total += len(text); err == nil && total > maxTotalBytes {
			err = refuse("the archive unpacks to more than %d MiB", "save only the regions that are meant", maxTotalBytes>>20)
		}
		if err != nil {
			return drawing{}, err
		}
		base := path.Base(e.Name)
		one, err := readImageJ(text, strings.TrimSuffix(base, path.Ext(base)))
		if err != nil {
			one = drawing{shapes: []shape{{label: base, broken: err}}}
		}
		d.shapes = append(d.shapes, one.shapes...)
	}
	return d, nil
}

// unpack reads one entry of at most maxEntryBytes, whatever the archive says of it.
func unpack(e *zip.File) ([]byte, error) {
	r, err := e.Open()
	if err != nil {
		return nil, refuse("the entry %q cannot be read (%v)", "save the archive again", clean(e.Name), err)
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, maxEntryBytes+1))
	switch {
	case err != nil:
		return nil, refuse("the entry %q is damaged (%v)", "save the archive again", clean(e.Name), err)
	case len(text) > maxEntryBytes:
		return nil, refuse("the entry %q is larger than %d MiB", "draw it with fewer points", clean(e.Name), maxEntryBytes>>20)
	}
	return text, nil
}
