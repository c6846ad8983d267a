package stats

import (
	"encoding/csv"
	"errors"
	"math"
	"os"
	"strconv"
	"testing"
)

// sleepstudy reads reaction times of 18 subjects over ten days (Belenky et al. 2003;
// lme4, whose licence keeps the table out of this repository).
func sleepstudy(t *testing.T) (y, days []float64, subject []int) {
	t.Helper()
	f, err := os.Open("../../../shared/tables/sleepstudy.csv")
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("SKIPPED: ../shared/tables/sleepstudy.csv is absent; the mixed model is checked on closed forms only")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		a, errA := strconv.ParseFloat(r[0], 64)
		b, errB := strconv.ParseFloat(r[1], 64)
		c, errC := strconv.Atoi(r[2])
		if err := errors.Join(errA, errB, errC); err != nil {
			t.Fatal(err)
		}
		y, days, subject = append(y, a), append(days, b), append(subject, c)
	}
	return y, days, subject
}

func ones(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = 1
	}
	return x
}

type figure struct {
	what string
	got  float64
	want string
}

func check(t *testing.T, list []figure) {
	t.Helper()
	for _, f := range list {
		printed(t, f.what, f.got, f.want)
	}
}

func TestSleepstudyRandomSlope(t *testing.T) {
	y, days, subject := sleepstudy(t)
	x := [][]float64{ones(len(y)), days}
	m, err := LinearMixed(MixedData{Y: y, X: x, Random: []Random{{Group: subject, Z: x}}})
	if err != nil {
		t.Fatal(err)
	}
	check(t, []figure{
		{"intercept", m.Fixed[0].Value, "251.40510"}, {"its SE", m.Fixed[0].SE, "6.82456"},
		{"days", m.Fixed[1].Value, "10.46729"}, {"its SE", m.Fixed[1].SE, "1.54579"},
		{"SD intercept", m.SD[0][0], "24.7405"}, {"SD slope", m.SD[0][1], "5.92213"}, {"corr", m.Corr[0], "0.0656"},
		{"σ", m.Sigma, "25.5918"}, {"REML", m.Criterion, "1743.6283"},
		// Balanced and both effects vary over 18 subjects: 17 by any rule.
		{"df", m.Fixed[0].DF, "17.00"}, {"df of days", m.Fixed[1].DF, "17.00"},
	})
	if m, err = LinearMixed(MixedData{Y: y, X: x, Random: []Random{{Group: subject, Z: x}}, ML: true}); err != nil {
		t.Fatal(err)
	}
	check(t, []figure{{"ML SD intercept", m.SD[0][0], "23.7806"}, {"ML SD slope", m.SD[0][1], "5.7168"},
		{"ML corr", m.Corr[0], "0.0813"}, {"deviance", m.Criterion, "1751.9393"}})
}

func TestSleepstudyRandomIntercept(t *testing.T) {
	y, days, subject := sleepstudy(t)
	x := [][]float64{ones(len(y)), days}
	d := MixedData{Y: y, X: x, Random: []Random{{Group: subject, Z: x[:1]}}}
	m, err := LinearMixed(d)
	if err != nil {
		t.Fatal(err)
	}
	check(t, []figure{
		{"intercept", m.Fixed[0].Value, "251.40510"}, {"its SE", m.Fixed[0].SE, "9.74672"},
		{"days", m.Fixed[1].Value, "10.46729"}, {"its SE", m.Fixed[1].SE, "0.80422"},
		{"SD", m.SD[0][0], "37.1238"}, {"σ", m.Sigma, "30.9912"}, {"REML", m.Criterion, "1786.4651"},
		{"df of days: 180 − 18 − 1", m.Fixed[1].DF, "161.00"},
	})
	d.ML = true
	if m, err = LinearMixed(d); err != nil {
		t.Fatal(err)
	}
	check(t, []figure{{"ML SD", m.SD[0][0], "36.0121"}, {"ML σ", m.Sigma, "30.8954"}, {"deviance", m.Criterion, "1794.0786"}})
}

