package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"dermtrace/internal/browsertest"
	"dermtrace/internal/outcome"
)

// drawing is the page of a series in a real browser.
type drawing struct {
	*testing.T
	ctx context.Context
}

// openPage starts a browser of its own on the page, or skips loudly. Its downloads go to
// the folder.
func openPage(t *testing.T, page, downloads string) drawing {
	t.Helper()
	ctx := browsertest.Own(t)
	d := drawing{t, ctx}
	d.do(chromedp.EmulateViewport(1280, 800))
	_, err := chromedp.Call(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: "allow", DownloadPath: downloads})
	if err != nil {
		t.Fatal(err)
	}
	d.do(chromedp.Navigate("file://" + page))
	d.until(`document.documentElement.classList.contains("ready") && Boolean(document.getElementById("stage").dataset.view)`)
	d.do(chromedp.Sleep(100 * time.Millisecond))
	return d
}

func (d drawing) do(steps ...chromedp.Action[chromedp.Void]) {
	d.Helper()
	if err := chromedp.Do(d.ctx, steps...); err != nil {
		d.Fatal(err)
	}
}

func (d drawing) until(js string) {
	d.Helper()
	for range 200 {
		ok, err := chromedp.Run(d.ctx, chromedp.Evaluate[bool](js))
		if err != nil {
			d.Fatal(err)
		}
		if ok {
			return
		}
		d.do(chromedp.Sleep(25 * time.Millisecond))
	}
	d.Fatalf("never: %s", js)
}

// tap clicks on a pixel of the photo.
func (d drawing) tap(x, y float64) {
	d.Helper()
	at, err := chromedp.Run(d.ctx, chromedp.Evaluate[[]float64](fmt.Sprintf(`(() => { const e = document.getElementById("stage"),
		[k, x, y] = e.dataset.view.split(" ").map(Number), r = e.getBoundingClientRect(); return [r.left + x + (%v + 0.5) * k, r.top + y + (%v + 0.5) * k] })()`, x, y)))
	if err != nil {
		d.Fatal(err)
	}
	for _, kind := range []input.DispatchMouseEventType{input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased} {
		_, err := chromedp.Call(d.ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: at[0], Y: at[1], Button: input.MouseButtonLeft, Buttons: 1, ClickCount: 1})
		if err != nil {
			d.Fatal(err)
		}
	}
}

func (d drawing) click(selector string) {
	d.Helper()
	d.until(fmt.Sprintf(`(() => { document.querySelector(%q).click(); return true })()`, selector))
}

// What is drawn in the browser and downloaded is what analyze measures, to the pixel: the
// page itself says how many those are.
func TestDrawnRegionsAreMeasured(t *testing.T) {
	dir := t.TempDir()
	photos, page, out := filepath.Join(dir, "photos"), filepath.Join(dir, "page.html"), filepath.Join(dir, "out")
	runProgram(t, "phantom", "-o", photos, "--scale", "0.25")
	for _, e := range []string{"series.yaml", "phantom.yaml", "truth.json", "2026-01-10_2.jpg", "2026-01-11.jpg", "2026-01-14.jpg", "2026-02-21.jpg", "2026-04-04.jpg", "2026-07-11.jpg", "2026-07-11_2.jpg"} {
		if err := os.Remove(filepath.Join(photos, e)); err != nil {
			t.Fatal(err)
		}
	}
	runProgram(t, "regions", photos, "-o", page)
	d := openPage(t, page, photos)
	d.click("#list [data-part=drop]") // not the proposed skin
	d.click("input[name=tool][value=polygon]")
	for _, p := range [][2]float64{{60, 60}, {280, 90}, {250, 300}, {160, 180}, {70, 290}} {
		d.tap(p[0], p[1])
	}
	d.click("#finish")
	d.until(`document.querySelectorAll("#list li").length === 1`)
	d.click("#save")
	saved := filepath.Join(photos, "regions.yaml")
	for i := 0; ; i++ {
		if text, err := os.ReadFile(saved); err == nil && strings.Contains(string(text), "polygon: [[") {
			break
		}
		if i == 200 {
			t.Fatal("nothing was downloaded")
		}
		time.Sleep(25 * time.Millisecond)
	}
	// A centre on the line itself, where four points around it disagree, is of neither side.
	drawn, err := chromedp.Run(d.ctx, chromedp.Evaluate[[]int](`(() => {
		const ring = JSON.parse(document.getElementById("yaml").value.match(/polygon: (\[.*\])}/)[1]), path = new Path2D(), c = document.createElement("canvas").getContext("2d");
		ring.forEach(([x, y], i) => i ? path.lineTo(x, y) : path.moveTo(x, y)); path.closePath();
		const e = 2e-3, around = [[-e, -e], [e, -e], [-e, e], [e, e]];
		let sure = 0, line = 0;
		for (let y = 0; y < 400; y++) for (let x = 0; x < 600; x++) {
			const n = around.filter(([dx, dy]) => c.isPointInPath(path, x + dx, y + dy, "evenodd")).length;
			if (n === 4) sure++; else if (n > 0) line++;
		}
		return [sure, line] })()`))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(photos, "series.yaml"), []byte("regions: regions.yaml\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	runProgram(t, "analyze", photos, "-o", out)
	f, err := os.Open(filepath.Join(out, "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rec, err := outcome.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	n, sure, line := rec.Photos[0].ROIs[0].Pixels, drawn[0], drawn[1]
	if n < sure || n > sure+line || line > n/100 || n < 10000 {
		t.Errorf("%d pixels are measured; %d are inside what is drawn, %d on its line", n, sure, line)
	}
}

func runProgram(t *testing.T, args ...string) {
	t.Helper()
	var stdout, stderr strings.Builder
	if code := run(context.Background(), args, &stdout, &stderr); code != exitOK {
		t.Fatalf("%v: status %d\n%s", args, code, stderr.String())
	}
}
