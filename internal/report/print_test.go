package report

import (
	"bytes"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/chromedp/chromedp"

	"dermtrace/internal/browsertest"
	"dermtrace/internal/outcome"
)

// Whatever was on the screen, paper shows the pair side by side, all visits and the first curves below, without controls.
func TestPrint(t *testing.T) {
	b := show(t, render(t, record(), Options{}), browsertest.Screens()[0])
	b.choose("split", "0")
	b.Do(chromedp.Click(chromedp.CSS("#zoom-in")))
	for name, paper := range map[string]chromedp.PaperSize{"A4": chromedp.PaperA4, "Letter": {}} {
		pdf, err := chromedp.Run(b.Ctx, chromedp.PrintToPDF(chromedp.PDFPaper(paper), chromedp.PDFPreferCSSPageSize()))
		if err != nil {
			t.Fatal(err)
		}
		if n := pdfPages(pdf); n < 3 || n > 5 {
			t.Errorf("%s: %d pages, want 3 to 5", name, n)
		}
		b.firstPages(name, pdf)
	}
	b.Media("print", true)
	b.Want(clip, "none")
	b.Want(`getComputedStyle(document.querySelector(".zoom")).transform`, "none")
	b.Want(`Array.from(document.querySelectorAll(".bar,.under,.divider,.skip")).filter((e) => e.checkVisibility()).length`, "0")
	b.Want(`getComputedStyle(document.body).backgroundColor`, "rgb(255, 255, 255)")
	b.Want(`document.querySelector("#pane-a .view").getBoundingClientRect().top === document.querySelector("#pane-b .view").getBoundingClientRect().top`, "true")
	b.Quiet()
}

// A course without control skin has more to say of what it cannot tell, and no fifth sheet for it.
func TestACourseWithoutControlSkinPrintsOnFourSheets(t *testing.T) {
	b := show(t, render(t, withoutControl(), Options{}), browsertest.Screens()[2])
	for name, paper := range map[string]chromedp.PaperSize{"A4": chromedp.PaperA4, "Letter": {}} {
		pdf, err := chromedp.Run(b.Ctx, chromedp.PrintToPDF(chromedp.PDFPaper(paper), chromedp.PDFPreferCSSPageSize()))
		if err != nil {
			t.Fatal(err)
		}
		if n := pdfPages(pdf); n > 4 {
			t.Errorf("%s: %d pages", name, n)
		}
	}
}

// withoutControl is the course with light that nothing set: colour carries no verdict, and
// each flag and family says why it was not assessed.
func withoutControl() *outcome.Record {
	rec := record()
	rec.NotAssessed = nil
	for _, what := range []string{"Flag: redness not settling (treated)", "Flag: pigment rising (treated)"} {
		rec.NotAssessed = append(rec.NotAssessed, outcome.NotAssessed{What: what, Why: "No visit at the days that it is watched (from day 7 after a treatment) could be compared."})
	}
	for _, what := range []string{"Redness", "Pigment"} {
		rec.NotAssessed = append(rec.NotAssessed, outcome.NotAssessed{What: what, Why: "Without a colour card or control skin the light of the photos is unknown."})
	}
	for _, at := range []string{"2026-02-07", "2026-03-07"} {
		unseen := rec.Recovery[0]
		unseen.Treatment, unseen.FirstWithinDay, unseen.LastAboveDay = at, outcome.NaN(), outcome.NaN()
		rec.Recovery = append(rec.Recovery, unseen)
	}
	for i := range rec.Photos {
		p := &rec.Photos[i]
		p.Calibration = outcome.Calibration{Method: "none", ResidualDE00: outcome.NaN()}
		p.ROIs = slices.DeleteFunc(p.ROIs, func(r outcome.ROI) bool { return r.Kind == outcome.Control })
	}
	for i := range rec.Changes {
		c := &rec.Changes[i]
		c.Warnings = []string{outcome.ReliefUnmatched, outcome.ProvisionalNoise, outcome.ProfileAssumed}
		if c.Measure != "roughness" {
			c.Status, c.Goal, c.Warnings = outcome.NotComparable, nil, []string{outcome.Uncalibrated, outcome.ProfileAssumed}
		}
	}
	rec.Changes = slices.DeleteFunc(rec.Changes, func(c outcome.Change) bool { return c.Contrast == outcome.VsControl })
	return rec
}

// firstPages checks what a clinician must find on two sheets, where pdftotext is.
func (b *tab) firstPages(name string, pdf []byte) {
	b.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		b.Log("pdftotext is absent: the words on the first pages were not read")
		return
	}
	cmd := exec.Command(tool, "-l", "2", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	text := strings.Join(strings.Fields(string(out)), " ")
	for _, want := range []string{"Cheek, left", "5 of 6 photos used", "Flags for review", "Not assessed", "−29 %", "9 May 2026, day 119", "All visits", "Curves", "days since first treatment", "Apparent roughness", "P001", "Page 1 of", "Page 2 of"} {
		if !strings.Contains(strings.ReplaceAll(text, nbsp, " "), want) {
			b.Errorf("%s: the first two pages lack %q", name, want)
		}
	}
}

