package cie

import "math"

// DeltaE00 is CIEDE2000 with kL = kC = kH = 1 (CIE 142, ISO/CIE 11664-6), in the form
// of Sharma, Wu, Dalal 2005, Color Res Appl 30:21. It is symmetric in p and q.
func DeltaE00(p, q Lab) float64 {
	g := 0.5 * (1 - chromaRatio((math.Hypot(p.A, p.B)+math.Hypot(q.A, q.B))/2))
	c1, h1 := polar((1+g)*p.A, p.B)
	c2, h2 := polar((1+g)*q.A, q.B)
	l, c, h := (p.L+q.L)/2, (c1+c2)/2, meanHue(c1, h1, c2, h2)

	t := 1 - 0.17*cosDeg(h-30) + 0.24*cosDeg(2*h) + 0.32*cosDeg(3*h+6) - 0.20*cosDeg(4*h-63)
	bend := (h - 275) / 25
	rotation := -math.Sin(2*30*math.Exp(-bend*bend)*math.Pi/180) * 2 * chromaRatio(c)

	light := (l - 50) * (l - 50)
	dl := (q.L - p.L) / (1 + 0.015*light/math.Sqrt(20+light))
	dc := (c2 - c1) / (1 + 0.045*c)
	dh := hueDifference(c1, h1, c2, h2) / (1 + 0.015*c*t)
	return math.Sqrt(dl*dl + dc*dc + dh*dh + rotation*dc*dh)
}

// chromaRatio is √(c⁷ / (c⁷ + 25⁷)).
func chromaRatio(c float64) float64 {
	c7 := math.Pow(c, 7)
	return math.Sqrt(c7 / (c7 + 6103515625))
}

// polar returns chroma and hue in [0, 360), hue 0 for a neutral.
func polar(a, b float64) (c, h float64) {
	if a == 0 && b == 0 {
		return 0, 0
	}
	h = math.Atan2(b, a) * 180 / math.Pi
	if h < 0 {
		h += 360
	}
	return math.Hypot(a, b), h
}

// hueDifference is ΔH' = 2 √(C1 C2) sin(Δh/2) with Δh wrapped to (−180, 180].
func hueDifference(c1, h1, c2, h2 float64) float64 {
	if c1*c2 == 0 {
		return 0
	}
	d := h2 - h1
	switch {
	case d > 180:
		d -= 360
	case d < -180:
		d += 360
	}
	return 2 * math.Sqrt(c1*c2) * math.Sin(d/2*math.Pi/180)
}

// meanHue is the mean of two hues on the circle, their sum where one is neutral.
func meanHue(c1, h1, c2, h2 float64) float64 {
	sum := h1 + h2
	switch {
	case c1*c2 == 0:
		return sum
	case math.Abs(h1-h2) <= 180:
		return sum / 2
	case sum < 360:
		return (sum + 360) / 2
	}
	return (sum - 360) / 2
}

func cosDeg(d float64) float64 { return math.Cos(d * math.Pi / 180) }
