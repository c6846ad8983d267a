package photo

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"unicode/utf16"
)

// iccProfile is an ICC profile (ICC.1:2022; version 2 as ICC.1:2001-04).
type iccProfile struct {
	data []byte
	tags map[string][]byte
}

// parseICC reads the tag table; false if data is no profile.
func parseICC(data []byte) (*iccProfile, bool) {
	const headerBytes, entryBytes, maxTags = 128, 12, 200
	if len(data) < headerBytes+4 || string(data[36:40]) != "acsp" {
		return nil, false
	}
	p := &iccProfile{data: data, tags: map[string][]byte{}}
	n := int(min(binary.BigEndian.Uint32(data[headerBytes:]), maxTags))
	for i := range n {
		at := headerBytes + 4 + entryBytes*i
		if at+entryBytes > len(data) {
			break
		}
		off, size := int64(binary.BigEndian.Uint32(data[at+4:])), int64(binary.BigEndian.Uint32(data[at+8:]))
		if off+size <= int64(len(data)) {
			p.tags[string(data[at:at+4])] = data[off : off+size]
		}
	}
	return p, true
}

// colourSpace makes sense of a matrix/TRC or grey profile; tables says that the profile
// would rather have its tables used; false means that it cannot be used.
func (p *iccProfile) colourSpace() (s colourSpace, tables, ok bool) {
	if class := string(p.data[12:16]); class == "link" || class == "nmcl" || class == "abst" {
		return s, false, false
	}
	_, tables = p.tags["A2B0"]
	switch string(p.data[16:20]) {
	case "RGB ":
		s, ok = p.matrixTRC()
	case "GRAY":
		s, ok = p.grey()
	}
	if !ok {
		return s, tables, false
	}
	s = s.recognise()
	if s.name == "" {
		s.name = p.description()
	}
	return s, tables, true
}

// matrixTRC reads the three-component matrix model (ICC.1:2022, F.3). Colorants are
// relative to the D50 of the profile connection space; their sum is the white, which
// becomes the white of sRGB, so that rounding in the profile leaves greys grey. Old
// profiles whose colorants were never adapted are set right by the same step.
func (p *iccProfile) matrixTRC() (s colourSpace, ok bool) {
	var m mat3
	var white vec3
	for i, c := range []string{"r", "g", "b"} {
		xyz, okXYZ := iccXYZ(p.tags[c+"XYZ"])
		trc, okTRC := iccCurve(p.tags[c+"TRC"])
		if !okXYZ || !okTRC {
			return s, false
		}
		s.curves[i] = trc
		for k := range 3 {
			m[3*k+i] = xyz[k]
			white[k] += xyz[k]
		}
	}
	if !p.whiteIsSound(white) {
		return s, false
	}
	if bytes.Equal(p.tags["rTRC"], p.tags["gTRC"]) && bytes.Equal(p.tags["rTRC"], p.tags["bTRC"]) {
		s.setCurve(s.curves[0])
	}
	s.matrix, ok = toSRGB(m, white)
	return s, ok
}

// whiteIsSound reports that the colorants add up to D50, or to the profile's own white.
func (p *iccProfile) whiteIsSound(white vec3) bool {
	const tolerance = .02 // whites in circulation and rounding differ by less than .002
	near := func(w vec3) bool {
		for i := range w {
			if !(math.Abs(w[i]-white[i]) < tolerance) {
				return false
			}
		}
		return true
	}
	media, ok := iccXYZ(p.tags["wtpt"])
	return near(vec3{.9642, 1, .8249}) || ok && near(media)
}

// grey reads a one-channel profile: light is the curve, without colour.
func (p *iccProfile) grey() (colourSpace, bool) {
	c, ok := iccCurve(p.tags["kTRC"])
	s := colourSpace{matrix: mat3{1, 0, 0, 0, 1, 0, 0, 0, 1}, plain: true}
	s.setCurve(c)
	return s, ok
}

