package series

import (
	"context"
	"maps"
	"math"
	"slices"
	"strconv"

	"dermtrace/internal/align"
	"dermtrace/internal/geom"
	"dermtrace/internal/manifest"
	"dermtrace/internal/outcome"
	"dermtrace/internal/skin"
	"dermtrace/internal/trend"
)

// writeRecord puts everything that was found into the record, except the changes.
func (a *analysis) writeRecord(context.Context) error {
	m := a.manifest
	settings := outcome.DefaultSettings()
	settings.Calibration = m.Calibration
	if m.ExpectedRecoveryDays > 0 {
		settings.RecoveryDays = m.ExpectedRecoveryDays
		settings.Defaults = slices.DeleteFunc(settings.Defaults, func(name string) bool { return name == "recovery_days" })
	}
	if a.opt.Limits.Megapixels > 0 {
		settings.MaxMegapixels = a.opt.Limits.Megapixels
	}
	a.record = &outcome.Record{
		Schema: outcome.Schema, Software: a.opt.Software, Settings: settings,
		Definitions: skin.Definitions(),
		Series: outcome.Series{
			Subject: m.Subject, Site: m.Site, Side: m.Side, View: m.View, Goals: m.Goals,
			Frame: a.frame.file, Baseline: a.baseline.visit.ID, MMPerPx: known(a.frame.mmPerPx), Consent: m.Consent,
			Minor: m.Minor, Guardian: m.Guardian != "", Sensitive: m.Sensitive, Outlines: a.frame.outlines(),
		},
		Treatments: treatmentRecords(m.Treatments),
		Scores:     scoreRecords(m.Scores),
		Warnings:   a.notices,
	}
	for _, v := range m.Visits {
		a.record.Visits = append(a.record.Visits, visitRecord(m, v))
	}
	a.places = map[string]align.Result{}
	for _, s := range a.shots {
		a.places[s.ref.File] = s.place
		a.record.Photos = append(a.record.Photos, s.record)
		a.record.Pictures = append(a.record.Pictures, s.album.shown...)
		a.pictures = append(a.pictures, s.album.pictures...)
	}
	if len(a.outlines.shown) == 0 && !a.opt.NoPictures { // the frame photo was not used
		if err := a.drawRegions(); err != nil {
			return err
		}
	}
	a.record.Pictures = append(a.record.Pictures, a.outlines.shown...)
	a.pictures = append(a.pictures, a.outlines.pictures...)
	a.keepAsked()
	a.warnOfMixture()
	a.noteParts()
	return nil
}

// outlines are the regions that are measured, and what they exclude, for the record.
func (f *frame) outlines() []outcome.Outline {
	var list []outcome.Outline
	add := func(name, kind string, g geom.Polygon) {
		o := outcome.Outline{Name: name, Kind: kind}
		for _, p := range g {
			o.Polygon = append(o.Polygon, [2]float64{math.Round(100*p.X) / 100, math.Round(100*p.Y) / 100})
		}
		list = append(list, o)
	}
	for _, g := range f.regions {
		if g.measured() {
			add(g.name, g.kind, g.outline)
		}
	}
	for _, h := range f.holes {
		add("", outcome.Exclude, h)
	}
	return list
}

// keepAsked drops the definitions of measures that were never tried, such as those of hair
// where nobody hopes for it: a record, and what is made of it, speaks of what was asked.
func (a *analysis) keepAsked() {
	tried := map[string]bool{}
	for _, p := range a.record.Photos {
		for _, r := range p.ROIs {
			for name := range r.Measures {
				tried[name] = true
			}
		}
	}
	if len(tried) > 0 {
		maps.DeleteFunc(a.record.Definitions, func(name string, _ outcome.Definition) bool { return !tried[name] })
	}
}

// compare fills in the changes, recoveries and flags; it sees nothing but the record.
func (a *analysis) compare(context.Context) error {
	trend.Assess(a.record, a.opt.Noise)
	return nil
}

