package report

import (
	"bytes"
	"fmt"
	"image/png"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"dermtrace/internal/browsertest"
	"dermtrace/internal/outcome"
)

func TestPagesAreSoundAtEveryWidth(t *testing.T) {
	phone, all := browsertest.Screens()[:1], browsertest.Screens()
	for _, tt := range []struct {
		name, page string
		screens    []browsertest.Screen
	}{
		{"clinician", render(t, record(), Options{}), all},
		{"hostile", render(t, hostile(t, strings.Repeat("Wwwwwwwwwwwwwwwwwwww", 8)), Options{}), phone},
		{"patient", render(t, record(), Options{Patient: true, Sensitive: true}), phone},
		{"empty", render(t, &outcome.Record{Schema: outcome.Schema}, Options{}), phone},
	} {
		for _, s := range tt.screens {
			b := show(t, tt.page, s)
			eval[bool](b, `document.querySelectorAll("details").forEach((d) => d.open = true) || true`)
			for _, dark := range []bool{false, true} {
				b.Media("", dark)
				for _, fault := range eval[[]string](b, audit) {
					t.Errorf("%s, %s, dark %v: %s", tt.name, s.Name, dark, fault)
				}
			}
			b.Quiet()
		}
	}
}

// The audit must see what is wrong, or its silence means nothing.
func TestTheAuditSeesFaults(t *testing.T) {
	bad := `<html><body style="background:#fff"><h1>a</h1><h3>b</h3><img src="data:image/png;base64,"><button></button>
		<p style="color:#999">pale</p><p style="font-size:9px">tiny</p><div style="width:9000px">x</div><svg></svg><table><tr><td>1</table></body></html>`
	b := show(t, bad, browsertest.Screens()[2])
	all := strings.Join(eval[[]string](b, audit), "\n")
	for _, want := range []string{"heading skips", "no alternative", "no name", "contrast 2.8", "text of 9px", "wider than its window", "drawing without", "table without", "target of"} {
		if !strings.Contains(all, want) {
			t.Errorf("the audit does not see %q in:\n%s", want, all)
		}
	}
}

func TestHostileTextDoesNothingInABrowser(t *testing.T) {
	attack := `"'><script>document.title="owned"</script><img src=x onerror='document.title="owned"'>`
	b := show(t, render(t, hostile(t, attack), Options{}), browsertest.Screens()[2])
	if title := eval[string](b, "document.title"); title == "owned" {
		t.Error("a name ran as a script")
	}
	b.Want(`document.querySelectorAll('img[src="x"]').length`, "0")
	b.Quiet()
}

func TestSliderFollowsKeysMouseAndTouch(t *testing.T) {
	b := show(t, render(t, record(), Options{}), browsertest.Screens()[2])
	b.Want("stage.dataset.mode", "side")
	b.mode("slider")
	b.Want(clip, "inset(0px 0px 0px 50%)")
	b.Do(chromedp.Focus(chromedp.CSS("#split")), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	b.Want("split.value", "52")
	b.Want(clip, "inset(0px 0px 0px 52%)")
	b.Do(chromedp.Focus(chromedp.CSS("#stage")), chromedp.KeyEvent(kb.ArrowLeft))
	b.Want(clip, "inset(0px 0px 0px 50%)")
	box := eval[[]float64](b, `(() => { stage.scrollIntoView({behavior: "instant", block: "center"}); const r = stage.getBoundingClientRect(); return [r.left, r.top, r.width, r.height] })()`)
	at := func(share float64) (x, y float64) { return box[0] + share*box[2], box[1] + box[3]/2 }
	fromX, fromY := at(0.5)
	toX, toY := at(0.25)
	b.Do(chromedp.DragAndDropXY(fromX, fromY, toX, toY, 4))
	b.near("split.value", 25, 1)
	b.Quiet()

	b = show(t, render(t, record(), Options{}), browsertest.Screens()[0])
	b.Want("stage.dataset.mode", "slider")
	box = eval[[]float64](b, `(() => { stage.scrollIntoView({behavior: "instant", block: "center"}); const r = stage.getBoundingClientRect(); return [r.left, r.top, r.width, r.height] })()`)
	for i, share := range []float64{0.5, 0.6, 0.7, 0.8} {
		x, y := at(share)
		kind := input.DispatchTouchEventTypeTouchMove
		if i == 0 {
			kind = input.DispatchTouchEventTypeTouchStart
		}
		b.touch(kind, x, y)
	}
	b.touch(input.DispatchTouchEventTypeTouchEnd)
	b.near("split.value", 80, 1)
	b.Quiet()
}

func (b *tab) touch(kind input.DispatchTouchEventType, xy ...float64) {
	b.Helper()
	points := []*input.TouchPoint{}
	for i := 0; i < len(xy); i += 2 {
		id := float64(i / 2)
		points = append(points, &input.TouchPoint{X: xy[i], Y: xy[i+1], ID: &id})
	}
	if _, err := chromedp.Call(b.Ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points}); err != nil {
		b.Fatal(err)
	}
}

