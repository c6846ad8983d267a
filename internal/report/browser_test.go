package report

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

//go:embed testdata/audit.js
var audit string

// tab is a report open in a real browser.
type tab struct {
	*testing.T
	ctx  context.Context
	mu   sync.Mutex
	said []string // errors on the console and requests that leave the file
}

type screen struct {
	name          string
	width, height int64
	touch         bool
}

func screens() []screen {
	return []screen{
		{"phone", 390, 844, true}, {"tablet", 820, 1180, true}, {"desktop", 1280, 800, false},
	}
}

// chromium is the one browser that all tests share, nil where none is installed.
var chromium = sync.OnceValues(func() (context.Context, context.CancelFunc) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless-shell"} {
		if path, err := exec.LookPath(name); err == nil {
			return chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(chromedp.ExecPath(path), chromedp.NoSandbox))
		}
	}
	return nil, func() {}
})

func TestMain(m *testing.M) {
	code := m.Run()
	_, stop := chromium()
	stop()
	os.Exit(code)
}

// browser starts the browser, or skips loudly.
func browser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("SKIPPED: browser tests are left out by -short")
	}
	ctx, _ := chromium()
	if ctx == nil {
		t.Skip("SKIPPED: no Chromium is installed; the report was NOT tried in a browser")
	}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return ctx
}

// show opens a page of the browser at a screen's size.
func show(t *testing.T, browser context.Context, page string, s screen) *tab {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	b := &tab{T: t, ctx: ctx}
	b.listen(file)
	opts := []chromedp.EmulateViewportOption{}
	if s.touch {
		opts = append(opts, chromedp.EmulateTouch, chromedp.EmulateMobile, chromedp.EmulatePortrait)
	}
	b.do(chromedp.EmulateViewport(s.width, s.height, opts...))
	b.do(chromedp.Navigate("file://" + file))
	// A click is aimed once. While the page still scrolls smoothly towards it, it misses.
	eval[bool](b, `(() => { document.documentElement.style.scrollBehavior = "auto"; return true })()`)
	return b
}

// listen keeps what the page must not do.
func (b *tab) listen(file string) {
	b.Helper()
	b.do()
	if _, err := chromedp.Call(b.ctx, network.Enable, network.EnableParams{}); err != nil {
		b.Fatal(err)
	}
	err := chromedp.Listen(b.ctx, func(ev any) {
		if e, ok := ev.(*network.EventRequestWillBeSent); ok {
			if u := e.Request.URL; u != "file://"+file && !strings.HasPrefix(u, "data:") {
				b.note("request: " + u)
			}
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	messages := chromedp.Console(b.ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			b.note(fmt.Sprintf("console %s: %s", m.Type, m.Text))
		}
	}()
}

func (b *tab) note(s string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.said = append(b.said, s)
}

// quiet fails on anything that the page said or asked for.
func (b *tab) quiet() {
	b.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.said {
		b.Error(s)
	}
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.Fatal(err)
	}
}

func eval[T any](b *tab, js string) T {
	b.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](js))
	if err != nil {
		b.Fatalf("%s: %v", js, err)
	}
	return v
}

func (b *tab) want(js, want string) {
	b.Helper()
	got := ""
	for deadline := time.Now().Add(settleTime); ; {
		if got = eval[string](b, "String("+js+")"); got == want {
			return
		}
		if time.Now().After(deadline) {
			break
		}
		b.do(chromedp.Sleep(20 * time.Millisecond))
	}
	b.Errorf("%s is %q, want %q", js, got, want)
}

// settleTime is how long a busy machine may take from a click to what it does.
const settleTime = 3 * time.Second

// media sets the medium ("" or "print") and the colour scheme.
func (b *tab) media(medium string, dark bool) {
	b.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: medium,
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	if err != nil {
		b.Fatal(err)
	}
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
		b.do(chromedp.Click(chromedp.CSS(`.modes input[value="` + mode + `"]`)))
		b.do(chromedp.Sleep(200 * time.Millisecond))
		if eval[string](b, now) == mode {
			return
		}
	}
	b.want(now, mode)
}

const (
	clip    = `getComputedStyle(document.querySelector("#pane-b .view")).clipPath`
	caption = `document.querySelector("#pane-%s figcaption b").textContent`
)
