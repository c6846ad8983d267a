package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"dermtrace/internal/folder"
)

// browsers are the names under which Chromium and its kin are installed.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"}

// pdfTime bounds the printing of one report.
const pdfTime = 2 * time.Minute

// printPDF prints an HTML file through an installed Chromium. It starts with a profile
// of its own, so that it neither reads nor leaves anything of the user's.
func printPDF(ctx context.Context, html, pdf string) error {
	program, err := findBrowser()
	if err != nil {
		return err
	}
	profile, err := os.MkdirTemp("", "dermtrace-print-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(profile)
	page, err := filepath.Abs(html)
	if err != nil {
		return err
	}
	printed := filepath.Join(profile, "report.pdf")
	ctx, cancel := context.WithTimeout(ctx, pdfTime)
	defer cancel()
	args := []string{"--headless=new", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=" + profile, "--no-pdf-header-footer", "--print-to-pdf=" + printed}
	if os.Geteuid() == 0 {
		args = append(args, "--no-sandbox") // Chromium's sandbox does not start for root; the page is this program's own
	}
	cmd := exec.CommandContext(ctx, program, append(args, (&url.URL{Scheme: "file", Path: filepath.ToSlash(page)}).String())...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return withHint(fmt.Errorf("%s could not print the report: %w: %s", program, err, lastLine(out)), "write HTML (-o FILE.html), open it and print from there")
	}
	b, err := os.ReadFile(printed)
	if err != nil {
		return withHint(fmt.Errorf("%s printed nothing", program), "write HTML (-o FILE.html), open it and print from there")
	}
	return folder.WriteFile(pdf, func(w io.Writer) error { _, err := w.Write(b); return err })
}

func findBrowser() (string, error) {
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", withHint(errors.New("no Chromium was found, which --pdf prints with"),
		"install chromium or Chrome, or write HTML (-o FILE.html), open it and print from there")
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}