// Without its script the page still shows the pair and every number.
func TestWithoutScriptThePairStands(t *testing.T) {
	page := scripts.ReplaceAllString(render(t, record(), Options{}), "")
	b := show(t, page, browsertest.Screens()[2])
	b.Want(`Array.from(document.querySelectorAll(".pane .photo")).filter((i) => i.naturalWidth > 0 && i.checkVisibility()).length`, "2")
	b.Want(`Array.from(document.querySelectorAll(".bar,.under,.mix,#blink")).filter((e) => e.checkVisibility()).length`, "0")
}

// maxReportBytes is the promise for six visits of twelve megapixels.
const maxReportBytes = 5 << 20

// largeCourse is the made-up course with pictures as heavy as package render makes
// them: 200 KiB a photo, 48 KiB a map, five maps a visit.
func largeCourse() (*outcome.Record, fstest.MapFS) {
	r := rand.New(rand.NewPCG(1, 2))
	noise := func(w, h, amplitude int) image.Image {
		img := image.NewRGBA(image.Rect(0, 0, w, h))
		for i := range img.Pix {
			img.Pix[i] = uint8(150 + r.IntN(amplitude))
		}
		return img
	}
	photo, layer := asJPEG(noise(1600, 1200, 24)), asPNG(noise(130, 98, 256))
	if len(photo) < 200<<10 || len(layer) < 48<<10 {
		panic(fmt.Sprintf("the made-up pictures are too light: %d and %d bytes", len(photo), len(layer)))
	}
	rec, fsys := record(), fstest.MapFS{}
	for _, p := range rec.Photos {
		for _, m := range []string{"roughness", "texture_coarse"} {
			rec.Pictures = append(rec.Pictures, outcome.Picture{Photo: p.File, Kind: outcome.PictureMap, Measure: m, File: "pictures/" + m + p.File + ".png", Width: 640, Height: 480, Low: 0, High: 1})
		}
	}
	for _, m := range rec.Pictures {
		switch m.Kind {
		case outcome.PictureAligned:
			fsys[m.File] = &fstest.MapFile{Data: photo}
		case outcome.PictureThumb:
			fsys[m.File] = pictures()[m.File]
		default:
			fsys[m.File] = &fstest.MapFile{Data: layer}
		}
	}
	return rec, fsys
}

// Interactive means that the script has run and the controls answer. The best of
// three openings is taken: other work on the machine is not the page's doing.
func TestSixLargeVisitsOpenWithinASecond(t *testing.T) {
	rec, fsys := largeCourse()
	var page bytes.Buffer
	if err := HTML(&page, rec, fsys, Options{}); err != nil {
		t.Fatal(err)
	}
	best := math.Inf(1)
	for range 3 {
		b := show(t, page.String(), browsertest.Screens()[2])
		best = min(best, eval[float64](b, `performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd`))
		b.Quiet()
	}
	t.Logf("%d bytes, interactive after %.0f ms", page.Len(), best)
	if page.Len() > maxReportBytes {
		t.Errorf("%d bytes, at most %d are promised", page.Len(), maxReportBytes)
	}
	if !(best <= 1000) {
		t.Errorf("interactive after %.0f ms, within 1000 is promised", best)
	}
}

// The short forms fit one sheet, also with every goal and six treatments.
func TestShortFormsFitOnePage(t *testing.T) {
	full := record()
	full.Series.Goals = []string{"smooth texture", "fade spots", "reduce redness", "even tone", "match surround", "grow hair"}
	for _, at := range []string{"2026-03-07", "2026-04-04", "2026-05-02", "2026-05-30"} {
		full.Treatments = append(full.Treatments, outcome.Treatment{At: at, Device: "dermaroller", NeedleMM: 1.5, ROIs: []string{"treated"}})
		unseen := full.Recovery[0]
		unseen.Treatment, unseen.Peak, unseen.PeakHours = at, outcome.NaN(), outcome.NaN()
		full.Recovery = append(full.Recovery, unseen)
	}
	for name, form := range map[string]struct {
		rec *outcome.Record
		opt Options
	}{
		"one page": {record(), Options{OnePage: true}}, "patient": {record(), Options{Patient: true}},
		"one page of a full course": {full, Options{OnePage: true}}, "patient's of a full course": {full, Options{Patient: true}},
	} {
		b := show(t, render(t, form.rec, form.opt), browsertest.Screens()[2])
		for paper, size := range map[string]chromedp.PaperSize{"A4": chromedp.PaperA4, "Letter": {}} {
			pdf, err := chromedp.Run(b.Ctx, chromedp.PrintToPDF(chromedp.PDFPaper(size), chromedp.PDFPreferCSSPageSize()))
			if err != nil {
				t.Fatal(err)
			}
			if n := pdfPages(pdf); n != 1 {
				t.Errorf("%s on %s takes %d pages", name, paper, n)
			}
		}
	}
}

func pdfPages(pdf []byte) int { return len(regexp.MustCompile(`/Type /Page\b`).FindAll(pdf, -1)) }
