package outcome

import "math"

// Kinds of Picture.
const (
	PictureAligned    = "aligned"    // the photo in the window of the frame, light corrected
	PictureThumb      = "thumb"      // the whole photo, small, as shot
	PictureMap        = "map"        // one measure over the window, transparent where unknown
	PictureDifference = "difference" // a map minus the baseline's, transparent within noise
	PictureSpots      = "spots"      // spots by their fate, a transparent layer
	PictureRegions    = "regions"    // outlines of the regions, a transparent layer
	PictureDrawn      = "drawn"      // the frame photo with those outlines on it, to stand alone
)

// Colormap is a row of evenly spaced sRGB colours between which a scale runs.
type Colormap [][3]uint8

// SequentialColors is the scale of maps: viridis of N. Smith and S. van der Walt
// (matplotlib, public domain, CC0), every 17th of its 256 colours. It is even in
// lightness and legible to every kind of colour vision and in grey.
func SequentialColors() Colormap {
	return Colormap{
		{68, 1, 84}, {72, 26, 108}, {71, 47, 125}, {65, 68, 135}, {57, 86, 140}, {49, 104, 142},
		{42, 120, 142}, {35, 136, 142}, {31, 152, 139}, {34, 168, 132}, {53, 183, 121},
		{84, 197, 104}, {122, 209, 81}, {165, 219, 54}, {210, 226, 27}, {253, 231, 37},
	}
}

// DivergingColors is the scale of differences, blue for less and red for more: RdBu
// in eleven classes, reversed (C. Brewer, colorbrewer2.org), made for colour-blind eyes.
func DivergingColors() Colormap {
	return Colormap{
		{5, 48, 97}, {33, 102, 172}, {67, 147, 195}, {146, 197, 222}, {209, 229, 240}, {247, 247, 247},
		{253, 219, 199}, {244, 165, 130}, {214, 96, 77}, {178, 24, 43}, {103, 0, 31},
	}
}

// PictureColors is the scale that a picture of this kind is drawn in.
func PictureColors(kind string) Colormap {
	if kind == PictureDifference {
		return DivergingColors()
	}
	return SequentialColors()
}

// At is the colour at t, 0 for the low and 1 for the high end; beyond them the end
// colours hold. NaN has no colour and panics.
func (m Colormap) At(t float64) [3]uint8 {
	if math.IsNaN(t) {
		panic("outcome: no colour for NaN")
	}
	at := max(0, min(t, 1)) * float64(len(m)-1)
	i := min(int(at), len(m)-2)
	f := at - float64(i)
	var c [3]uint8
	for k := range c {
		a, b := float64(m[i][k]), float64(m[i+1][k])
		c[k] = uint8(math.Round(a + float64(f*(b-a))))
	}
	return c
}

// RegionColor is the colour that outlines of a kind of region are drawn in, from the
// palette of Okabe and Ito (2008) that every kind of colour vision tells apart.
func RegionColor(kind string) [3]uint8 {
	switch kind {
	case Treated:
		return [3]uint8{240, 228, 66} // yellow
	case Control:
		return [3]uint8{86, 180, 233} // sky blue
	case Comparator:
		return [3]uint8{204, 121, 167} // reddish purple
	case Scar:
		return [3]uint8{230, 159, 0} // orange
	}
	return [3]uint8{255, 255, 255}
}
