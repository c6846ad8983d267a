package optics

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

type modelRow struct {
	melanin, blood float64
	rgb            [3]float64
}

// published is every third row of a table of the same model ("diffusion2") computed by
// another hand in another language: linear sRGB of melanosome and blood fractions,
// printed to five places.
var published = []modelRow{
	{0.013, 0.002, [3]float64{0.57281, 0.46853, 0.33822}},
	{0.013, 0.02, [3]float64{0.47434, 0.25233, 0.17732}},
	{0.0255, 0.002, [3]float64{0.54975, 0.43312, 0.29110}},
	{0.0255, 0.02, [3]float64{0.45515, 0.23242, 0.15328}},
	{0.04, 0.002, [3]float64{0.52391, 0.39531, 0.24444}},
	{0.04, 0.02, [3]float64{0.43362, 0.21127, 0.12934}},
	{0.063, 0.002, [3]float64{0.48489, 0.34190, 0.18494}},
	{0.063, 0.02, [3]float64{0.40111, 0.18156, 0.09860}},
	{0.11, 0.002, [3]float64{0.41243, 0.25393, 0.10358}},
	{0.11, 0.02, [3]float64{0.34078, 0.13313, 0.05602}},
	{0.155, 0.002, [3]float64{0.35174, 0.19088, 0.05835}},
	{0.155, 0.02, [3]float64{0.29037, 0.09886, 0.03195}},
	{0.18, 0.002, [3]float64{0.32148, 0.16288, 0.04192}},
	{0.18, 0.02, [3]float64{0.26530, 0.08377, 0.02309}},
	{0.305, 0.002, [3]float64{0.20234, 0.07366, 0.00583}},
	{0.305, 0.02, [3]float64{0.16701, 0.03649, 0.00324}},
	{0.43, 0.002, [3]float64{0.12549, 0.03331, -0.00114}},
	{0.43, 0.02, [3]float64{0.10389, 0.01575, -0.00074}},
}

// printed is half a unit of the fifth place, and as much again for that hand's own
// rounding of the constants 3.25070 and the sRGB matrix.
const printed = 1e-5

func TestModelAgreesWithThePublishedTable(t *testing.T) {
	for _, row := range published {
		checkRow(t, row)
	}
}

