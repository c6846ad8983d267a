package cie

import (
	"math"
	"testing"
)

// Reference colours: sRGB codes, CIELAB under D65, CIELAB under D50 after Bradford,
// recomputed from IEC 61966-2-1 and CIE 15 and equal to the CSS Color 4 samples.
var referenceColours = []struct {
	code     [3]float64
	d65, d50 Lab
}{
	{[3]float64{255, 0, 0}, Lab{53.2371, 80.0901, 67.2033}, Lab{54.2905, 80.8049, 69.8910}},
	{[3]float64{0, 255, 0}, Lab{87.7355, -86.1816, 83.1866}, Lab{87.8185, -79.2711, 80.9946}},
	{[3]float64{0, 0, 255}, Lab{32.3009, 79.1953, -107.8555}, Lab{29.5683, 68.2874, -112.0297}},
	{[3]float64{194, 150, 130}, Lab{65.6666, 13.6719, 16.8979}, Lab{65.9199, 14.9610, 17.2661}},
	{[3]float64{224, 172, 105}, Lab{73.7874, 11.2733, 41.5318}, Lab{74.1998, 14.0045, 41.8908}},
}

func linear(code [3]float64) (r, g, b float64) {
	return Decode(code[0] / 255), Decode(code[1] / 255), Decode(code[2] / 255)
}

func nearLab(t *testing.T, what string, got, want Lab, tol float64) {
	t.Helper()
	near(t, what+" L*", got.L, want.L, tol)
	near(t, what+" a*", got.A, want.A, tol)
	near(t, what+" b*", got.B, want.B, tol)
}

// labD50 is the colour of linear sRGB adapted to D50, as chart tables are.
func labD50(r, g, b float64) Lab {
	return LabFromXYZ(Adapt(D65(), D50()).Apply(XYZFromRGB().Apply([3]float64{r, g, b})), D50())
}

func TestLabOfReferenceColours(t *testing.T) {
	for _, c := range referenceColours {
		r, g, b := linear(c.code)
		nearLab(t, "D65", LabD65(r, g, b), c.d65, 1e-4)
		nearLab(t, "D50", labD50(r, g, b), c.d50, 1e-4)
	}
}

func TestGreyIsNeutral(t *testing.T) {
	near(t, "code 128", Decode(128.0/255), 0.215861, 5e-7)
	v := Decode(128.0 / 255)
	nearLab(t, "grey D65", LabD65(v, v, v), Lab{53.585, 0, 0}, 5e-4)
	nearLab(t, "white", LabD65(1, 1, 1), Lab{100, 0, 0}, 1e-10)
	nearLab(t, "white D50", labD50(1, 1, 1), Lab{100, 0, 0}, 1e-10)
}

func TestTransferIsItsOwnInverse(t *testing.T) {
	for i := range 1001 {
		c := float64(i) / 1000
		near(t, "code", Encode(Decode(c)), c, 1e-7) // the standard's two pieces meet only to 1e-8
	}
	table := DecodeTable(256)
	near(t, "table", float64(table[128]), Decode(128.0/255), 1e-8)
}

func TestMatricesAtPrintedPrecision(t *testing.T) {
	want := Matrix{{0.41239080, 0.35758434, 0.18048079}, {0.21263901, 0.71516868, 0.07219232}, {0.01933082, 0.11919478, 0.95053215}}
	inverse := Matrix{{3.24096994, -1.53738318, -0.49861076}, {-0.96924364, 1.87596750, 0.04155506}, {0.05563008, -0.20397696, 1.05697151}}
	// Lindbloom's D65 → D50 (Bradford, ASTM whites).
	bradford := Matrix{{1.0478112, 0.0228866, -0.0501270}, {0.0295424, 0.9904844, -0.0170491}, {-0.0092345, 0.0150436, 0.7521316}}
	back := Matrix{{0.9555766, -0.0230393, 0.0631636}, {-0.0282895, 1.0099416, 0.0210077}, {0.0122982, -0.0204830, 1.3299098}}
	d65, d50 := White{0.95047, 1, 1.08883}, White{0.96422, 1, 0.82521} // ASTM E308, 2° observer
	for _, c := range []struct {
		what      string
		got, want Matrix
		tol       float64
	}{
		{"XYZ from RGB", XYZFromRGB(), want, 5e-9 + 1e-12}, {"RGB from XYZ", RGBFromXYZ(), inverse, 5e-9 + 1e-12},
		{"D50 from D65", Adapt(d65, d50), bradford, 1e-7}, {"D65 from D50", Adapt(d50, d65), back, 1e-7},
	} {
		for i := range 3 {
			for j := range 3 {
				near(t, c.what, c.got[i][j], c.want[i][j], c.tol)
			}
		}
	}
}

