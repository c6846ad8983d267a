package regions_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"dermtrace/internal/browsertest"
	"dermtrace/internal/geom"
	"dermtrace/internal/manifest"
	"dermtrace/internal/regions"
	"dermtrace/internal/roi"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Drawn by mouse and by finger, what is measured is what is drawn: polygon, freehand,
// eraser, ruler, undo, redo, corners dragged and added, and saving.
func TestDrawByPointer(t *testing.T) {
	for _, s := range browsertest.Screens() {
		t.Run(s.Name, func(t *testing.T) {
			b := show(t, regionPage(t, regions.Page{}), s)
			p := pointer{b, s.Touch, "stage"}
			b.tool("polygon")
			p.taps(pts(60, 40, 300, 60, 320, 220, 180, 130, 70, 230, 60, 40)...)
			b.Want(`document.querySelectorAll("#list li").length`, "1")
			sameAsMeasured(b, "polygon", 0)
			before := b.text()

			p.drag(pts(60, 40)...) // no: the polygon tool is still chosen
			b.click("#drop")
			b.tool("edit")
			p.drag(pts(300, 60, 330, 40, 340, 30)...)
			b.Want(`document.getElementById("undo").disabled`, "false")
			moved := sameAsMeasured(b, "dragged corner", 0)
			if !moved.Contains(330, 40) || b.text() == before {
				t.Errorf("the corner did not move: %s", b.text())
			}
			b.click("#undo")
			b.Want(`document.getElementById("yaml").value`, before)
			b.click("#redo")
			if b.text() == before {
				t.Error("redo did nothing")
			}

			b.click("input[name=kind][value=control]")
			b.tool("freehand")
			p.drag(pts(90, 240, 200, 235, 260, 240, 265, 280, 180, 290, 95, 285, 88, 245, 100, 236)...)
			b.Want(`document.querySelectorAll("#list li").length`, "2")
			whole := sameAsMeasured(b, "freehand", 1)
			b.tool("erase")
			p.drag(pts(170, 225, 172, 260, 176, 299)...)
			b.Want(`document.getElementById("hint").textContent`, "Rubbed out.")
			left := sameAsMeasured(b, "erased", 1)
			if n, was := left.Count(), whole.Count(); n >= was || n == 0 || left.Contains(172, 260) || !left.Contains(110, 260) || !left.Contains(240, 260) {
				t.Errorf("%d of %d pixels are left", n, was)
			}

			b.tool("ruler")
			p.taps(pts(20, 20, 120, 20)...)
			eval[bool](b, `(() => { const e = document.getElementById("mm"); e.value = "5"; e.dispatchEvent(new Event("change")); return true })()`)
			series := saved(t, b.text())
			if sc := series.Scale; !(sc.MMPerPx > 0.049 && sc.MMPerPx < 0.051) {
				t.Errorf("scale %+v", sc)
			}
			if series.ROIs[1].Kind != "control" || series.Frame != "2026-01-10.jpg" {
				t.Errorf("%+v", series.ROIs[1])
			}
			b.Want(`document.getElementById("state").textContent`, "not saved yet")
			reload(t, b, series, s)
			b.Quiet()
		})
	}
}

// reload makes a page of what was saved: it shows the same, and saves the same.
func reload(t *testing.T, b *tab, s *manifest.Series, on browsertest.Screen) {
	t.Helper()
	again := show(t, regionPage(t, regions.Page{ROIs: s.ROIs, Scale: s.Scale, Included: "regions.yaml"}), on)
	if d := again.text(); d != b.text() {
		t.Errorf("after reload the page saves\n%s\nwant\n%s", d, b.text())
	}
	again.Want(`document.getElementById("state").textContent`, "saved")
	again.Quiet()
}