func (b *tab) near(js string, want, tol float64) {
	b.Helper()
	if got := eval[float64](b, "Number("+js+")"); !(math.Abs(got-want) <= tol) {
		b.Errorf("%s is %v, want %v ± %v", js, got, want, tol)
	}
}

func TestAnyTwoVisitsCanBeCompared(t *testing.T) {
	for _, s := range browsertest.Screens() {
		b := show(t, render(t, record(), Options{}), s)
		b.Want(fmt.Sprintf(caption, "a"), "10 Jan 2026, day 0")
		b.Want(fmt.Sprintf(caption, "b"), "9 May 2026, day 119")
		b.choose("left", "1")
		b.Want(fmt.Sprintf(caption, "a"), "11 Jan 2026, day 1")
		b.Want(`document.querySelector("#pane-a .photo").src === document.getElementById("shot-1").src`, "true")
		b.choose("left", "5")
		b.Want(`document.querySelector("#pane-a .photo").src === document.querySelector("#pane-b .photo").src`, "true")
		b.Do(chromedp.Click(chromedp.CSS(`.frame[data-shot="3"]`)))
		b.Want(fmt.Sprintf(caption, "b"), "21 Feb 2026, day 42")
		b.Want(`document.querySelector("#pane-b .chips").textContent`, "not usableother sidecould not be placedas shot, not aligned")
		b.Want(`document.querySelector('.frame[data-shot="3"]').getAttribute("aria-pressed")`, "true")
		b.Want(`said.textContent`, "21 Feb 2026, day 42 is on the right")
		b.Quiet()
	}
}

// A photo by itself is shown once, without what compares two.
func TestAPhotoAloneStandsAlone(t *testing.T) {
	rec := record()
	rec.Visits, rec.Photos, rec.Changes, rec.Spots = rec.Visits[:1], rec.Photos[:1], nil, nil
	for _, s := range browsertest.Screens() {
		b := show(t, render(t, rec, Options{}), s)
		b.Want(`Array.from(document.querySelectorAll(".pane .photo")).filter((i) => i.naturalWidth > 0 && i.checkVisibility()).length`, "1")
		b.Want(`Array.from(document.querySelectorAll(".modes,#left,#right,.film,.divider")).filter((e) => e.checkVisibility()).length`, "0")
		b.Want(`document.getElementById("compare-h").textContent`, "Photo")
		b.choose("overlay", "0")
		b.Want(`document.querySelector("#pane-a .map").naturalWidth > 0`, "true")
		b.Media("print", false)
		b.Want(`document.querySelector("#pane-b").checkVisibility()`, "false")
		b.Quiet()
	}
}

// Where the baseline is the last of the pictures, an earlier one stands beside it.
func TestThePairIsNeverOnePhoto(t *testing.T) {
	rec := record()
	rec.Visits, rec.Photos = rec.Visits[:4], rec.Photos[:4]
	rec.Photos[3], rec.Photos[0] = rec.Photos[0], rec.Photos[3]
	rec.Photos = rec.Photos[2:]
	rec.Photos[0].Quality.Verdict = outcome.Unusable
	v := newViewer(english(), newIndex(rec), pictures())
	if v.Left != 1 || v.Right != 0 {
		t.Errorf("left %d, right %d of %d", v.Left, v.Right, len(v.Shots))
	}
}

