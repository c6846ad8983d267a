package regions_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"testing"
	"testing/fstest"
	"time"

	"dermtrace/internal/browsertest"
	"dermtrace/internal/geom"
	"dermtrace/internal/manifest"
	"dermtrace/internal/regions"
	"dermtrace/internal/roi"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

const frameW, frameH = 400, 300

// picture is a photo of w×h pixels with something to see on it.
func picture(file string, w, h int) regions.Photo {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetNRGBA(x, y, color.NRGBA{200 - uint8(40*((x/20+y/20)%2)), 140, 115, 255})
		}
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		panic(err)
	}
	return regions.Photo{File: file, Width: w, Height: h, MediaType: "image/png", Bytes: buf.Bytes()}
}

// tab is a page open in a real browser.
type tab struct{ *browsertest.Tab }

func TestMain(m *testing.M) { browsertest.Main(m) }

// show opens the page at a screen's size and waits until the photo is fitted into it.
func show(t *testing.T, html []byte, s browsertest.Screen) *tab {
	t.Helper()
	b := &tab{browsertest.Open(t, html, s)}
	b.Want("innerWidth", fmt.Sprint(s.Width))
	b.Want(`document.documentElement.classList.contains("ready") && Boolean(document.getElementById("stage").dataset.view)`, "true")
	b.Do(chromedp.Sleep(60 * time.Millisecond)) // the view is fitted once the size is settled
	return b
}

func eval[T any](b *tab, js string) T {
	b.Helper()
	return browsertest.Eval[T](b.Tab, js)
}

func (b *tab) click(selector string) {
	b.Helper()
	eval[bool](b, fmt.Sprintf(`(() => { document.querySelector(%q).click(); return true })()`, selector))
}

func (b *tab) tool(name string) {
	b.Helper()
	b.click(`input[name=tool][value=` + name + `]`)
	b.Want(`document.getElementById("stage").dataset.tool`, name)
}

func (b *tab) text() string {
	b.Helper()
	return eval[string](b, `document.getElementById("yaml").value`)
}

// at is where a pixel of the photo stands in the window.
func (b *tab) at(stage string, p geom.Point) (x, y float64) {
	b.Helper()
	v := eval[[]float64](b, fmt.Sprintf(`(() => { const e = document.getElementById(%q); const [k, x, y] = e.dataset.view.split(" ").map(Number);
		const r = e.getBoundingClientRect(); return [r.left + x + (%v + 0.5) * k, r.top + y + (%v + 0.5) * k] })()`, stage, p.X, p.Y))
	return v[0], v[1]
}

// pointer is a mouse or a finger.
type pointer struct {
	b     *tab
	touch bool
	stage string
}

func (p pointer) send(kind input.DispatchMouseEventType, finger input.DispatchTouchEventType, at geom.Point) {
	p.b.Helper()
	x, y := p.b.at(p.stage, at)
	var err error
	if p.touch {
		points := []*input.TouchPoint{{X: x, Y: y}}
		if finger == input.DispatchTouchEventTypeTouchEnd {
			points = []*input.TouchPoint{}
		}
		_, err = chromedp.Call(p.b.Ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: finger, TouchPoints: points})
	} else {
		_, err = chromedp.Call(p.b.Ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Button: input.MouseButtonLeft, Buttons: 1, ClickCount: 1})
	}
	if err != nil {
		p.b.Fatal(err)
	}
}

// drag goes along points with the button or the finger down.
func (p pointer) drag(path ...geom.Point) {
	p.b.Helper()
	p.send(input.DispatchMouseEventTypeMousePressed, input.DispatchTouchEventTypeTouchStart, path[0])
	for _, q := range path[1:] {
		p.send(input.DispatchMouseEventTypeMouseMoved, input.DispatchTouchEventTypeTouchMove, q)
	}
	p.send(input.DispatchMouseEventTypeMouseReleased, input.DispatchTouchEventTypeTouchEnd, path[len(path)-1])
}

func (p pointer) taps(points ...geom.Point) {
	p.b.Helper()
	for _, q := range points {
		p.drag(q)
	}
}

// press types keys on the stage.
func (b *tab) press(keys string, mods ...chromedp.KeyOption) {
	b.Helper()
	eval[bool](b, `(() => { document.getElementById("stage").focus(); return true })()`)
	b.Do(chromedp.KeyEvent(keys, mods...))
}

// saved loads what the page saves, as analyze does.
func saved(t *testing.T, text string) *manifest.Series {
	t.Helper()
	fsys := fstest.MapFS{"regions.yaml": {Data: []byte(text)}, "2026-01-10.jpg": {Data: []byte("x")}, manifest.FileName: {Data: []byte("regions: regions.yaml\n")}}
	s, err := manifest.Load(fsys, []manifest.File{{Name: "2026-01-10.jpg"}})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if err := s.CheckFrame(frameW, frameH); err != nil {
		t.Fatal(err)
	}
	return s
}

// pixelsOf is the region as the page draws it: the browser's own test of each pixel's
// centre, on the outlines in the text. A centre on the line itself, where four points
// around it disagree, is of neither side: it is a ?.
func pixelsOf(b *tab, index int) string {
	b.Helper()
	return eval[string](b, fmt.Sprintf(`(() => {
		const line = document.getElementById("yaml").value.split("\n").filter((l) => l.startsWith("  - {name"))[%d];
		const rings = JSON.parse((line.match(/polygons: (\[.*\])}$/) || [0, "[" + line.match(/polygon: (\[.*\])}$/)?.[1] + "]"])[1]);
		const path = new Path2D(), c = document.createElement("canvas").getContext("2d");
		for (const r of rings) { r.forEach(([x, y], i) => i ? path.lineTo(x, y) : path.moveTo(x, y)); path.closePath(); }
		let s = "";
		const e = 2e-3, around = [[-e, -e], [e, -e], [-e, e], [e, e]];
		for (let y = 0; y < %d; y++) for (let x = 0; x < %d; x++) {
			const n = around.filter(([dx, dy]) => c.isPointInPath(path, x + dx, y + dy, "evenodd")).length;
			s += n === 4 ? 1 : n === 0 ? 0 : "?";
		}
		return s })()`, index, frameH, frameW))
}

// sameAsMeasured holds the drawn pixels against the mask that is measured.
func sameAsMeasured(b *tab, what string, index int) *roi.Mask {
	b.Helper()
	shown := pixelsOf(b, index)
	m := roi.Fill(saved(b.T, b.text()).ROIs[index].Polygon, frameW, frameH)
	wrong := 0
	for i, c := range shown {
		if c != '?' && (c == '1') != m.Contains(i%frameW, i/frameW) {
			wrong++
		}
	}
	if wrong > 0 || m.Empty() {
		b.Errorf("%s: %d pixels differ, %d are measured", what, wrong, m.Count())
	}
	return m
}

func regionPage(t *testing.T, p regions.Page) []byte {
	t.Helper()
	p.Frame = picture("2026-01-10.jpg", frameW, frameH)
	var buf bytes.Buffer
	if err := p.Write(&buf); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func pts(v ...float64) []geom.Point {
	var list []geom.Point
	for i := 0; i < len(v); i += 2 {
		list = append(list, geom.Point{X: v[i], Y: v[i+1]})
	}
	return list
}
