package regions

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"

	"dermtrace/internal/geom"
	"dermtrace/internal/manifest"
	"dermtrace/internal/roi"
)

const frameW, frameH = 120, 90

// outlines are drawn by every tool, in pixels from the corner, as those tools count.
var outlines = map[string]geom.Polygon{
	"rectangle": {{X: 20, Y: 22}, {X: 80, Y: 22}, {X: 80, Y: 70}, {X: 20, Y: 70}},
	"slanted":   {{X: 11, Y: 9}, {X: 93, Y: 25}, {X: 71, Y: 80}, {X: 40, Y: 41}, {X: 15, Y: 77}},
	"outside":   {{X: -9, Y: -7}, {X: 140, Y: 20}, {X: 60, Y: 100}},
}

// typed is the same polygon as a person types it, from the centre of the first pixel.
func typed(g geom.Polygon) geom.Polygon {
	out := make(geom.Polygon, len(g))
	for i, p := range g {
		out[i] = geom.Point{X: p.X - 0.5, Y: p.Y - 0.5}
	}
	return out
}

// ijRoi writes an ImageJ region by the documented layout.
type ijRoi struct {
	kind             byte
	subtype, options uint16
	name             string
	at               [4]int16 // top, left, bottom, right
	points           geom.Polygon
	floats           bool
	box              [4]float32 // x, y, w, h of a sub-pixel rectangle or oval
	composite        uint32
}

func (r ijRoi) bytes() []byte {
	b := make([]byte, ijHeader)
	copy(b, ijMagic)
	binary.BigEndian.PutUint16(b[4:], 228)
	b[6] = r.kind
	if r.floats {
		r.options |= ijSubPixel
	}
	lo, hi := r.points.Bounds()
	if len(r.points) > 0 {
		r.at = [4]int16{int16(math.Floor(lo.Y)), int16(math.Floor(lo.X)), int16(math.Ceil(hi.Y)), int16(math.Ceil(hi.X))}
	}
	for i, v := range r.at {
		binary.BigEndian.PutUint16(b[8+2*i:], uint16(v))
	}
	binary.BigEndian.PutUint16(b[16:], uint16(len(r.points)))
	for i, v := range r.box {
		binary.BigEndian.PutUint32(b[18+4*i:], math.Float32bits(v))
	}
	binary.BigEndian.PutUint32(b[36:], r.composite)
	binary.BigEndian.PutUint16(b[48:], r.subtype)
	binary.BigEndian.PutUint16(b[50:], r.options)
	whole := func(v float64, from int16) { b = binary.BigEndian.AppendUint16(b, uint16(int16(math.Round(v))-from)) }
	for _, p := range r.points {
		whole(p.X, r.at[1])
	}
	for _, p := range r.points {
		whole(p.Y, r.at[0])
	}
	if r.floats {
		for _, p := range r.points {
			b = binary.BigEndian.AppendUint32(b, math.Float32bits(float32(p.X)))
		}
		for _, p := range r.points {
			b = binary.BigEndian.AppendUint32(b, math.Float32bits(float32(p.Y)))
		}
	}
	if r.name != "" {
		at := len(b)
		binary.BigEndian.PutUint32(b[60:], uint32(at))
		b = append(b, make([]byte, 64)...)
		letters := utf16.Encode([]rune(r.name))
		binary.BigEndian.PutUint32(b[at+16:], uint32(at+64))
		binary.BigEndian.PutUint32(b[at+20:], uint32(len(letters)))
		for _, c := range letters {
			b = binary.BigEndian.AppendUint16(b, c)
		}
	}
	return b
}

func zipped(entries map[string][]byte, order ...string) []byte {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, name := range order {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(entries[name])
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return buf.Bytes()
}

func asJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

type object map[string]any

func labelMeOf(label, kind string, points ...[2]float64) object {
	return object{"label": label, "shape_type": kind, "points": points, "group_id": nil, "flags": object{}}
}

func labelMeFile(shapes ...object) []byte {
	return asJSON(object{"version": "5.4.1", "flags": object{}, "shapes": shapes, "imagePath": "a.jpg", "imageData": nil, "imageHeight": frameH, "imageWidth": frameW})
}

func pairsOf(g geom.Polygon) (list [][2]float64, flat []float64) {
	for _, p := range g {
		list = append(list, [2]float64{p.X, p.Y})
		flat = append(flat, p.X, p.Y)
	}
	return list, flat
}

func cocoFile(segmentations ...any) []byte {
	var list []object
	for i, s := range segmentations {
		list = append(list, object{"id": i + 1, "image_id": 7, "category_id": 3, "segmentation": s, "iscrowd": 0})
	}
	list = append(list, object{"id": 99, "image_id": 8, "category_id": 3, "segmentation": [][]float64{{0, 0, 5, 0, 5, 5}}})
	return asJSON(object{
		"images":     []object{{"id": 8, "file_name": "b.jpg", "width": 9, "height": 9}, {"id": 7, "file_name": "images/a.jpg", "width": frameW, "height": frameH}},
		"categories": []object{{"id": 3, "name": "treated"}}, "annotations": list,
	})
}

func painted(m *roi.Mask, w, h int) []byte {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			if m.Contains(x, y) {
				img.SetGray(x, y, color.Gray{Y: 1})
			}
		}
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		panic(err)
	}
	return buf.Bytes()
}

