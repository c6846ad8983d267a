package report

import (
	"bytes"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"dermtrace/internal/outcome"
)

// Records are read from files, so any number, text and list in one may be anything.
// A mangled record must still give a page and a table, in bounded time.
func TestMangledRecordsRender(t *testing.T) {
	rounds := 60
	if testing.Short() {
		rounds = 10
	}
	for seed := range uint64(rounds) {
		m := mangler{rand.New(rand.NewPCG(seed, 1)), 0.002 * math.Pow(1.1, float64(seed))}
		rec := record()
		m.mangle(reflect.ValueOf(rec).Elem())
		rec = reread(t, rec)
		done := make(chan struct{})
		go func() {
			defer close(done)
			var page, table bytes.Buffer
			if err := HTML(&page, rec, pictures(), Options{Patient: seed%7 == 6}); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
			if n := strings.Count(page.String(), "<script"); n != 1 {
				t.Errorf("seed %d: %d scripts", seed, n)
			}
			for _, bad := range []string{"NaN", "+Inf", "-Inf"} {
				if strings.Contains(addresses.ReplaceAllString(page.String(), ""), bad) {
					t.Errorf("seed %d: %s stands on the page", seed, bad)
				}
			}
			if err := MeasurementsCSV(&table, rec); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
		}()
		select {
		case <-done:
		case <-time.After(30 * time.Second):
			t.Fatalf("seed %d does not come to an end", seed)
		}
	}
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