func TestOverlaysShareOneScale(t *testing.T) {
	b := show(t, render(t, record(), Options{}), browsertest.Screens()[2])
	shown := `Array.from(document.querySelectorAll(".zoom .map")).map((m) => m.checkVisibility() && m.naturalWidth > 0).join()`
	legend := `Array.from(document.querySelectorAll(".legend")).filter((l) => l.checkVisibility()).map((l) => l.getAttribute("aria-label")).join()`
	b.Want(shown, "false,false")
	b.choose("overlay", "0")
	b.settle()
	b.Want(shown, "true,true")
	b.Want(legend, "Colour scale: Haemoglobin, 0.0 – 8.0 %")
	b.choose("overlay", "2")
	b.settle()
	b.Want(`Array.from(document.querySelectorAll(".pane .none")).map((e) => e.checkVisibility()).join()`, "true,false")
	b.Want(shown, "false,true") // the baseline has no change from itself
	b.Want(legend, "Colour scale: Haemoglobin – change from baseline, −4.0 – 4.0 %")
	b.choose("strength", "30")
	b.Want(`getComputedStyle(document.querySelector("#pane-b .map")).opacity`, "0.3")
	b.choose("outlines", "")
	b.settle()
	b.Want(`Array.from(document.querySelectorAll(".zoom .regions")).map((m) => m.checkVisibility() && m.naturalWidth > 0).join()`, "true,true")
	b.choose("overlay", "")
	b.Want(shown, "false,false")
	b.Want(legend, "")
	b.Quiet()
}

// Spots are drawn where the record has them, over both panes, told apart by shape.
func TestSpotsByFate(t *testing.T) {
	for _, s := range browsertest.Screens() {
		b := show(t, render(t, record(), Options{}), s)
		shown := `Array.from(document.querySelectorAll(".zoom .spots")).map((m) => m.checkVisibility()).join()`
		b.Want(shown, "false,false")
		b.choose("spots", "")
		b.Want(shown, "true,true")
		b.Want(`document.querySelectorAll("#pane-b .spots path.fate").length`, "5")
		b.Want(`new Set(Array.from(document.querySelectorAll("#spot-key .fate")).map((p) => p.getAttribute("d"))).size`, "6")
		b.Want(`document.getElementById("spot-key").checkVisibility()`, "true")
		// Spot 1 is at (980, 760) of a window of 4000 by 3000 that begins at (16, 12).
		at := eval[[]float64](b, `(() => { const v = document.querySelector("#pane-a .view").getBoundingClientRect(), p = document.querySelector("#pane-a .spots path.fate").getBoundingClientRect();
			return [(p.left + p.width / 2 - v.left) / v.width, (p.top + p.height / 2 - v.top) / v.height] })()`)
		for k, want := range []float64{964.5 / 4000, 748.5 / 3000} {
			if !(math.Abs(at[k]-want) <= 0.004) {
				b.Errorf("%s: spot 1 at %v, want %v", s.Name, at[k], want)
			}
		}
		b.choose("right", "3") // a photo that could not be placed has no place for spots
		b.Want(shown, "true,false")
		b.choose("spots", "")
		b.Want(shown, "false,false")
		b.Quiet()
	}
}

// settle waits until pictures that were just set are decoded.
func (b *tab) settle() {
	b.Helper()
	js := `Promise.all(Array.from(document.querySelectorAll(".zoom img:not([hidden])")).map((i) => i.decode())).then(() => true)`
	if _, err := chromedp.Run(b.Ctx, chromedp.Evaluate[bool](js, chromedp.EvalAwaitPromise)); err != nil {
		b.Fatal(err)
	}
}

// "As shot" must take back the correction of the light: code 160 of green, which was
// corrected by 0.98 in linear light, becomes 161.5; red 205 by 1.06 becomes 199.9.
func TestAsShotTakesTheCorrectionBack(t *testing.T) {
	b := show(t, render(t, record(), Options{}), browsertest.Screens()[2])
	before := b.colour("#pane-b .view")
	b.choose("as-shot", "")
	b.settle()
	after := b.colour("#pane-b .view")
	for k, gain := range []float64{1.06, 0.98, 1.02} {
		want := encode(decode(before[k]) / gain)
		if !(math.Abs(after[k]-want) <= 1.5) {
			t.Errorf("channel %d is %v after %v, want %v", k, after[k], before[k], want)
		}
	}
	left := b.colour("#pane-a .view")
	b.choose("as-shot", "")
	if again := b.colour("#pane-a .view"); again != left {
		t.Errorf("the reference photo has no correction, but changed from %v to %v", again, left)
	}
	b.Quiet()
}

func decode(code float64) float64 { return math.Pow((code/255+0.055)/1.055, 2.4) }
func encode(v float64) float64    { return 255 * (1.055*math.Pow(v, 1/2.4) - 0.055) }

