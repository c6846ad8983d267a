package report

import (
	"bytes"
	"math"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dermtrace/internal/outcome"
)

// Records are read from files, so any number, text and list in one may be anything.
// A mangled record must still give a page and a table, in bounded time.
func TestMangledRecordsRender(t *testing.T) {
	pics := pictures() // drawn before the watch: only rendering is timed
	for _, seed := range mangledSeeds() {
		m := mangler{rand.New(rand.NewPCG(seed, 1)), 0.002 * math.Pow(1.1, float64(seed%60))}
		rec := record()
		m.mangle(reflect.ValueOf(rec).Elem())
		rec = reread(t, rec)
		done := make(chan struct{})
		go func() {
			defer close(done)
			var page, table bytes.Buffer
			opt := Options{Patient: seed%7 == 6, Coded: seed%5 == 4}
			if opt.Coded {
				rec = Coded(rec, []byte("key"))
			}
			if err := HTML(&page, rec, pics, opt); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
			if n := strings.Count(page.String(), "<script"); n != 1 {
				t.Errorf("seed %d: %d scripts", seed, n)
			}
			if bad := notNumbers.FindString(addresses.ReplaceAllString(page.String(), "")); bad != "" {
				t.Errorf("seed %d: %q stands on the page", seed, bad)
			}
			if err := MeasurementsCSV(&table, rec); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
		}()
		select {
		case <-done:
		case <-time.After(2 * time.Minute):
			t.Fatalf("seed %d does not come to an end", seed)
		}
	}
}

// notNumbers finds what must never be printed, with what stands around it.
var notNumbers = regexp.MustCompile(`.{0,80}\b(NaN|Inf)\b.{0,20}`)

// mangledSeeds are sixty shares of mangled values, and two of the seeds in which a
// bound near the largest float64 once left the gauge's width.
func mangledSeeds() []uint64 {
	if testing.Short() {
		return []uint64{0, 15, 30, 45, 59}
	}
	seeds := []uint64{218, 262}
	for seed := range uint64(60) {
		seeds = append(seeds, seed)
	}
	return seeds
}

// reread is the record as a file would give it back.
func reread(t *testing.T, rec *outcome.Record) *outcome.Record {
	t.Helper()
	rec.Schema = outcome.Schema
	var b bytes.Buffer
	if err := outcome.Write(&b, rec); err != nil {
		t.Fatal(err)
	}
	back, err := outcome.Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// mangler replaces this share of the values of a record.
type mangler struct {
	*rand.Rand
	share float64
}

func (m mangler) mangle(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			m.mangle(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			m.mangle(v.Field(i))
		}
	case reflect.Slice:
		if m.Float64() < m.share/4 {
			v.SetLen(m.IntN(v.Len() + 1))
		}
		for i := range v.Len() {
			m.mangle(v.Index(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			m.mangle(v.Index(i))
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) }) // one seed, one record
		for _, k := range keys {
			e := reflect.New(v.Type().Elem()).Elem()
			e.Set(v.MapIndex(k))
			m.mangle(e)
			v.SetMapIndex(k, e)
		}
	default:
		if m.Float64() < m.share {
			m.replace(v)
		}
	}
}

func (m mangler) replace(v reflect.Value) {
	numbers := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, -1, 1e300, -1e300, 1e-300, 1e16, 3.3e9, math.MaxFloat64}
	words := []string{"", "2026-01-14", "treated", "hemoglobin", "redness", "mature", "not comparable", "improved", "unusable", "\x00\xff", "<script>", "9999-12-31", "%[1]s%d%!", "../../x", "{{.}}"}
	switch v.Kind() {
	case reflect.Float64:
		x := numbers[m.IntN(len(numbers))]
		if _, nullable := v.Interface().(outcome.Number); !nullable && (math.IsNaN(x) || math.IsInf(x, 0)) {
			x = 0 // such a field has no null in a file
		}
		v.SetFloat(x)
	case reflect.String:
		v.SetString(words[m.IntN(len(words))])
	case reflect.Int:
		v.SetInt([]int64{0, -1, 1 << 40, math.MaxInt64, math.MinInt64}[m.IntN(5)])
	case reflect.Bool:
		v.SetBool(!v.Bool())
	}
}

func TestMangledMeansMangled(t *testing.T) {
	rec, plain := record(), record()
	mangler{rand.New(rand.NewPCG(1, 1)), 0.5}.mangle(reflect.ValueOf(rec).Elem())
	rec = reread(t, rec)
	var a, b bytes.Buffer
	if err := outcome.Write(&a, rec); err != nil {
		t.Fatal(err)
	}
	if err := outcome.Write(&b, plain); err != nil {
		t.Fatal(err)
	}
	if a.String() == b.String() {
		t.Error("the mangler changes nothing")
	}
}