// runs are the run lengths of a mask down its columns.
func runs(m *roi.Mask) object {
	var counts []int
	n, in := 0, false
	for x := range frameW {
		for y := range frameH {
			if m.Contains(x, y) != in {
				counts, n, in = append(counts, n), 0, !in
			}
			n++
		}
	}
	return object{"size": [2]int{frameH, frameW}, "counts": append(counts, n)}
}

func readAs(name string, data []byte, label string) (geom.Polygon, error) {
	return read(fstest.MapFS{name: {Data: data}}, name, label, target{"a.jpg", frameW, frameH})
}

func sameMask(t *testing.T, what string, got geom.Polygon, err error, want *roi.Mask) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	m := roi.Fill(got, frameW, frameH)
	for y := range frameH {
		for x := range frameW {
			if m.Contains(x, y) != want.Contains(x, y) {
				t.Errorf("%s: pixel %d,%d is in: %v", what, x, y, m.Contains(x, y))
				return
			}
		}
	}
}

// Every tool's file gives the same mask as the same polygon typed.
func TestEveryFormatGivesTheTypedMask(t *testing.T) {
	for name, g := range outlines {
		want := roi.Fill(typed(g), frameW, frameH)
		list, flat := pairsOf(g)
		entries := map[string][]byte{"0001.roi": ijRoi{points: g, name: "treated"}.bytes(), "0002.roi": ijRoi{kind: ijTraced, points: outlines["rectangle"], name: "other"}.bytes(), "readme.txt": []byte("x")}
		for _, f := range []struct {
			file  string
			data  []byte
			label string
		}{
			{"x.roi", ijRoi{points: g}.bytes(), ""},
			{"freehand.roi", ijRoi{kind: ijFreehand, points: g, name: "Wange links é"}.bytes(), "Wange links é"},
			{"traced.roi", ijRoi{kind: ijTraced, points: g}.bytes(), "traced"},
			{"floats.roi", ijRoi{points: g, floats: true}.bytes(), ""},
			{"set.ZIP", zipped(entries, "0001.roi", "readme.txt", "0002.roi"), "treated"},
			{"l.json", labelMeFile(labelMeOf("treated", "polygon", list...), labelMeOf("control", "rectangle", [2]float64{1, 1}, [2]float64{4, 4})), "treated"},
			{"c.json", cocoFile([][]float64{flat}), ""},
			{"r.json", cocoFile(runs(want)), "treated"},
			{"m.png", painted(want, frameW, frameH), ""},
		} {
			got, err := readAs(f.file, f.data, f.label)
			sameMask(t, name+" in "+f.file, got, err, want)
		}
	}
}

func TestBoxesAndOvals(t *testing.T) {
	box := typed(outlines["rectangle"])
	for name, data := range map[string][]byte{
		"x.roi":     ijRoi{kind: ijRectangle, at: [4]int16{22, 20, 70, 80}}.bytes(),
		"s.roi":     ijRoi{kind: ijRectangle, box: [4]float32{20, 22, 60, 48}, floats: true}.bytes(),
		"l.json":    labelMeFile(labelMeOf("t", "rectangle", [2]float64{80, 22}, [2]float64{20, 70})),
		"four.json": labelMeFile(labelMeOf("t", "rectangle", [2]float64{20, 22}, [2]float64{80, 22}, [2]float64{80, 70}, [2]float64{20, 70})),
	} {
		got, err := readAs(name, data, "")
		sameMask(t, name, got, err, roi.Fill(box, frameW, frameH))
	}
	// Pixels whose centres lie inside the ellipse (x−50)²/30² + (y−41)²/20² = 1.
	disc := &roi.Mask{W: frameW, H: frameH, In: make([]bool, frameW*frameH)}
	round := &roi.Mask{W: frameW, H: frameH, In: make([]bool, frameW*frameH)}
	for i := range disc.In {
		x, y := float64(i%frameW)+0.5, float64(i/frameW)+0.5
		disc.In[i] = (x-50)*(x-50)/900+(y-41)*(y-41)/400 < 1
		round.In[i] = (x-50)*(x-50)+(y-41)*(y-41) < 20.3*20.3
	}
	got, err := readAs("o.roi", ijRoi{kind: ijOval, at: [4]int16{21, 20, 61, 80}}.bytes(), "")
	sameMask(t, "oval", got, err, disc)
	got, err = readAs("c.json", labelMeFile(labelMeOf("t", "circle", [2]float64{50, 41}, [2]float64{50, 61.3})), "")
	sameMask(t, "circle", got, err, round)
}