// Everything works by keys alone.
func TestDrawByKeys(t *testing.T) {
	b := show(t, regionPage(t, regions.Page{}), browsertest.Screens()[2])
	b.press("p")
	b.press("2")
	const right, down, left = "\u0303", "\u0301", "\u0302"
	b.press("\u0303") // the cross appears
	step := func(key string, n int) {
		for range n {
			b.press(key, chromedp.KeyModifiers(chromedp.ModifierShift))
		}
	}
	b.press(" ")
	step(right, 4)
	b.press(" ")
	step(down, 5)
	b.press(" ")
	step(left, 6)
	b.press(" ")
	b.press("c")
	b.Want(`document.querySelectorAll("#list li").length`, "1")
	first := sameAsMeasured(b, "polygon by keys", 0)
	if k := saved(t, b.text()).ROIs[0].Kind; k != "control" {
		t.Errorf("kind %s", k)
	}
	b.press("]")
	b.press(left)
	b.press(left)
	nudged := sameAsMeasured(b, "corner moved by keys", 0)
	if nudged.Count() == first.Count() {
		t.Error("the corner did not move")
	}
	b.press("i")
	b.press("z", chromedp.KeyModifiers(chromedp.ModifierCtrl))
	b.press("z", chromedp.KeyModifiers(chromedp.ModifierCtrl))
	b.press("z", chromedp.KeyModifiers(chromedp.ModifierCtrl))
	if n := sameAsMeasured(b, "undone", 0).Count(); n != first.Count() {
		t.Errorf("undone to %d pixels, want %d", n, first.Count())
	}
	b.press("f")
	b.press(right)
	b.press(" ")
	step(right, 3)
	step(down, 3)
	step(left, 3)
	b.press(" ")
	b.Want(`document.querySelectorAll("#list li").length`, "2")
	sameAsMeasured(b, "freehand by keys", 1)
	b.Quiet()
}

// Existing regions keep every digit, their holes and their names; proposals wait.
func TestExistingRegionsAreShown(t *testing.T) {
	hole := manifest.JoinRings([]geom.Polygon{pts(20.123, 20, 200, 30.0625, 120, 200), pts(90, 60, 130, 70, 110, 100)})
	p := regions.Page{
		ROIs:  []manifest.ROI{{Name: "Wange „links“ & <b>", Kind: "treated", Polygon: hole}, {Name: "m", Kind: "exclude", File: "m.png", Polygon: pts(210, 10, 260, 10, 230, 70)}},
		Scale: manifest.Scale{MMPerPx: 0.03}, Inline: true, Proposed: []geom.Polygon{pts(5, 5, 390, 5, 390, 290)},
	}
	b := show(t, regionPage(t, p), browsertest.Screens()[1])
	b.Want(`document.querySelectorAll("#list li").length`, "3")
	b.Want(`document.querySelector("#list input").value`, "Wange „links“ & <b>")
	text := b.text()
	if strings.Contains(text, "390") || !strings.Contains(text, `kind: exclude, file: "m.png"`) {
		t.Errorf("saved: %s", text)
	}
	s := saved(t, strings.Replace(text, `file: "m.png"`, "polygon: [[0, 0], [9, 0], [9, 9]]", 1))
	want, got := roi.Fill(hole, frameW, frameH), roi.Fill(s.ROIs[0].Polygon, frameW, frameH)
	if s.ROIs[0].Name != p.ROIs[0].Name || s.Scale.MMPerPx != 0.03 || want.Subtract(got).Count()+got.Subtract(want).Count() != 0 || got.Contains(110, 75) {
		t.Errorf("%+v", s)
	}
	b.click("[data-part=accept]")
	if !strings.Contains(b.text(), "390") {
		t.Error("an accepted proposal is not saved")
	}
	b.Quiet()
}