func TestLabComesBack(t *testing.T) {
	for _, c := range []Lab{{65.7, 18.1, 17.8}, {5, 0.2, -0.3}, {20, -30, 40}, {100, 0, 0}} {
		nearLab(t, "there and back", LabFromXYZ(XYZFromLab(c, D50()), D50()), c, 1e-11)
	}
}

// ITA of the chart's skin patches (after 2014), D50 as printed and adapted to D65.
func TestITA(t *testing.T) {
	chart, err := ColorChecker(After2014)
	if err != nil {
		t.Fatal(err)
	}
	d65 := func(c Lab) Lab {
		return LabFromXYZ(Adapt(D50(), D65()).Apply(XYZFromLab(c, D50())), D65())
	}
	for _, c := range []struct {
		lab  Lab
		want float64
	}{{chart[1].Lab, 39.95}, {d65(chart[1].Lab), 40.13}, {chart[0].Lab, -39.87}, {d65(chart[0].Lab), -41.03}} {
		got, ok := ITA(c.lab)
		near(t, "ITA", got, c.want, 0.0051)
		if !ok {
			t.Error("a chart's skin has an ITA")
		}
	}
	if _, ok := ITA(Lab{60, 10, 2.9}); ok {
		t.Error("b* below 3 has no ITA")
	}
	if _, ok := ITA(Lab{60, 10, math.NaN()}); ok {
		t.Error("NaN has no ITA")
	}
}

// ΔE00 between the two editions: mean 0.85, largest 1.95 (white), recomputed.
func TestChartEditionsDiffer(t *testing.T) {
	before, err1 := ColorChecker(Before2014)
	after, err2 := ColorChecker(After2014)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	var sum, largest float64
	for i := range before {
		d := DeltaE00(before[i].Lab, after[i].Lab)
		sum, largest = sum+d, max(largest, d)
	}
	near(t, "mean", sum/Patches, 0.85, 0.005)
	near(t, "largest", largest, 1.95, 0.005)
	near(t, "blue sky b* before 2014", before[2].Lab.B, -21.925, 0)
	if _, err := ColorChecker("2015"); err == nil {
		t.Error("an unknown edition was accepted")
	}
}

func TestUV(t *testing.T) {
	u, v := UV(D65())
	near(t, "u'", u, 0.1978, 5e-5)
	near(t, "v'", v, 0.4683, 5e-5)
}

func TestLabTableFollowsTheExactFunction(t *testing.T) {
	const n = 33
	var rgb, lab [3][]float32
	for c := range rgb {
		rgb[c], lab[c] = make([]float32, n*n*n), make([]float32, n*n*n)
	}
	for i := range rgb[0] {
		rgb[0][i] = float32(i%n)/16 - 0.1
		rgb[1][i] = float32(i/n%n)/32 - 0.02
		rgb[2][i] = float32(Decode(float64(i/n/n) / 32))
	}
	NewLabTable().Row(lab, rgb)
	for i := range lab[0] {
		want := LabD65(float64(rgb[0][i]), float64(rgb[1][i]), float64(rgb[2][i]))
		nearLab(t, "pixel", Lab{float64(lab[0][i]), float64(lab[1][i]), float64(lab[2][i])}, want, 0.005)
	}
}

func BenchmarkLabTable(b *testing.B) {
	const n = 1000 * 1000
	var rgb, lab [3][]float32
	for c := range rgb {
		rgb[c], lab[c] = make([]float32, n), make([]float32, n)
		for i := range rgb[c] {
			rgb[c][i] = 0.5 - 0.1*float32(c) + float32(i%1000)/5000
		}
	}
	table := NewLabTable()
	b.SetBytes(12 * n)
	b.ReportAllocs()
	for b.Loop() {
		table.Row(lab, rgb)
	}
}
