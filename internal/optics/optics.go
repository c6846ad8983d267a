// Package optics answers: which colour has skin of this much melanin and blood?
//
// [Skin] goes to a reflectance spectrum ([Skin.Reflectance], 400 to 700 nm in steps of
// 10 nm) and a [Camera] makes linear RGB of it, in which a perfect white is (1, 1, 1)
// under CIE illuminant D65. Fractions are volume fractions, 0 to 1: melanin of the
// melanosomes in the epidermis, blood of the whole blood in the dermis.
//
// The model is light that crosses the epidermis twice in single pass (Beer) and
// diffuses in a semi-infinite dermis between (diffusion theory with a mismatched
// boundary). Against Monte Carlo simulation diffusion reads 2 to 24 % too much as
// absorption grows, so colours are indicative and differences of one skin under one
// camera are what it is good for. Very dark skin comes out too yellow unless
// [Skin.Surface] adds what the surface scatters back before any melanin.
//
// Refused: a fraction outside [0, 1] is a bug and panics. Fluorescence, layers and
// wavelengths outside the visible are not modelled.
package optics

import (
	"fmt"
	"math"
)

// Bands is the number of wavelengths of a [Spectrum].
const Bands = 31

// Spectrum is a quantity at 400, 410, ... 700 nm.
type Spectrum [Bands]float64

// Wavelength is that of band i, in nanometres.
func Wavelength(i int) float64 { return 400 + 10*float64(i) }

// Skin is a patch of skin. Where a field past the two fractions is 0, its default holds.
type Skin struct {
	Melanin     float64 // volume fraction of melanosomes in the epidermis
	Blood       float64 // volume fraction of whole blood in the dermis
	Oxygenation float64 // share of oxyhaemoglobin; default 0.75 (dermis 0.6 to 0.8)
	ScatterA    float64 // reduced scattering at 500 nm in cm⁻¹; default 46
	ScatterB    float64 // its scattering power; default 1.421
	Surface     float64 // reflected by the surface, alike at all wavelengths; default 0
	Bilirubin   float64 // mol/L in the dermis, of an old bruise; default 0
}

// Defaults of Skin: the mean of skin in Jacques 2013, Phys Med Biol 58:R37, and the
// middle of the oxygenations reported for the dermis.
const (
	DefaultOxygenation = 0.75
	DefaultScatterA    = 46.0
	DefaultScatterB    = 1.421
)

// epidermisCM is the thickness of the epidermis: 60 µm.
const epidermisCM = 0.006

// internalReflection is (1+r)/(1−r) for the refractive index 1.4, where
// r = −1.440 n⁻² + 0.710 n⁻¹ + 0.668 + 0.0636 n (Flock 1989, IEEE TBME 36:1162).
const internalReflection = 3.2507

// Reflectance is the share of light that skin returns, per wavelength:
//
//	R  = (1 − surface) T² Rd + surface,  T = exp(−μ_epi d)
//	Rd = a' / (1 + 2k(1−a') + (1 + 2k/3) √(3(1−a'))),  a' = μs' / (μa + μs')
//
// (Farrell 1992, Med Phys 19:879).
func (s Skin) Reflectance() Spectrum {
	s = s.withDefaults()
	epidermis, dermis := s.epidermis(), s.dermis()
	var r Spectrum
	for i := range r {
		r[i] = (1-s.Surface)*epidermis[i]*dermis[i] + s.Surface
	}
	return r
}

func (s Skin) withDefaults() Skin {
	if !(s.Melanin >= 0 && s.Melanin <= 1 && s.Blood >= 0 && s.Blood <= 1) {
		panic(fmt.Sprintf("optics: melanin %v and blood %v must be fractions", s.Melanin, s.Blood))
	}
	if s.Oxygenation == 0 {
		s.Oxygenation = DefaultOxygenation
	}
	if s.ScatterA == 0 {
		s.ScatterA = DefaultScatterA
	}
	if s.ScatterB == 0 {
		s.ScatterB = DefaultScatterB
	}
	return s
}

// epidermis is T², what two passes through the epidermis let through.
func (s Skin) epidermis() Spectrum {
	var t Spectrum
	for i := range t {
		nm := Wavelength(i)
		mu := s.Melanin*melanosome(nm) + (1-s.Melanin)*bloodless(nm)
		t[i] = math.Exp(-2 * mu * epidermisCM)
	}
	return t
}

// dermis is Rd, the diffuse reflectance below the epidermis.
func (s Skin) dermis() Spectrum {
	var r Spectrum
	for i := range r {
		nm := Wavelength(i)
		absorbed := s.Blood*blood(i, s.Oxygenation) + (1-s.Blood)*bloodless(nm) + ln10*s.Bilirubin*bilirubin(nm)
		scattered := s.ScatterA * math.Pow(nm/500, -s.ScatterB)
		r[i] = diffuse(absorbed, scattered)
	}
	return r
}

// diffuse is Rd of a half-space with these coefficients in cm⁻¹.
func diffuse(absorbed, scattered float64) float64 {
	const k = internalReflection
	albedo := scattered / (absorbed + scattered)
	return albedo / (1 + 2*k*(1-albedo) + (1+2*k/3)*math.Sqrt(3*(1-albedo)))
}

// ln10 turns decadic molar extinction into absorption, as the tables have it.
const ln10 = 2.303

// melanosome is the absorption inside a melanosome in cm⁻¹, 6.6e11 λ^−3.33 (Jacques and
// McAuliffe 1991, Photochem Photobiol 53:769).
func melanosome(nm float64) float64 { return 6.6e11 * math.Pow(nm, -3.33) }

// bloodless is the absorption of skin without blood and melanin in cm⁻¹ (Saidi 1992,
// as given by Jacques, Oregon Medical Laser Center).
func bloodless(nm float64) float64 { return 0.244 + 85.3*math.Exp(-(nm-154)/66.2) }

// Whole blood holds 150 g/L of haemoglobin of 64 500 g/mol (Prahl).
const bloodMolar = 150.0 / 64500

// blood is the absorption of whole blood at band i in cm⁻¹.
func blood(i int, oxygenation float64) float64 {
	return ln10 * bloodMolar * (oxygenation*oxyHemoglobin[i] + (1-oxygenation)*deoxyHemoglobin[i])
}

// bilirubin is the molar extinction of bilirubin bound to albumin in cm⁻¹ M⁻¹, taken as
// a Gaussian: 53 800 at 460 nm with the width of the published band. An approximation,
// for the looks of old bruises only.
func bilirubin(nm float64) float64 {
	d := (nm - 460) / 32
	return 53800 * math.Exp(-d*d/2)
}