// Pieces, holes, overlaps and outlines that cross themselves keep their pixels.
func TestPiecesAndHoles(t *testing.T) {
	m := roi.Rasterize([]geom.Polygon{typed(outlines["slanted"]), {{X: 100, Y: 3}, {X: 110, Y: 3}, {X: 104, Y: 30}}},
		[]geom.Polygon{{{X: 50, Y: 30}, {X: 60, Y: 31}, {X: 55, Y: 41}}}, frameW, frameH)
	m.In[(1-m.Y0+8)*m.W+3] = true // a pixel of its own
	got, err := readAs("m.png", painted(m, frameW, frameH), "")
	sameMask(t, "painted", got, err, m)
	if !(math.Abs(got.Area()-float64(m.Count())) < 1e-6) {
		t.Errorf("area %v of %d pixels", got.Area(), m.Count())
	}
	a, b := outlines["slanted"], outlines["rectangle"]
	_, fa := pairsOf(a)
	_, fb := pairsOf(b)
	union := roi.Rasterize([]geom.Polygon{typed(a), typed(b)}, nil, frameW, frameH)
	got, err = readAs("c.json", cocoFile([][]float64{fa, fb}), "")
	sameMask(t, "overlapping pieces", got, err, union)
	bow := geom.Polygon{{X: 10, Y: 10}, {X: 60, Y: 50}, {X: 60, Y: 10}, {X: 10, Y: 50}}
	list, _ := pairsOf(bow)
	got, err = readAs("l.json", labelMeFile(labelMeOf("t", "polygon", list...)), "")
	sameMask(t, "crossing", got, err, roi.Fill(typed(bow), frameW, frameH))
}

func TestRefusals(t *testing.T) {
	g := outlines["slanted"]
	list, _ := pairsOf(g)
	two := labelMeFile(labelMeOf("a", "polygon", list...), labelMeOf("b", "line", list[:2]...))
	bomb := zipped(map[string][]byte{"a.roi": make([]byte, maxEntryBytes+1)}, "a.roi")
	for _, c := range []struct {
		file  string
		data  []byte
		label string
		want  string
	}{
		{"x.roi", []byte("hello"), "", "this is no ImageJ region"},
		{"x.roi", ijRoi{kind: 3}.bytes(), "", "is a line, which encloses nothing"},
		{"x.roi", ijRoi{kind: 10, points: g}.bytes(), "", "is points"},
		{"x.roi", ijRoi{kind: 6}.bytes(), "", "is no selection"},
		{"x.roi", ijRoi{kind: 1, subtype: 1}.bytes(), "", "is a text"},
		{"x.roi", ijRoi{kind: 99}.bytes(), "", "unknown type 99"},
		{"x.roi", ijRoi{kind: 1, composite: 9}.bytes(), "", "is composite"},
		{"x.roi", ijRoi{points: g, options: ijSplineFit}.bytes(), "", "a curve is fitted"},
		{"x.roi", ijRoi{points: g}.bytes()[:70], "", "ends early: it announces 5 points"},
		{"x.roi", ijRoi{points: g[:2]}.bytes(), "", "2 points encloses nothing"},
		{"x.roi", ijRoi{points: geom.Polygon{{X: math.NaN()}, {X: 1}, {X: 2}}, floats: true}.bytes(), "", "a point lies at (NaN"},
		{"x.roi", ijRoi{kind: 1, at: [4]int16{5, 5, 5, 5}}.bytes(), "", "less than one pixel"},
		{"x.zip", []byte("PK"), "", "no ZIP archive"},
		{"x.zip", bomb, "", "larger than 4 MiB"},
		{"x.zip", zipped(nil), "", "no region is drawn in it"},
		{"x.zip", zipped(map[string][]byte{"a.roi": ijRoi{kind: 3}.bytes()}, "a.roi"), "", "is a line"},
		{"x.json", []byte("{"), "", "this is not JSON"},
		{"x.json", []byte(strings.Repeat("[", 100000)), "", "this is not JSON"},
		{"x.json", []byte("{}"), "", "neither LabelMe"},
		{"x.json", []byte(`{"shapes": 3}`), "", "LabelMe file is damaged"},
		{"x.json", []byte(`{"annotations": 3}`), "", "COCO file is damaged"},
		{"x.json", []byte(`{"annotations": []}`), "", `no image "a.jpg"`},
		{"x.json", two, "", `several regions: "a", "b"`},
		{"x.json", two, "c", `called "c"; its regions are "a", "b"`},
		{"x.json", two, "b", `"b" of type "line"`},
		{"x.json", []byte(`{"shapes": [], "imageWidth": 10, "imageHeight": 10}`), "", "drawn on a picture of 10×10 pixels, and the frame photo a.jpg has 120×90"},
		{"x.json", cocoFile(object{"size": [2]int{frameH, frameW}, "counts": "abc"}), "", "neither polygons nor uncompressed run lengths"},
		{"x.json", cocoFile(object{"size": [2]int{frameH, frameW}, "counts": []int{5, -1}}), "", "do not fit"},
		{"x.json", cocoFile(object{"size": [2]int{1 << 30, 1 << 30}, "counts": []int{5}}), "", "COCO mask has 1073741824×1073741824"},
		{"x.json", cocoFile([][]float64{{1, 2, 3}}), "", "odd count"},
		{"x.json", cocoFile([][]float64{}), "", "only a box"},
		{"x.json", cocoFile([][]float64{{1e9, 0, 5, 5, 0, 5}}), "", "a point lies at"},
		{"x.png", []byte("x"), "", "no PNG picture"},
		{"x.png", painted(&roi.Mask{}, frameW, frameH), "", "the mask is empty"},
		{"x.png", painted(&roi.Mask{}, 9, 9), "", "drawn on a picture of 9×9"},
		{"x.gif", nil, "", "known kind"},
	} {
		_, err := readAs(c.file, c.data, c.label)
		var no *refusal
		if !errors.As(err, &no) || no.mend == "" || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "%!") {
			t.Errorf("%s: %v, want %s", c.file, err, c.want)
		}
	}
}

