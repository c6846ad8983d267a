package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	"dermtrace/internal/folder"
	"dermtrace/internal/outcome"
	"dermtrace/internal/photo"

	"github.com/spf13/cobra"
)

// noNumber stands where nothing was measured.
const noNumber = "—"

// inDigits is a change, its 95 % interval and what is detectable, each to one digit more
// than the detectable change entitles to: whoever reads it here may compute with it.
func inDigits(c outcome.Change) (change, interval, detectable string) {
	if !c.MDC95.Known() || !c.Change.Known() {
		return signed(c.Change), noNumber, noNumber
	}
	places := outcome.Places(c.MDC95) + 1
	return c.Change.Signed(places), c.CI95[0].Fixed(places) + " to " + c.CI95[1].Fixed(places), c.MDC95.Fixed(places)
}

// estimated is an estimate and its 95 % interval, to one digit more than half of that
// entitles to; nothing stands where there is none.
func estimated(v outcome.Number, ci [2]outcome.Number) (estimate, interval string) {
	if !ci[0].Known() || !ci[1].Known() {
		return v.Fixed(-1), ""
	}
	places := outcome.Places((ci[1]-ci[0])/2) + 1
	return v.Fixed(places), "95 % " + ci[0].Fixed(places) + " to " + ci[1].Fixed(places)
}

// pText is a p value to two digits, those too small to matter as below one; nothing where
// there is none.
func pText(p outcome.Number) string {
	switch {
	case !p.Known():
		return ""
	case p < 0.0001:
		return "p < 0.0001"
	}
	return "p " + p.Significant(2)
}

// short is a number with three significant digits, for reading.
func short(n outcome.Number) string {
	if !n.Known() {
		return noNumber
	}
	return strconv.FormatFloat(float64(n), 'g', 3, 64)
}

// signed is short with its sign, as changes are printed.
func signed(n outcome.Number) string {
	if n.Known() && n > 0 {
		return "+" + short(n)
	}
	return short(n)
}

// unitText is a unit as it stands behind a number; a number without one has "1".
func unitText(unit string) string {
	if unit == "1" {
		return ""
	}
	return unit
}

// seriesName is what a person calls a series of a study: the study itself where its own
// folder is the series.
func seriesName(id, study string) string {
	if id == "." {
		return study
	}
	return id
}

// counted says how many there are of a thing whose plural ends in s.
func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return strconv.Itoa(n) + " " + what
}

// fileError names the file in front of what was wrong with it.
func fileError(path string, err error) error { return fmt.Errorf("%s: %w", path, err) }

func isFolder(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return withHint(err, "give the folder that holds the photos")
	case !info.IsDir():
		return withHint(fmt.Errorf("%s is a file, not a folder of photos", path), "give the folder that holds the photos")
	}
	return nil
}

// limitFlag adds the one limit on photos that users meet.
func limitFlag(cmd *cobra.Command, megapixels *float64) {
	cmd.Flags().Var((*megapixelLimit)(megapixels), "max-megapixels", "refuse larger photos (default 150)")
}

// megapixelLimit is a flag: a number of megapixels. Zero is the default.
type megapixelLimit float64

func (m *megapixelLimit) String() string { return "" }
func (m *megapixelLimit) Type() string   { return "number" }

// Set takes numbers above 0.
func (m *megapixelLimit) Set(text string) error {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v > 0) {
		return errors.New("write a number of megapixels, as 200")
	}
	*m = megapixelLimit(v)
	return nil
}

func limits(megapixels float64) photo.Limits { return photo.Limits{Megapixels: megapixels} }

// fileMode is a flag: the permissions of result files. Zero is the default, private.
type fileMode struct{ fs.FileMode }

func (m *fileMode) String() string {
	return strconv.FormatUint(uint64(max(m.FileMode, folder.Private)), 8)
}
func (m *fileMode) Type() string { return "octal" }

// Set takes modes that let the owner read and write, and nobody execute.
func (m *fileMode) Set(text string) error {
	v, err := strconv.ParseUint(text, 8, 32)
	if err != nil || v&^0o666 != 0 || v&0o600 != 0o600 {
		return errors.New("write it as 600, 640 or 644")
	}
	m.FileMode = fs.FileMode(v)
	return nil
}
