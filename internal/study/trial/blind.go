package trial

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"math/rand/v2"
	"path"
	"slices"
	"strconv"
	"strings"

	"dermtrace/internal/folder"
	"dermtrace/internal/render"
)

// Pair is a before and an after picture of one series.
type Pair struct {
	Series        string
	Before, After string // visits
	BeforePicture string // files of the result folder
	AfterPicture  string
}

// Key says what the codes stand for. It is kept apart from the pictures until all ratings
// are in; the pack holds its hash, so that nobody can change it unseen.
type Key struct {
	Schema string    `json:"schema"`
	Seed   uint64    `json:"seed"`
	Pairs  []KeyPair `json:"pairs"`
}

// KeyPair is the truth about one coded pair.
type KeyPair struct {
	Code   string `json:"code"`
	Series string `json:"series"`
	Before string `json:"before"`
	After  string `json:"after"`
	Left   string `json:"left"` // before | after: what the left picture shows
}

const keySchema = "dermtrace.key/1"

// Files of a pack of coded pairs.
const (
	SheetFile = "ratings.csv"
	SealFile  = "seal.json"
	PageFile  = "index.html"
)

// sheetHeader are the columns of the rating sheet.
var sheetHeader = []string{"pair", "rater", "score"}

// largestScore bounds ratings: −3 left much better ... 0 no difference ... 3 right much
// better.
const largestScore = 3

// Blind shuffles the pairs, codes them, puts before to a random side, and hands every file
// of the pack to write. Pictures of a result folder hold no names or dates; what one of a
// pair does not show is taken out of both ([render.HatchAlike]). The returned text is the
// sealed key, which must not go with the pack.
func Blind(results fs.FS, pairs []Pair, seed uint64, write func(name string, b []byte) error) (key []byte, err error) {
	random := rand.New(rand.NewPCG(seed, 0x6465726d))
	order := slices.Clone(pairs)
	random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	k := Key{Schema: keySchema, Seed: seed}
	var codes []string
	for i, p := range order {
		kp := KeyPair{Code: fmt.Sprintf("%04d", i+1), Series: p.Series, Before: p.Before, After: p.After, Left: "before"}
		left, right, err := p.pictures(results)
		if err != nil {
			return nil, err
		}
		if random.IntN(2) == 1 {
			kp.Left, left, right = "after", right, left
		}
		if err := errors.Join(write("pairs/"+kp.Code+"_left.jpg", left), write("pairs/"+kp.Code+"_right.jpg", right)); err != nil {
			return nil, err
		}
		k.Pairs, codes = append(k.Pairs, kp), append(codes, kp.Code)
	}
	if key, err = json.MarshalIndent(k, "", " "); err != nil {
		return nil, err
	}
	key = append(key, '\n')
	return key, writePack(codes, key, write)
}

// pictures reads both, made alike in what they do not show.
func (p Pair) pictures(results fs.FS) (before, after []byte, err error) {
	var pair [2]render.Image
	for i, file := range []string{p.BeforePicture, p.AfterPicture} {
		b, err := fs.ReadFile(results, file)
		if err != nil {
			return nil, nil, err
		}
		pair[i] = render.Image{Bytes: b, Ext: path.Ext(file)}
	}
	a, b, err := render.HatchAlike(pair[0], pair[1])
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", p.Series, err)
	}
	return a.Bytes, b.Bytes, nil
}

// writePack writes the sheet, the page to rate from, and the seal.
func writePack(codes []string, key []byte, write func(string, []byte) error) error {
	var sheet, page bytes.Buffer
	out := csv.NewWriter(&sheet)
	if err := out.Write(sheetHeader); err != nil {
		return err
	}
	for _, c := range codes {
		if err := out.Write([]string{c, "", ""}); err != nil {
			return err
		}
	}
	out.Flush()
	if err := pairsPage.Execute(&page, codes); err != nil {
		return err
	}
	sum := sha256.Sum256(key)
	seal := fmt.Sprintf("{\"schema\":%q,\"key_sha256\":%q,\"pairs\":%d}\n", keySchema, hex.EncodeToString(sum[:]), len(codes))
	return errors.Join(write(SheetFile, sheet.Bytes()), write(PageFile, page.Bytes()), write(SealFile, []byte(seal)))
}