func TestModelAgreesWithTheWholeTable(t *testing.T) {
	const path = "../../../shared/tables/skin_forward_model.csv"
	f, err := os.Open(path)
	if err != nil {
		t.Skip("SKIPPED: ../shared/tables/skin_forward_model.csv is absent; the subset in this file was checked")
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, r := range rows[1:] {
		if r[0] != "diffusion2" {
			continue
		}
		var v [5]float64
		for i := range v {
			if v[i], err = strconv.ParseFloat(r[i+1], 64); err != nil {
				t.Fatal(err)
			}
		}
		checkRow(t, modelRow{v[0], v[1], [3]float64(v[2:])})
		n++
	}
	if n != 54 {
		t.Errorf("compared %d rows, want 54", n)
	}
}

func checkRow(t *testing.T, row modelRow) {
	t.Helper()
	got := SRGB().RGB(Skin{Melanin: row.melanin, Blood: row.blood}.Reflectance())
	for k := range got {
		if !(math.Abs(got[k]-row.rgb[k]) <= printed) {
			t.Errorf("melanin %v blood %v: channel %d is %.6f, published %.5f", row.melanin, row.blood, k, got[k], row.rgb[k])
		}
	}
}

// Absorption that the dossier recomputed from the cited sources.
func TestAbsorptionFigures(t *testing.T) {
	band := func(nm float64) int { return int((nm - 400) / 10) }
	for _, c := range []struct {
		name            string
		got, want, unit float64
	}{
		{"melanosome 500 nm", melanosome(500), 679, 1},
		{"oxygenated blood 540 nm", blood(band(540), 1), 285.1, 0.1},
		{"oxygenated blood 560 nm", blood(band(560), 1), 174.7, 0.1},
		{"oxygenated blood 580 nm", blood(band(580), 1), 268.3, 0.1},
		{"deoxygenated blood 560 nm", blood(band(560), 0), 288.1, 0.1},
		{"oxygenated blood 660 nm", blood(band(660), 1), 1.71, 0.01},
		{"deoxygenated blood 660 nm", blood(band(660), 0), 17.28, 0.01},
	} {
		if !(math.Abs(c.got-c.want) <= 0.5*c.unit+1e-9) {
			t.Errorf("%s: %.3f cm⁻¹, want %v", c.name, c.got, c.want)
		}
	}
}

// More of either pigment is darker at every wavelength, up to the darkest skin.
func TestSpectraAreMonotone(t *testing.T) {
	for _, m := range []float64{0, 0.01, 0.1, 0.2, 0.4} {
		for _, b := range []float64{0, 0.002, 0.01, 0.04} {
			base := Skin{Melanin: m, Blood: b}.Reflectance()
			bloodier, browner := Skin{Melanin: m, Blood: b + 0.01}.Reflectance(), Skin{Melanin: m + 0.02, Blood: b}.Reflectance()
			for i := range base {
				if !(bloodier[i] < base[i] && browner[i] < base[i] && base[i] < 1) {
					t.Errorf("melanin %v blood %v: no darkening at %v nm", m, b, Wavelength(i))
				}
			}
		}
	}
}

// So is every channel of every camera, and blood takes more green than red, melanin too.
// A matrix that subtracts channels loses this in blue on the darkest skin, so it ends
// at 20 % melanin.
func TestChannelsAreMonotone(t *testing.T) {
	for _, c := range Cameras() {
		for _, m := range []float64{0.01, 0.03, 0.1, 0.2} {
			for _, b := range []float64{0.002, 0.01, 0.04} {
				at := func(m, b float64) [3]float64 {
					return c.RGB(Skin{Melanin: m, Blood: b, Surface: 0.01}.Reflectance())
				}
				base, bloodier, browner := at(m, b), at(m, b*1.5), at(m+0.02, b)
				for k := range base {
					if !(bloodier[k] < base[k] && browner[k] < base[k]) {
						t.Errorf("%s: melanin %v blood %v channel %d does not darken", c.Name, m, b, k)
					}
				}
				if drop := drops(base, bloodier); !(drop[1] > drop[0]) {
					t.Errorf("%s: melanin %v blood %v: blood takes %v", c.Name, m, b, drop)
				}
				if drop := drops(base, browner); !(drop[1] > drop[0]) {
					t.Errorf("%s: melanin %v blood %v: melanin takes %v", c.Name, m, b, drop)
				}
			}
		}
	}
}

func drops(a, b [3]float64) [3]float64 {
	var d [3]float64
	for k := range d {
		d[k] = math.Log(a[k] / b[k])
	}
	return d
}

// The directions of the pigments in log linear sRGB, as the dossier has them.
func TestPigmentDirections(t *testing.T) {
	at := func(m, b float64) [3]float64 {
		return SRGB().RGB(Skin{Melanin: m, Blood: b}.Reflectance())
	}
	near := func(name string, d [3]float64, lo, hi [3]float64) {
		n := math.Sqrt(d[0]*d[0] + d[1]*d[1] + d[2]*d[2])
		for k := range d {
			if v := d[k] / n; !(v >= lo[k]-0.01 && v <= hi[k]+0.01) {
				t.Errorf("%s direction %v, channel %d outside %v to %v", name, v, k, lo[k], hi[k])
			}
		}
	}
	near("melanin", drops(at(0.02, 0.01), at(0.03, 0.01)), [3]float64{.237, .445, .847}, [3]float64{.243, .473, .862})
	near("blood", drops(at(0.03, 0.01), at(0.03, 0.012)), [3]float64{.205, .687, .656}, [3]float64{.227, .719, .697})
}

func TestWhiteIsWhiteForEveryCamera(t *testing.T) {
	for _, c := range Cameras() {
		for k, v := range c.RGB(Grey(1)) {
			if !(math.Abs(v-1) <= 1e-8) {
				t.Errorf("%s: white channel %d is %v", c.Name, k, v)
			}
		}
	}
}

// Every channel of a developed camera is nearer to the observer than the raw one over
// the patches of the chart, which is what its matrix is for.
func TestDevelopedIsNearerToTheObserver(t *testing.T) {
	raw, ideal := NikonD5100(), SRGB()
	developed := raw.Developed()
	for k := range 3 {
		var before, after float64
		for i := range 24 {
			want := ideal.RGB(Patch(i))[k]
			before += math.Pow(raw.RGB(Patch(i))[k]-want, 2)
			after += math.Pow(developed.RGB(Patch(i))[k]-want, 2)
		}
		if !(after < before/4) {
			t.Errorf("channel %d: squared error %v raw, %v developed", k, before, after)
		}
	}
}

// Between nodes the table differs from the model by less than half a step of 8-bit
// linear light / 25, far below any camera's noise.
func TestTableAgreesWithTheModel(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, c := range Cameras()[:3] {
		skin := Skin{Surface: 0.01, Oxygenation: 0.7}
		table := skin.Table(c)
		for range 500 {
			skin.Melanin, skin.Blood = 0.005+0.4*rng.Float64(), 0.001+0.09*rng.Float64()
			want := c.RGB(skin.Reflectance())
			r, g, b := table.RGB(float32(skin.Melanin), float32(skin.Blood))
			for k, got := range []float32{r, g, b} {
				if !(math.Abs(float64(got)-want[k]) <= 1e-4) {
					t.Fatalf("%s melanin %.4f blood %.4f channel %d: %v, model %v", c.Name, skin.Melanin, skin.Blood, k, got, want[k])
				}
			}
		}
	}
}

// Outside its axes the table holds the edge.
func TestTableHoldsItsEdge(t *testing.T) {
	table := Skin{}.Table(SRGB())
	for _, p := range [][4]float32{{-1, 0.01, 0, 0.01}, {2, 0.01, 0.6, 0.01}, {0.1, -1, 0.1, 0}, {0.1, 3, 0.1, 0.64}} {
		r, _, _ := table.RGB(p[0], p[1])
		want, _, _ := table.RGB(p[2], p[3])
		if !(math.Abs(float64(r-want)) <= 1e-4) {
			t.Errorf("table at %v is %v, want the edge %v", p[:2], r, want)
		}
	}
}

func TestFractionsOutsideTheirRangePanic(t *testing.T) {
	for _, s := range []Skin{{Melanin: -0.1}, {Melanin: 1.2}, {Blood: math.NaN()}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%+v was accepted", s)
				}
			}()
			s.Reflectance()
		}()
	}
}

func BenchmarkTable(b *testing.B) {
	for b.Loop() {
		Skin{}.Table(SRGB())
	}
}
