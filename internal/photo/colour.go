package photo

import "math"

// cicp is colour by code points (ITU-T H.273), as in PNG's cICP and HEIC's nclx.
type cicp struct {
	primaries, transfer, matrix int
	full                        bool
}

// chromaticity is colour by PNG's gAMA and cHRM; a part that is not there is zero.
type chromaticity struct {
	gamma float64 // of the encoding: light^gamma = code
	xy    chromaXY
}

// resolveColour decides which colours the codes of a file mean, and how sure that is:
// code points of a PNG, then the ICC profile, then other code points, then what EXIF
// says, then sRGB by assumption.
func (h *header) resolveColour() (colourSpace, []string) {
	if h.cicp != nil && h.format == "PNG" {
		return h.cicp.colourSpace()
	}
	if h.icc != nil || h.iccBad {
		return iccColour(h.icc)
	}
	switch {
	case h.cicp != nil:
		return h.cicp.colourSpace()
	case h.assert != "":
		return sRGB(h.assert), nil
	case h.chroma != nil:
		return h.chroma.colourSpace()
	case h.facts.adobeRGB:
		return space(nameAdobe, adobeXY, gammaCurve(adobeGamma)), nil
	case h.facts.sRGB:
		return sRGB(nameSRGB), nil
	}
	return sRGB(nameAssumed), []string{ProfileAssumed}
}

func iccColour(data []byte) (colourSpace, []string) {
	p, ok := parseICC(data)
	if !ok {
		return sRGB("damaged profile (sRGB assumed)"), []string{ProfileUnsupported}
	}
	s, tables, ok := p.colourSpace()
	if !ok {
		return sRGB(p.description() + " (not used, sRGB assumed)"), []string{ProfileUnsupported}
	}
	if tables && !s.plain {
		return s, []string{ProfileApproximate}
	}
	return s, nil
}

// colourSpace reads H.273, tables 2 and 3.
func (c *cicp) colourSpace() (colourSpace, []string) {
	unknown := func() (colourSpace, []string) {
		if c.primaries == 2 && c.transfer == 2 { // both "unspecified"
			return sRGB(nameAssumed), []string{ProfileAssumed}
		}
		return sRGB("unknown code points (sRGB assumed)"), []string{ProfileUnsupported}
	}
	xy, ok := map[int]chromaXY{1: srgbXY, 9: bt2020XY, 12: p3XY}[c.primaries]
	if !ok {
		return unknown()
	}
	name := map[int]string{1: "Rec. 709", 9: nameBT2020, 12: nameP3}[c.primaries]
	switch c.transfer {
	case 13:
		return space(name, xy, srgbCurve).recognise(), nil
	case 1, 6, 14, 15:
		return space(name+" video", xy, bt709Curve), nil
	case 4:
		return space(name+", gamma 2.2", xy, gammaCurve(2.2)), nil
	case 8:
		return space(name+", linear", xy, linearCurve), nil
	case 16, 18: // PQ, HLG
		return space(name+", high dynamic range", xy, srgbCurve), []string{ProfileUnsupported, HighDynamicRange}
	}
	return unknown()
}

// colourSpace reads PNG's gAMA and cHRM. Writers that mean sRGB often say gamma 1/2.2,
// which sRGB only resembles, so that value is read as sRGB's curve.
func (c *chromaticity) colourSpace() (colourSpace, []string) {
	s := sRGB("")
	if c.gamma > 0 && math.Abs(c.gamma-1/2.2) > .005 {
		g := gammaCurve(1 / c.gamma)
		s.setCurve(g)
		if !soundCurve(g) {
			return sRGB("impossible gamma (sRGB assumed)"), []string{ProfileUnsupported}
		}
	}
	if c.xy != (chromaXY{}) {
		m, ok := c.xy.toXYZ()
		t, ok2 := toSRGB(m, c.xy.whiteXYZ())
		if !ok || !ok2 {
			return sRGB("impossible primaries (sRGB assumed)"), []string{ProfileUnsupported}
		}
		s.matrix, s.plain = t, false
	}
	if c.gamma == 0 && s.plain {
		return sRGB(nameAssumed), []string{ProfileAssumed}
	}
	if s = s.recognise(); s.name == "" {
		s.name = "own primaries and gamma"
	}
	return s, nil
}
