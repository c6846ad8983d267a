// Package browsertest opens pages in a real Chromium, for tests alone.
//
// It answers: does this page, at this size of screen, become what it should, and what did it
// say or ask for that it must not? Sizes are CSS pixels. Where no Chromium is installed, and
// under -short, the test is skipped loudly.
package browsertest

import (
	"context"
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

// Screen is what a page is shown on.
type Screen struct {
	Name          string
	Width, Height int64
	Touch         bool
}

// Screens are a phone, a tablet and a desk.
func Screens() []Screen {
	return []Screen{{"phone", 390, 844, true}, {"tablet", 820, 1180, true}, {"desktop", 1280, 800, false}}
}

// launch prepares a browser, nil where none is installed.
func launch() (context.Context, context.CancelFunc) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless-shell"} {
		if path, err := exec.LookPath(name); err == nil {
			return chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(chromedp.ExecPath(path), chromedp.NoSandbox))
		}
	}
	return nil, func() {}
}

// shared is the one browser of all tests of a package.
var shared = sync.OnceValues(launch)

// Main runs the tests of a package and ends their browser.
func Main(m *testing.M) {
	code := m.Run()
	_, stop := shared()
	stop()
	os.Exit(code)
}

// Shared starts the browser that the tests of a package share, whose TestMain is [Main].
func Shared(t *testing.T) context.Context {
	t.Helper()
	return started(t, shared)
}

// Own starts a browser for this test alone.
func Own(t *testing.T) context.Context {
	t.Helper()
	return started(t, func() (context.Context, context.CancelFunc) {
		ctx, stop := launch()
		t.Cleanup(stop)
		return ctx, stop
	})
}

func started(t *testing.T, browser func() (context.Context, context.CancelFunc)) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("SKIPPED: browser tests are left out by -short")
	}
	ctx, _ := browser()
	if ctx == nil {
		t.Skip("SKIPPED: no Chromium is installed; the page was NOT tried in a browser")
	}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return ctx
}

// Tab is a page open in the browser.
type Tab struct {
	*testing.T
	Ctx  context.Context
	mu   sync.Mutex
	said []string // errors on the console and requests that leave the file
}

// Open opens a page of the shared browser at a screen's size.
func Open(t *testing.T, html []byte, s Screen) *Tab {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, html, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(Shared(t))
	t.Cleanup(cancel)
	b := &Tab{T: t, Ctx: ctx}
	b.listen(file)
	opts := []chromedp.EmulateViewportOption{}
	if s.Touch {
		opts = append(opts, chromedp.EmulateTouch, chromedp.EmulateMobile, chromedp.EmulatePortrait)
	}
	b.Do(chromedp.EmulateViewport(s.Width, s.Height, opts...))
	b.Do(chromedp.Navigate("file://" + file))
	return b
}

// listen keeps what the page must not do.
func (b *Tab) listen(file string) {
	b.Helper()
	b.Do()
	if _, err := chromedp.Call(b.Ctx, network.Enable, network.EnableParams{}); err != nil {
		b.Fatal(err)
	}
	err := chromedp.Listen(b.Ctx, func(ev any) {
		if e, ok := ev.(*network.EventRequestWillBeSent); ok {
			if u := e.Request.URL; u != "file://"+file && !strings.HasPrefix(u, "data:") && !strings.HasPrefix(u, "blob:") {
				b.note("request: " + u)
			}
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	messages := chromedp.Console(b.Ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			b.note(fmt.Sprintf("console %s: %s", m.Type, m.Text))
		}
	}()
}

func (b *Tab) note(s string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.said = append(b.said, s)
}

// Quiet fails on anything that the page said or asked for.
func (b *Tab) Quiet() {
	b.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.said {
		b.Error(s)
	}
}

// Do takes the steps, or fails.
func (b *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.Ctx, steps...); err != nil {
		b.Fatal(err)
	}
}

// Eval is what a script yields.
func Eval[T any](b *Tab, js string) T {
	b.Helper()
	v, err := chromedp.Run(b.Ctx, chromedp.Evaluate[T](js))
	if err != nil {
		b.Fatalf("%s: %v", js, err)
	}
	return v
}

// settleTime is how long a busy machine may take from a click to what it does.
const settleTime = 5 * time.Second

// Want waits until a script yields the text.
func (b *Tab) Want(js, want string) {
	b.Helper()
	got := ""
	for deadline := time.Now().Add(settleTime); ; {
		if got = Eval[string](b, "String("+js+")"); got == want {
			return
		}
		if time.Now().After(deadline) {
			break
		}
		b.Do(chromedp.Sleep(20 * time.Millisecond))
	}
	b.Errorf("%s is %q, want %q", js, got, want)
}

// Media sets the medium ("" or "print") and the colour scheme.
func (b *Tab) Media(medium string, dark bool) {
	b.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	_, err := chromedp.Call(b.Ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: medium,
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	if err != nil {
		b.Fatal(err)
	}
}