// pairsPage shows the pairs one below another; it has no script and asks no network.
var pairsPage = template.Must(template.New("pairs").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<title>Rating sheet: {{len .}} pairs</title>
<style>
body{margin:0 auto;max-width:70rem;padding:1.5rem;background:#f5f6f6;color:#13191d;font:400 1rem/1.55 system-ui,sans-serif}
figure{margin:0 0 2.5rem}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:3px;background:#14181b;border-radius:12px;overflow:hidden}
img{width:100%;display:block}
figcaption{margin-bottom:.4rem;font-weight:650}
</style></head><body>
<h1>Which side looks better?</h1>
<p>Write one score for each pair into ratings.csv, with your initials as rater:
−3 left much better, −2 left better, −1 left slightly better, 0 no difference,
1 right slightly better, 2 right better, 3 right much better. Leave a pair empty that you cannot judge.</p>
{{range .}}<figure><figcaption>Pair {{.}}</figcaption>
<div class="pair"><img src="pairs/{{.}}_left.jpg" alt="pair {{.}}, left" loading="lazy"><img src="pairs/{{.}}_right.jpg" alt="pair {{.}}, right" loading="lazy"></div></figure>
{{end}}</body></html>
`))

// Rating is one score with its truth: positive where the after picture was rated better.
type Rating struct {
	KeyPair
	Rater string
	Score float64
}

// Unblinded is what the ratings say once the codes are opened.
type Unblinded struct {
	Ratings   []Rating
	Pairs     int // rated by somebody
	Mean      float64
	After     int // ratings that prefer the after picture
	Before    int
	Agreement *Agreement // nil: fewer than two raters or three pairs in common
	Why       string     // why there is no agreement
}

// ErrBroken is returned for a key that is not the one that was sealed.
var ErrBroken = errors.New("the key is not the one that was sealed with these pictures")

// Unblind checks the key against the seal of the pack and joins the scores.
func Unblind(sheet, key, seal []byte) (*Unblinded, error) {
	var s struct {
		SHA256 string `json:"key_sha256"`
	}
	if err := json.Unmarshal(seal, &s); err != nil {
		return nil, fmt.Errorf("%s: %w", SealFile, err)
	}
	sum := sha256.Sum256(key)
	if s.SHA256 != hex.EncodeToString(sum[:]) {
		return nil, ErrBroken
	}
	var k Key
	if err := json.Unmarshal(key, &k); err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	u := &Unblinded{}
	if err := u.read(sheet, k); err != nil {
		return nil, fmt.Errorf("%s: %w", SheetFile, err)
	}
	u.count()
	u.agree(k.Seed)
	return u, nil
}

// read joins the sheet with the key; pairs without a score are left out.
func (u *Unblinded) read(sheet []byte, k Key) error {
	byCode := map[string]KeyPair{}
	for _, p := range k.Pairs {
		byCode[p.Code] = p
	}
	in, err := folder.CSV(sheet)
	if err != nil {
		return err
	}
	header, err := in.Read()
	if err != nil || !slices.Equal(header, sheetHeader) {
		return fmt.Errorf("the rating sheet must begin with %s", strings.Join(sheetHeader, ","))
	}
	seen := map[[2]string]bool{}
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		line, _ := in.FieldPos(0)
		if strings.TrimSpace(cells[2]) == "" {
			continue
		}
		r, err := ratingOf(cells, byCode)
		if err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
		if seen[[2]string{r.Code, r.Rater}] {
			return fmt.Errorf("line %d: %s rated pair %s already", line, r.Rater, r.Code)
		}
		seen[[2]string{r.Code, r.Rater}] = true
		u.Ratings = append(u.Ratings, r)
	}
}

// ratingOf reads one line of the sheet: pair, rater, score.
func ratingOf(cells []string, byCode map[string]KeyPair) (Rating, error) {
	code := cells[0]
	if n, err := strconv.Atoi(code); err == nil {
		code = fmt.Sprintf("%04d", n) // a spreadsheet drops leading zeros
	}
	p, known := byCode[code]
	if !known {
		return Rating{}, fmt.Errorf("the key knows no pair %s", cells[0])
	}
	score, err := strconv.ParseFloat(strings.NewReplacer("−", "-", ",", ".").Replace(strings.TrimSpace(cells[2])), 64)
	if err != nil || !(score >= -largestScore && score <= largestScore) {
		return Rating{}, fmt.Errorf("%q is no score from -%d to %d", cells[2], largestScore, largestScore)
	}
	if p.Left == "after" {
		score = -score
	}
	return Rating{p, cells[1], score + 0}, nil // no negative zero
}

func (u *Unblinded) count() {
	pairs := map[string]bool{}
	for _, r := range u.Ratings {
		pairs[r.Code] = true
		u.Mean += r.Score / float64(len(u.Ratings))
		switch {
		case r.Score > 0:
			u.After++
		case r.Score < 0:
			u.Before++
		}
	}
	u.Pairs = len(pairs)
}

// agree compares the raters on the pairs that all of them rated.
func (u *Unblinded) agree(seed uint64) {
	var raters, codes []string
	score := map[[2]string]float64{}
	for _, r := range u.Ratings {
		if !slices.Contains(raters, r.Rater) {
			raters = append(raters, r.Rater)
		}
		if !slices.Contains(codes, r.Code) {
			codes = append(codes, r.Code)
		}
		score[[2]string{r.Code, r.Rater}] = r.Score
	}
	slices.Sort(raters)
	slices.Sort(codes)
	var rows [][]float64
	for _, c := range codes {
		var row []float64
		for _, r := range raters {
			if v, ok := score[[2]string{c, r}]; ok {
				row = append(row, v)
			}
		}
		if len(row) == len(raters) {
			rows = append(rows, row)
		}
	}
	if len(raters) < 2 || len(rows) < 3 {
		u.Why = fmt.Sprintf("agreement needs two raters and three pairs in common; there are %d and %d", len(raters), len(rows))
		return
	}
	a, err := agree(raters, rows, seed)
	if err != nil {
		u.Why = err.Error()
		return
	}
	u.Agreement = &a
}