// warnOfMixture notes what makes colours of different photos hard to compare, and photos
// that are the same file.
func (a *analysis) warnOfMixture() {
	profiles, cameras, first := map[string]bool{}, map[string]bool{}, map[string]string{}
	for i := range a.record.Photos {
		p := &a.record.Photos[i]
		if !p.Used() {
			continue
		}
		profiles[p.Profile] = true
		cameras[p.Camera] = true
		if p.SameFileAs = first[p.SHA256]; p.SameFileAs != "" {
			a.warn(outcome.SameFileAs, p.File)
		} else {
			first[p.SHA256] = p.File
		}
	}
	if len(profiles) > 1 {
		a.warn(outcome.MixedProfiles, "")
	}
	if len(cameras) > 1 {
		a.warn(outcome.MixedCameras, "")
	}
}

func (a *analysis) warn(code, file string) {
	a.record.Warnings = append(a.record.Warnings, outcome.Notice{Code: code, Photo: file, Text: outcome.WarningText(code)})
}

func visitRecord(m *manifest.Series, v manifest.Visit) outcome.Visit {
	out := outcome.Visit{Visit: v.ID, At: v.At.String(), Phase: v.Phase, Day: v.Day, SkinState: v.SkinState}
	if before := m.TreatmentsBefore(v); len(before) > 0 {
		days := v.At.DaysSince(before[len(before)-1].At)
		out.DaysSinceTreatment = &days
	}
	return out
}

func treatmentRecords(in []manifest.Treatment) []outcome.Treatment {
	var out []outcome.Treatment
	for _, t := range in {
		out = append(out, outcome.Treatment{At: t.At.String(), Device: t.Device, NeedleMM: known(t.NeedleMM), ROIs: t.ROIs, Notes: t.Notes})
	}
	return out
}

func scoreRecords(in []manifest.Score) []outcome.Score {
	var out []outcome.Score
	for _, s := range in {
		out = append(out, outcome.Score{At: s.At.String(), Scale: s.Scale, Value: outcome.Number(s.Value), Rater: s.Rater, Blinded: s.Blinded})
	}
	return out
}

// emptyPhoto is the record of a photo of which nothing is known yet.
func emptyPhoto(file, visit string) outcome.Photo {
	nan := outcome.NaN()
	return outcome.Photo{
		File: file, Visit: visit,
		Quality:     outcome.Quality{Verdict: outcome.OK},
		Calibration: outcome.Calibration{Method: "none", ResidualDE00: nan},
		Alignment:   outcome.Alignment{Status: outcome.AlignFailed, ErrorPx: nan, ErrorMM: nan, Overlap: nan},
	}
}

// describe copies what the file says of itself.
func (s *shot) describe() {
	r, m := &s.record, s.meta
	r.SHA256, r.Width, r.Height, r.Profile, r.Camera = m.SHA256, m.Width, m.Height, m.Profile, m.Camera
}

// AlignmentRecord is the contract's form of a result; a failed one has no matrix.
func AlignmentRecord(r align.Result, mmPerPx float64) outcome.Alignment {
	a := outcome.Alignment{
		Status: string(r.Status), Model: r.Model, Reason: r.Reason,
		ErrorPx: rounded(r.ErrorPx), ErrorMM: outcome.NaN(), Overlap: outcome.Number(r.Overlap), Assisted: r.Assisted,
	}
	if r.Status == align.StatusFailed {
		return a
	}
	m := [9]float64(r.PhotoFromFrame.Normalized())
	a.Matrix = &m
	if mmPerPx > 0 {
		a.ErrorMM = rounded(r.ErrorPx * mmPerPx)
	}
	return a
}

// rounded keeps three digits: an estimate has no more, and the last bits of its sums are
// the processor's. It is the number that the record's digits are read back as, so that a
// report made at once says what one made from the record says.
func rounded(v float64) outcome.Number {
	three, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
	if err != nil {
		panic("series: a number that is printed and not read: " + err.Error())
	}
	return outcome.Number(three)
}

// known is a number that 0 means "not said" for.
func known(v float64) outcome.Number {
	if v == 0 {
		return outcome.NaN()
	}
	return outcome.Number(v)
}