// iccXYZ reads an XYZType.
func iccXYZ(b []byte) (vec3, bool) {
	if len(b) < 20 || string(b[:4]) != "XYZ " {
		return vec3{}, false
	}
	return vec3{fixed16(b[8:]), fixed16(b[12:]), fixed16(b[16:])}, true
}

// fixed16 reads an s15Fixed16Number.
func fixed16(b []byte) float64 { return float64(int32(binary.BigEndian.Uint32(b))) / 65536 }

// iccCurve reads a curveType or parametricCurveType; false if it is broken or cannot be
// the way from codes to light.
func iccCurve(b []byte) (curve, bool) {
	if len(b) < 12 {
		return nil, false
	}
	var c curve
	switch string(b[:4]) {
	case "curv":
		c = iccTable(b[8:])
	case "para":
		c = iccParametric(int(binary.BigEndian.Uint16(b[8:])), b[12:])
	}
	return c, c != nil && soundCurve(c)
}

// iccTable is a curveType (10.6): no entry is the identity, one a gamma, more a table.
func iccTable(b []byte) curve {
	n := int64(binary.BigEndian.Uint32(b))
	if n == 0 {
		return linearCurve
	}
	if int64(len(b)) < 4+2*n {
		return nil
	}
	if n == 1 {
		return gammaCurve(float64(binary.BigEndian.Uint16(b[4:])) / 256)
	}
	table := make([]float64, n)
	for i := range table {
		table[i] = float64(binary.BigEndian.Uint16(b[4+2*i:])) / 65535
	}
	return func(x float64) float64 {
		at := min(max(x, 0), 1) * float64(n-1)
		i := min(int(at), int(n)-2)
		f := at - float64(i)
		return table[i]*(1-f) + table[i+1]*f
	}
}

// iccParametric is a parametricCurveType (10.18, table 68), nil for an unknown one.
func iccParametric(kind int, b []byte) curve {
	if kind > 4 || len(b) < 4*[]int{1, 3, 4, 5, 7}[kind] {
		return nil
	}
	var p [7]float64 // g a b c d e f
	for i := range []int{1, 3, 4, 5, 7}[kind] {
		p[i] = fixed16(b[4*i:])
	}
	g, a, k, c, d, e, f := p[0], p[1], p[2], p[3], p[4], p[5], p[6]
	power := func(x float64) float64 { return math.Pow(max(a*x+k, 0), g) }
	switch kind {
	case 0:
		return gammaCurve(g)
	case 1:
		return power
	case 2:
		return func(x float64) float64 { return power(x) + c }
	}
	return func(x float64) float64 {
		if x >= d {
			return power(x) + e
		}
		return c*x + f
	}
}

// soundCurve reports that a curve is finite, rises, and ends near full light.
func soundCurve(c curve) bool {
	const samples, slack = 256, 1e-3
	last := math.Inf(-1)
	for i := range samples {
		v := c(float64(i) / (samples - 1))
		if !(v >= last-slack) || !(math.Abs(v) <= 1.5) {
			return false
		}
		last = v
	}
	return last > .5 && c(0) < .25
}

// description is the profile's name: a multiLocalizedUnicodeType of version 4 or a
// textDescriptionType of version 2.
func (p *iccProfile) description() string {
	b := p.tags["desc"]
	name := ""
	switch {
	case len(b) >= 28 && string(b[:4]) == "mluc":
		size, off := int64(binary.BigEndian.Uint32(b[20:])), int64(binary.BigEndian.Uint32(b[24:]))
		if off+size <= int64(len(b)) {
			name = utf16BE(b[off : off+size])
		}
	case len(b) > 12 && string(b[:4]) == "desc":
		n := min(int64(binary.BigEndian.Uint32(b[8:])), int64(len(b)-12))
		name, _, _ = strings.Cut(string(b[12:12+n]), "\x00")
	}
	if name = clean(name); name == "" {
		return "unnamed profile"
	}
	return name
}

func utf16BE(b []byte) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = binary.BigEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(u))
}