// Two fingers and the wheel move the photo and draw nothing; keys zoom.
func TestZoom(t *testing.T) {
	b := show(t, regionPage(t, regions.Page{}), browsertest.Screens()[1])
	b.tool("freehand")
	scale := func() float64 {
		return eval[float64](b, `Number(document.getElementById("stage").dataset.view.split(" ")[0])`)
	}
	fitted := scale()
	x, y := b.at("stage", geom.Point{X: 200, Y: 150})
	fingers := func(kind input.DispatchTouchEventType, apart ...float64) {
		points := []*input.TouchPoint{}
		for i, d := range apart {
			id := float64(i)
			points = append(points, &input.TouchPoint{X: x + d, Y: y, ID: &id})
		}
		if _, err := chromedp.Call(b.Ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points}); err != nil {
			t.Fatal(err)
		}
	}
	fingers(input.DispatchTouchEventTypeTouchStart, -60)
	fingers(input.DispatchTouchEventTypeTouchMove, -50)
	fingers(input.DispatchTouchEventTypeTouchStart, -50, 50)
	fingers(input.DispatchTouchEventTypeTouchMove, -100, 100)
	fingers(input.DispatchTouchEventTypeTouchMove, -150, 150)
	fingers(input.DispatchTouchEventTypeTouchEnd)
	b.Want(`Number(document.getElementById("stage").dataset.view.split(" ")[0]) > `+fmt.Sprint(2*fitted), "true")
	b.Want(`document.querySelectorAll("#list li").length`, "0")
	b.press("0")
	b.Want(`Number(document.getElementById("stage").dataset.view.split(" ")[0])`, fmt.Sprint(fitted))
	b.press("+")
	b.Want(`Number(document.getElementById("stage").dataset.view.split(" ")[0]) > `+fmt.Sprint(1.2*fitted), "true")
	b.press("-")
	_, err := chromedp.Call(b.Ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseWheel, X: x, Y: y, DeltaX: 1, DeltaY: -300})
	if err != nil {
		t.Fatal(err)
	}
	b.Want(`Number(document.getElementById("stage").dataset.view.split(" ")[0]) > `+fmt.Sprint(1.2*fitted), "true")
	b.Quiet()
}

// Whoever leaves with unsaved work is asked.
func TestUnsavedWorkIsGuarded(t *testing.T) {
	b := show(t, regionPage(t, regions.Page{Proposed: []geom.Polygon{pts(5, 5, 90, 5, 90, 90)}}), browsertest.Screens()[2])
	const asks = `(() => { const e = new Event("beforeunload", {cancelable: true}); window.dispatchEvent(e); return e.defaultPrevented })()`
	b.Want(asks, "false")
	b.click("[data-part=accept]")
	b.Want(asks, "true")
	b.click("#undo")
	b.Want(asks, "false")
	b.click("#redo")
	b.click("#copy")
	b.Want(`document.getElementById("state").textContent`, "saved")
	b.Want(asks, "false")
	b.Quiet()
}

// What cannot be measured cannot be saved, and the page says why.
func TestCrossingRegionsAreNotSaved(t *testing.T) {
	b := show(t, regionPage(t, regions.Page{ROIs: []manifest.ROI{{Name: "a", Kind: "treated", Polygon: pts(50, 50, 250, 50, 250, 250, 50, 250)}}}), browsertest.Screens()[2])
	p := pointer{b, false, "stage"}
	p.taps(pts(150, 150)...)
	p.drag(pts(50, 50, 200, 200, 320, 150)...)
	b.Want(`document.getElementById("save").disabled`, "true")
	b.Want(`document.getElementById("wrong").textContent`, "Put right before saving: “a”: its outline crosses itself.")
	b.click("#undo")
	b.Want(`document.getElementById("save").disabled`, "false")
	b.Quiet()
}

// Landmarks by mouse and finger.
func TestLandmarks(t *testing.T) {
	page := regions.LandmarkPage{Frame: picture("2026-01-10.jpg", frameW, frameH), Visit: picture("2026-01-14.jpg", 300, 400)}
	var buf bytes.Buffer
	if err := page.Write(&buf); err != nil {
		t.Fatal(err)
	}
	for _, s := range browsertest.Screens() {
		b := show(t, buf.Bytes(), s)
		a, v := pointer{b, s.Touch, "stage"}, pointer{b, s.Touch, "stage-b"}
		for i, q := range pts(50, 40, 350, 60, 200, 250) {
			a.taps(q)
			v.taps(geom.Point{X: q.X * 0.7, Y: q.Y + 60})
			b.Want(`document.querySelectorAll("#list li").length`, fmt.Sprint(i+1))
		}
		b.Want(`document.getElementById("save").disabled`, "false")
		a.drag(pts(200, 250, 220, 240, 230, 230)...)
		fsys := fstest.MapFS{"2026-01-10.jpg": {Data: []byte("x")}, "2026-01-14.jpg": {Data: []byte("x")}, manifest.FileName: {Data: []byte(b.text())}}
		series, err := manifest.Load(fsys, []manifest.File{{Name: "2026-01-10.jpg"}, {Name: "2026-01-14.jpg"}})
		if err != nil {
			t.Fatal(err)
		}
		pairs, err := series.LandmarksOf("2026-01-14.jpg", 300, 400)
		if err != nil || len(pairs) != 3 {
			t.Fatalf("%v, %v", pairs, err)
		}
		for i, want := range pts(50, 40, 350, 60, 230, 230) {
			if pairs[i].Frame.Sub(want).Norm() > 2.5 {
				t.Errorf("%s: pair %d at %v, want %v", s.Name, i, pairs[i].Frame, want)
			}
		}
		b.Quiet()
	}
}