// colour is the mean of a small patch at the top of an element.
func (b *tab) colour(selector string) [3]float64 {
	b.Helper()
	shot, err := chromedp.Run(b.Ctx, chromedp.Screenshot(chromedp.CSS(selector)))
	if err != nil {
		b.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		b.Fatal(err)
	}
	var sum [3]float64
	for i := range 400 {
		c := codesAt(img.At(200+i%20, 20+i/20))
		for k := range sum {
			sum[k] += c[k] / 400
		}
	}
	return sum
}

func codesAt(c interface{ RGBA() (r, g, b, a uint32) }) [3]float64 {
	r, g, b, _ := c.RGBA()
	return [3]float64{float64(r >> 8), float64(g >> 8), float64(b >> 8)}
}

func TestZoomIsLinked(t *testing.T) {
	for _, s := range []browsertest.Screen{browsertest.Screens()[0], browsertest.Screens()[2]} {
		b := show(t, render(t, record(), Options{}), s)
		zooms := `Array.from(document.querySelectorAll(".zoom")).map((z) => z.style.transform).filter((v, i, a) => a.indexOf(v) === i).join()`
		b.Do(chromedp.Click(chromedp.CSS("#zoom-in")), chromedp.Click(chromedp.CSS("#zoom-in")))
		b.Want(zooms, "translate(-62.5%, -62.5%) scale(2.25)")
		b.Want("document.getElementById('zoom-level').textContent", "225 %")
		b.Do(chromedp.Focus(chromedp.CSS("#stage")), chromedp.KeyEvent(kb.ArrowLeft))
		b.Want(zooms, "translate(-54.5%, -62.5%) scale(2.25)")
		b.Do(chromedp.KeyEvent("0"))
		b.Want(zooms, "translate(0%, 0%) scale(1)")
		b.Quiet()
	}
}

func TestPinchZooms(t *testing.T) {
	b := show(t, render(t, record(), Options{}), browsertest.Screens()[0])
	box := eval[[]float64](b, `(() => { stage.scrollIntoView({behavior: "instant", block: "center"}); const r = stage.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2] })()`)
	x, y := box[0], box[1]
	b.touch(input.DispatchTouchEventTypeTouchStart, x-40, y, x+40, y)
	for _, d := range []float64{60, 80, 100, 120} {
		b.touch(input.DispatchTouchEventTypeTouchMove, x-d, y, x+d, y)
	}
	b.touch(input.DispatchTouchEventTypeTouchEnd)
	b.near(`new DOMMatrix(getComputedStyle(document.querySelector("#pane-a .zoom")).transform).a`, 3, 0.35)
	b.Quiet()
}

func TestBlinkCanBePaused(t *testing.T) {
	b := show(t, render(t, record(), Options{}), browsertest.Screens()[2])
	b.mode("blink")
	hidden := `Array.from(document.querySelectorAll(".pane")).map((p) => getComputedStyle(p).visibility).join()`
	b.Want(hidden, "hidden,visible")
	if _, err := chromedp.Run(b.Ctx, chromedp.Poll[bool](hidden+` === "visible,hidden"`, chromedp.WithPollingTimeout(5*time.Second))); err != nil {
		t.Error("the pictures do not alternate: ", err)
	}
	b.Do(chromedp.Click(chromedp.CSS("#blink")))
	b.Want("document.getElementById('blink').textContent", "Play")
	state := eval[string](b, hidden)
	b.Do(chromedp.Sleep(1200 * time.Millisecond))
	b.Want(hidden, state)
	b.Do(chromedp.Focus(chromedp.CSS("#stage")), chromedp.KeyEvent(" "))
	if eval[string](b, hidden) == state {
		t.Error("the space bar does not swap the pictures")
	}
	b.mode("blend")
	b.choose("split", "20")
	b.Want(`getComputedStyle(document.querySelector("#pane-b .view")).opacity`, "0.2")
	b.Quiet()
}

func TestSensitivePicturesWait(t *testing.T) {
	b := show(t, render(t, record(), Options{Sensitive: true}), browsertest.Screens()[0])
	b.Want("stage.checkVisibility()", "false")
	b.Do(chromedp.Click(chromedp.CSS("#reveal")))
	b.Want("stage.checkVisibility()", "true")
	b.Quiet()
}