// A balanced random intercept has a closed form: σ² = MSW, σ_b² = (MSB − MSW)/k, the
// mean has standard error √(MSB/nk) and n − 1 degrees of freedom.
func TestBalancedInterceptIsANOVA(t *testing.T) {
	var y []float64
	var group []int
	for i, row := range shroutFleiss {
		for _, v := range row {
			y, group = append(y, v), append(group, i)
		}
	}
	m, err := LinearMixed(MixedData{Y: y, X: [][]float64{ones(24)}, Random: []Random{{Group: group, Z: [][]float64{ones(24)}}}})
	if err != nil {
		t.Fatal(err)
	}
	r, _ := ICC(shroutFleiss)
	for _, tt := range []struct {
		what      string
		got, want float64
	}{
		{"σ²", m.Sigma * m.Sigma, r.WMS}, {"σ_b²", m.SD[0][0] * m.SD[0][0], (r.BMS - r.WMS) / 4},
		{"mean", m.Fixed[0].Value, Mean(y)}, {"its SE", m.Fixed[0].SE, math.Sqrt(r.BMS / 24)}, {"df", m.Fixed[0].DF, 5},
	} {
		// The simplex stops at a criterion known to 1e-11, parameters to its square root.
		if !(math.Abs(tt.got/tt.want-1) <= 1e-4) {
			t.Errorf("%s: got %v, want %v", tt.what, tt.got, tt.want)
		}
	}
}

// A balanced nested design (visits in sides in subjects) has a closed form too.
func TestBalancedNestingIsANOVA(t *testing.T) {
	const subjects, sides, visits = 8, 2, 3
	var y []float64
	var subject, side []int
	for i := range subjects {
		for j := range sides {
			for k := range visits {
				// Any fixed numbers whose mean squares fall in order will do.
				v := 3*math.Sin(float64(5*i)) + 1.5*math.Sin(float64(7*i+11*j)) + 0.5*math.Sin(float64(13*i+17*j+19*k))
				y, subject, side = append(y, v), append(subject, i), append(side, 2*i+j)
			}
		}
	}
	one := [][]float64{ones(len(y))}
	m, err := LinearMixed(MixedData{Y: y, X: one, Random: []Random{{Group: subject, Z: one}, {Group: side, Z: one}}})
	if err != nil {
		t.Fatal(err)
	}
	var within, between, among float64
	var means []float64
	for i := range subjects {
		var sideMeans []float64
		for j := range sides {
			cell := y[(i*sides+j)*visits:][:visits]
			within += sumSquares(cell)
			sideMeans = append(sideMeans, Mean(cell))
		}
		between += visits * sumSquares(sideMeans)
		means = append(means, Mean(sideMeans))
	}
	among = sides * visits * sumSquares(means)
	msw, mss, msa := within/(subjects*sides*(visits-1)), between/(subjects*(sides-1)), among/(subjects-1)
	for _, tt := range []struct {
		what      string
		got, want float64
	}{{"σ²", m.Sigma * m.Sigma, msw}, {"side", m.SD[1][0] * m.SD[1][0], (mss - msw) / visits},
		{"subject", m.SD[0][0] * m.SD[0][0], (msa - mss) / (sides * visits)}} {
		if !(math.Abs(tt.got/tt.want-1) <= 1e-4) {
			t.Errorf("%s: got %v, want %v", tt.what, tt.got, tt.want)
		}
	}
}

func TestMixedModelAtTheBoundaryAndRefusal(t *testing.T) {
	// Groups that agree more than their members do have no variance of their own.
	y := []float64{1, 9, 2, 8, 3, 7, 4, 6, 5, 5.5, 0, 10}
	group := []int{0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5}
	d := MixedData{Y: y, X: [][]float64{ones(12)}, Random: []Random{{Group: group, Z: [][]float64{ones(12)}}}}
	m, err := LinearMixed(d)
	if err != nil {
		t.Fatal(err)
	}
	if m.SD[0][0] != 0 || len(m.Warnings) != 1 || !(math.Abs(m.Sigma-SD(y)) < 1e-4) || !(math.Abs(m.Fixed[0].DF-11) < 0.01) {
		t.Errorf("boundary: %+v", m)
	}
	for i := range group {
		d.Random[0].Group[i] = group[i] % 4
	}
	if _, err := LinearMixed(d); !errors.Is(err, ErrTooFew) {
		t.Errorf("four groups were fitted: %v", err)
	}
}