// On every screen, light and dark: nothing sticks out, every control has a name and is
// large enough for a finger.
func TestLayout(t *testing.T) {
	html := regionPage(t, regions.Page{ROIs: []manifest.ROI{{Name: strings.Repeat("long name ", 7), Kind: "grey", Polygon: pts(50, 50, 250, 50, 250, 250)}}, Scale: manifest.Scale{MMPerPx: 0.03}})
	for _, s := range browsertest.Screens() {
		for _, dark := range []bool{false, true} {
			b := show(t, html, s)
			b.Media("", dark)
			b.click("#list button")
			b.Do(chromedp.Sleep(100 * time.Millisecond))
			b.Want(`document.documentElement.scrollWidth <= innerWidth`, "true")
			got := eval[[]string](b, `Array.from(document.querySelectorAll("button,input,textarea,summary")).filter((e) => e.offsetParent).flatMap((e) => {
				const r = e.getBoundingClientRect(), label = e.getAttribute("aria-label") || e.textContent.trim() || e.labels?.[0]?.textContent.trim(), out = [];
				if (!label) out.push(e.outerHTML + " has no name");
				if (r.right > innerWidth + 0.5 || r.left < -0.5) out.push(e.outerHTML + " sticks out");
				if (Math.min(r.width, r.height) < 24) out.push(e.outerHTML + " is " + r.width + "×" + r.height);
				return out })`)
			for _, g := range got {
				t.Errorf("%s: %s", s.Name, g)
			}
			if dir := os.Getenv("DERMTRACE_SHOTS"); dir != "" {
				shot(b, filepath.Join(dir, fmt.Sprintf("%s-%v.png", s.Name, dark)))
			}
			b.Quiet()
		}
	}
}

// shot keeps a picture of the page for a person to look at.
func shot(b *tab, file string) {
	b.Helper()
	res, err := chromedp.Call(b.Ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{})
	if err != nil {
		b.Fatal(err)
	}
	data, err := json.Marshal(res.Data)
	if err == nil {
		var raw []byte
		if err = json.Unmarshal(data, &raw); err == nil {
			err = os.WriteFile(file, raw, 0o600)
		}
	}
	if err != nil {
		b.Fatal(err)
	}
}

// A photo of 12 megapixels is drawn on without waiting: a frame of panning stays below
// a tenth of a second even without a graphics processor.
func TestLargePhotoStaysSmooth(t *testing.T) {
	var buf bytes.Buffer
	if err := (regions.Page{Frame: picture("2026-01-10.jpg", 4000, 3000)}).Write(&buf); err != nil {
		t.Fatal(err)
	}
	b := show(t, buf.Bytes(), browsertest.Screens()[1])
	ms := eval[float64](b, `(() => { const e = document.getElementById("stage"), t = performance.now();
		for (let i = 0; i < 10; i++) e.dispatchEvent(new WheelEvent("wheel", {deltaY: i % 2 ? 100 : -100, clientX: 400, clientY: 500, cancelable: true}));
		return performance.now() - t })()`)
	t.Logf("ten steps of zoom are handled in %.1f ms", ms)
	if !(ms < 1000) {
		t.Errorf("ten steps of zoom take %v ms", ms)
	}
	b.Quiet()
}
