// Package report turns a record into what people and statistics programs read: one
// self-contained HTML file a clinician reads in two minutes, and measurements.csv.
//
// Its only input is [outcome.Record] and the pictures that the record names; it never
// sees a pixel. Every number on the page is one of the record, rounded to what its
// detectable change entitles it to, with its unit; the only arithmetic is the mean of
// a visit's replicates and turning a change into percent by the record's own factor.
// It refuses nothing: what is missing is said. The page makes no network request, has
// a strict Content-Security-Policy, and shows every name and note as text.
package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"io/fs"

	"dermtrace/internal/outcome"
)

//go:embed assets
var assets embed.FS

// Options choose the form of the report. The zero value is the clinician's report.
type Options struct {
	OnePage   bool   // the essentials only: answers, flags, trust line and the pair
	Patient   bool   // the pair and one plain sentence per goal
	Sensitive bool   // opens with the pictures hidden
	Paper     string // "a4" or "letter"; "": the printer's own
	Coded     bool   // the record is one of [Coded]: the page says so
}

// HTML writes the report as one file that needs nothing else. Pictures named by the
// record are read from the result folder; one that is missing is said on the page.
// pictures may be nil.
func HTML(w io.Writer, rec *outcome.Record, pictures fs.FS, opt Options) error {
	tmpl, err := template.ParseFS(assets, "assets/*.html")
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	p, err := newPage(rec, pictures, opt)
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	if err := tmpl.ExecuteTemplate(&buf, "page.html", p); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	_, err = w.Write(buf.Bytes())
	return err
}

// recordHash is the SHA-256 of the record as results.json holds it.
func recordHash(rec *outcome.Record) (string, error) {
	h := sha256.New()
	if err := outcome.Write(h, rec); err != nil {
		return "", fmt.Errorf("report: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// policy is the Content-Security-Policy of the page: nothing but pictures within the
// file, its own style, and the one script whose hash it names.
func policy(script string) string {
	sum := sha256.Sum256([]byte(script))
	return "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
}
