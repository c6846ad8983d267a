package report

import (
	_ "embed"
	"fmt"
	"testing"
	"time"

	"dermtrace/internal/browsertest"

	"github.com/chromedp/chromedp"
)

//go:embed testdata/audit.js
var audit string

// tab is a report open in a real browser.
type tab struct{ *browsertest.Tab }

func TestMain(m *testing.M) { browsertest.Main(m) }

// show opens a report at a screen's size.
func show(t *testing.T, page string, s browsertest.Screen) *tab {
	t.Helper()
	b := &tab{browsertest.Open(t, []byte(page), s)}
	// A click is aimed once. While the page still scrolls smoothly towards it, it misses.
	eval[bool](b, `(() => { document.documentElement.style.scrollBehavior = "auto"; return true })()`)
	return b
}

func eval[T any](b *tab, js string) T {
	b.Helper()
	return browsertest.Eval[T](b.Tab, js)
}

// choose sets a control as a user does: value, then its events.
func (b *tab) choose(id, value string) {
	b.Helper()
	eval[bool](b, fmt.Sprintf(`(() => { const e = document.getElementById(%q); if (e.type === "checkbox") { e.click(); return true }
		e.value = %q; e.dispatchEvent(new Event("input", {bubbles: true})); e.dispatchEvent(new Event("change", {bubbles: true})); return true })()`, id, value))
}

func (b *tab) mode(mode string) {
	b.Helper()
	// A starved browser may drop a synthetic click: three tries, then it counts.
	now := "document.getElementById('stage').dataset.mode"
	for range 3 {
		b.Do(chromedp.Click(chromedp.CSS(`.modes input[value="` + mode + `"]`)))
		b.Do(chromedp.Sleep(200 * time.Millisecond))
		if eval[string](b, now) == mode {
			return
		}
	}
	b.Want(now, mode)
}

const (
	clip    = `getComputedStyle(document.querySelector("#pane-b .view")).clipPath`
	caption = `document.querySelector("#pane-%s figcaption b").textContent`
)