// A manifest's regions get their outlines; what is wrong is told by file and line.
func TestResolve(t *testing.T) {
	g := outlines["slanted"]
	fsys := fstest.MapFS{
		"a.jpg": {Data: []byte("x")}, "t.roi": {Data: ijRoi{points: g}.bytes()}, "m.png": {Data: painted(roi.Fill(typed(g), frameW, frameH), frameW, frameH)},
		manifest.FileName: {Data: []byte("visits: [{at: 2026-01-10, photos: a.jpg}]\nrois:\n  - {name: t, kind: treated, file: t.roi}\n  - {name: m, kind: exclude, file: m.png}\n")},
	}
	s, err := manifest.Load(fsys, []manifest.File{{Name: "a.jpg"}, {Name: "m.png"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Warnings) != 0 {
		t.Errorf("a painted mask was taken for a photo: %v", s.Warnings)
	}
	if err := Resolve(fsys, s, "a.jpg", frameW, frameH); err != nil {
		t.Fatal(err)
	}
	for _, r := range s.ROIs {
		sameMask(t, r.Name, r.Polygon, nil, roi.Fill(typed(g), frameW, frameH))
	}
	s, _ = manifest.Load(fsys, []manifest.File{{Name: "a.jpg"}})
	want := "series.yaml:4: m.png: drawn on a picture of 120×90 pixels, and the frame photo a.jpg has 60×90; draw on the frame photo at its full size, upright"
	if err := Resolve(fsys, s, "a.jpg", 60, frameH); err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func FuzzDrawings(f *testing.F) {
	g := outlines["slanted"]
	list, flat := pairsOf(g)
	mask := roi.Fill(typed(g), frameW, frameH)
	roiFile := ijRoi{points: g, floats: true, name: "t"}.bytes()
	for i, seed := range [][]byte{roiFile, zipped(map[string][]byte{"a.roi": roiFile}, "a.roi"), labelMeFile(labelMeOf("t", "polygon", list...), labelMeOf("c", "circle", list[:2]...)),
		cocoFile([][]float64{flat}, runs(mask)), painted(mask, frameW, frameH)} {
		f.Add(i, seed)
	}
	names := []string{"x.roi", "x.zip", "x.json", "x.json", "x.png"}
	f.Fuzz(func(t *testing.T, kind int, data []byte) {
		if kind < 0 || kind >= len(names) {
			t.Skip()
		}
		got, err := readAs(names[kind], data, "")
		var no *refusal
		switch {
		case err != nil && !errors.As(err, &no):
			t.Errorf("the error is a %T: %v", err, err)
		case err == nil && !(got.Area() >= 1):
			t.Errorf("a region of %v pixels", got.Area())
		case err == nil:
			roi.Fill(got, frameW, frameH)
		}
	})
}
