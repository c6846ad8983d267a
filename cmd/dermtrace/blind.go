package main

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"dermtrace/internal/folder"
	"dermtrace/internal/outcome"
	"dermtrace/internal/stats"
	"dermtrace/internal/study"
	"dermtrace/internal/study/trial"

	"github.com/spf13/cobra"
)

type blindOptions struct {
	dir, key, purpose string
	seed              uint64
	force             bool
}

func newBlind(t *terminal) *cobra.Command {
	var opt blindOptions
	cmd := &cobra.Command{
		Use:   "blind OUT -o PACK --key FILE",
		Short: "Write coded before/after pairs for raters who must not know which is which",
		Long: `blind takes the aligned pictures of the baseline and of the last visit of every series
in OUT ('dermtrace batch'), shuffles the pairs, puts before on a random side, and writes
them to PACK with a rating sheet and a page to look at them.

FILE holds the key: keep it away from raters until all ratings are in. PACK holds its
SHA-256, so that a key that was changed is refused by 'dermtrace unblind'.`,
		Args: exactly(1, "one folder of results"),
		RunE: func(_ *cobra.Command, args []string) error {
			if opt.dir == "" || opt.key == "" {
				return usage("blind needs a folder for the pairs and a file for the key", "add -o PACK --key FILE")
			}
			if err := checkPurpose(opt.purpose); err != nil {
				return err
			}
			return runBlind(t, args[0], opt)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&opt.dir, "output", "o", "", "`DIR` for the coded pairs")
	f.StringVar(&opt.key, "key", "", "`FILE` for the key; never inside PACK")
	f.StringVar(&opt.purpose, "purpose", "", "care, research, publication or marketing: leave out subjects without this consent")
	f.Uint64Var(&opt.seed, "seed", 0, "repeat a shuffle (default: drawn anew, and kept in the key)")
	f.BoolVar(&opt.force, "force", false, "write into a folder that holds other files (they stay)")
	return cmd
}

func runBlind(t *terminal, out string, opt blindOptions) error {
	if err := keyApart(opt.key, opt.dir); err != nil {
		return err
	}
	if entries, err := os.ReadDir(opt.dir); err == nil && len(entries) > 0 && !opt.force {
		return withHint(fmt.Errorf("%s is not empty", opt.dir), "choose another folder, or add --force")
	}
	pairs, err := pairsToShow(t, out, opt.purpose)
	if err != nil {
		return err
	}
	if opt.seed == 0 {
		if err := binary.Read(rand.Reader, binary.NativeEndian, &opt.seed); err != nil {
			return err
		}
	}
	key, err := trial.Blind(os.DirFS(out), pairs, opt.seed, func(name string, b []byte) error {
		path := filepath.Join(opt.dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		return folder.WriteFile(path, func(w io.Writer) error { _, err := w.Write(b); return err })
	})
	if err != nil {
		return err
	}
	if err := folder.WriteFile(opt.key, func(w io.Writer) error { _, err := w.Write(key); return err }); err != nil {
		return err
	}
	t.print("pairs         %d", len(pairs))
	t.print("sheet         %s", filepath.Join(opt.dir, trial.SheetFile))
	t.print("key           %s", opt.key)
	return nil
}

// pairsToShow lists the pairs that raters may see, and says what was left out.
func pairsToShow(t *terminal, out, purpose string) ([]trial.Pair, error) {
	pairs, left, err := study.Pairs(out, purpose)
	if err != nil {
		return nil, err
	}
	if left.Consent > 0 {
		t.say("%s", leftOut(left.Consent, purpose))
	}
	if left.Plan > 0 {
		t.say("%s", excluded(left.Plan))
	}
	if left.Pair > 0 {
		t.say("%d series have no pair to show and were left out", left.Pair)
	}
	switch {
	case len(pairs) > 0:
		return pairs, nil
	case left.Consent > 0:
		return nil, withHint(fmt.Errorf("%s: no series may be shown for %s", out, purpose), "ask for this consent, write it into series.yaml and run 'dermtrace batch' again")
	}
	return nil, withHint(fmt.Errorf("%s: no series has a baseline and a later visit to show", out), "give the OUT of 'dermtrace batch'")
}

// keyApart refuses a key inside the pack, and one that exists: a lost key is a lost study.
func keyApart(key, pack string) error {
	a, err1 := filepath.Abs(key)
	b, err2 := filepath.Abs(pack)
	rel, err3 := filepath.Rel(b, a)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if err3 == nil && filepath.IsLocal(rel) {
		return usage("the key would go with the pictures", "give --key a file outside "+pack)
	}
	if _, err := os.Lstat(key); err == nil {
		return withHint(fmt.Errorf("%s exists already", key), "give the key another name")
	}
	return nil
}

type unblindOptions struct{ key, table string }

func newUnblind(t *terminal) *cobra.Command {
	var opt unblindOptions
	cmd := &cobra.Command{
		Use:   "unblind PACK --key FILE [-o TABLE.csv]",
		Short: "Join raters' scores with the key: preference, weighted kappa, ICC",
		Long: `unblind reads PACK/ratings.csv (the lines of several raters one below another) and the
key, checks that the key is the one that was sealed, and prints how often the after
picture was rated better, how far (score, positive: after is better), and how well raters
agree: quadratically weighted kappa of the first two by name, and ICC(2,1) of all.`,
		Args: exactly(1, "one folder of coded pairs"),
		RunE: func(_ *cobra.Command, args []string) error {
			if opt.key == "" {
				return usage("unblind needs the key", "add --key FILE")
			}
			return runUnblind(t, args[0], opt)
		},
	}
	cmd.Flags().StringVar(&opt.key, "key", "", "`FILE` of the key")
	cmd.Flags().StringVarP(&opt.table, "output", "o", "", "`CSV` of the ratings with what they were of")
	return cmd
}

func runUnblind(t *terminal, pack string, opt unblindOptions) error {
	const mend = "give the folder and the key that 'dermtrace blind' wrote"
	key, err := folder.ReadFile(opt.key, trial.MaxTable)
	if err != nil {
		return withHint(err, mend)
	}
	seal, err := folder.ReadFile(filepath.Join(pack, trial.SealFile), trial.MaxTable)
	if err != nil {
		return withHint(err, mend)
	}
	sheet, err := folder.ReadFile(filepath.Join(pack, trial.SheetFile), trial.MaxTable)
	if err != nil {
		return withHint(err, mend)
	}
	u, err := trial.Unblind(sheet, key, seal)
	if errors.Is(err, trial.ErrBroken) {
		return withHint(err, "give the key that 'dermtrace blind' wrote with this folder")
	}
	if err != nil {
		return err
	}
	if len(u.Ratings) == 0 {
		return withHint(errors.New("the sheet holds no score"), "write scores from -3 to 3 into "+trial.SheetFile)
	}
	if opt.table != "" {
		if err := folder.WriteFile(opt.table, func(w io.Writer) error { return writeRatings(w, u) }); err != nil {
			return err
		}
	}
	t.printUnblinded(u)
	return nil
}

func writeRatings(w io.Writer, u *trial.Unblinded) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"pair", "series", "before", "after", "left", "rater", "score_after"}); err != nil {
		return err
	}
	for _, r := range u.Ratings {
		if err := out.Write([]string{r.Code, outcome.CellText(r.Series), r.Before, r.After, r.Left, outcome.CellText(r.Rater), strconv.FormatFloat(r.Score, 'g', -1, 64)}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func (t *terminal) printUnblinded(u *trial.Unblinded) {
	t.print("rated         %d pairs, %d ratings", u.Pairs, len(u.Ratings))
	t.print("after better  %d of %d ratings, before better %d, mean score %.3g (-3 to 3)", u.After, len(u.Ratings), u.Before, u.Mean)
	a := u.Agreement
	if a == nil {
		t.print("agreement     %s", u.Why)
		return
	}
	t.print("kappa         %.3f%s, quadratic weights, %s and %s, %d pairs", a.Kappa, within(a.CI), a.Raters[0], a.Raters[1], a.N)
	t.print("icc           %.3f%s, ICC(2,1), %d raters", a.ICC.Value, within(a.ICC.CI), len(a.Raters))
	for _, n := range a.Notes {
		t.say("%s", strings.TrimSpace(n))
	}
}

// within is an interval in words, nothing where there is none.
func within(i stats.Interval) string {
	if math.IsNaN(i.Low) || math.IsNaN(i.High) {
		return ""
	}
	return fmt.Sprintf(" (95 %% %.3f to %.3f)", i.Low, i.High)
}
