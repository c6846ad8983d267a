package series

import (
	"errors"
	"math"

	"dermtrace/internal/calib"
	"dermtrace/internal/geom"
	"dermtrace/internal/manifest"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
	"dermtrace/internal/roi"
)

// A grey reference that is fixed to the skin, or lies where it lay, sets white balance
// and exposure. It is looked for where the frame shows it, so it must still be there:
// the region must be even, and as light against the skin as in the frame.

var (
	errNoGrey     = errors.New("no grey region is drawn")
	errGreyUneven = errors.New("the grey region is not even: it is shaded, covered or partly something else")
	errGreyMoved  = errors.New("the grey region does not show what it showed in the frame")
)

const (
	// maxGreySD is the largest spread of ln light over a grey region. Project default:
	// above the noise of a photo, below the step from grey to skin.
	maxGreySD = 0.1
	// maxGreyShift is how far ln of grey over skin may move in any channel. A fresh flush
	// darkens green skin by up to 0.3; where skin lies instead of an 18 % grey, red or blue
	// moves by 0.6 and more. Project default.
	maxGreyShift = 0.45
)

// grey is the frame's grey reference.
type grey struct {
	outline     geom.Polygon
	reflectance float64    // as said; else what the frame shows, so that exposure is relative to it
	overSkin    [3]float64 // ln of grey over skin, in the frame
}

// readGrey reads the first grey region of the frame and returns its light.
func (f *frame) readGrey(pixels raster.Picture, drawn []manifest.ROI) (calib.Light, error) {
	for _, r := range drawn {
		if r.Kind != outcome.Grey {
			continue
		}
		light, err := f.setGrey(pixels, r)
		if err != nil {
			f.note(outcome.GreyLost)
		}
		return light, err
	}
	return calib.Light{}, errNoGrey
}

func (f *frame) setGrey(pixels raster.Picture, r manifest.ROI) (calib.Light, error) {
	tile, err := readEven(pixels, r.Polygon)
	if err != nil {
		return calib.Light{}, err
	}
	g := &grey{outline: r.Polygon, reflectance: r.Reflectance}
	if g.reflectance == 0 {
		g.reflectance = 0.2126*math.Exp(tile.Log[0]) + 0.7152*math.Exp(tile.Log[1]) + 0.0722*math.Exp(tile.Log[2]) // Y of linear sRGB
	}
	var masks []*roi.Mask
	for _, region := range f.regions {
		if region.measured() {
			masks = append(masks, region.carry(atFrame(), f.holes, f.w, f.h).mask)
		}
	}
	g.overSkin = overSkin(pixels, tile, masks)
	light, err := calib.FromGrey(tile, g.reflectance)
	if err == nil {
		f.grey = g
	}
	return light, err
}

// lightOfGrey reads the frame's grey reference in another photo.
func (s *shot) lightOfGrey(f *frame, _ *manifest.Series) (calib.Light, error) {
	if f.grey == nil {
		return calib.Light{}, errNoGrey
	}
	light, err := s.readGrey(f.grey)
	if err != nil {
		s.lit = append(s.lit, outcome.GreyLost)
		return light, err
	}
	s.lit = append(s.lit, outcome.GreyLight)
	return light, nil
}

func (s *shot) readGrey(g *grey) (calib.Light, error) {
	outline, err := carryAll([]geom.Polygon{g.outline}, s.place)
	if err != nil {
		return calib.Light{}, errNoPlace
	}
	tile, err := readEven(s.pixels, outline[0])
	if err != nil {
		return calib.Light{}, err
	}
	now := overSkin(s.pixels, tile, s.masks())
	for k := range 3 {
		if !(math.Abs(now[k]-g.overSkin[k]) <= maxGreyShift) {
			return calib.Light{}, errGreyMoved
		}
	}
	return calib.FromGrey(tile, g.reflectance)
}

// readEven reads a region that must be of one colour.
func readEven(pixels raster.Picture, outline geom.Polygon) (calib.TileLight, error) {
	tile := calib.SampleTiles(pixels, calib.Tile{Mask: roi.Fill(outline, pixels.W(), pixels.H())})[0]
	if tile.Valid && !(max(tile.SD[0], tile.SD[1], tile.SD[2]) <= maxGreySD) {
		return tile, errGreyUneven
	}
	return tile, nil // FromGrey refuses what is not valid
}

// overSkin is ln of a tile's light over that of the skin; NaN without skin.
func overSkin(pixels raster.Picture, tile calib.TileLight, skin []*roi.Mask) (ratio [3]float64) {
	var tiles []calib.Tile
	for _, m := range skin {
		if !m.Empty() {
			tiles = append(tiles, calib.Tile{Mask: m})
		}
	}
	var sum [3]float64
	n := 0.0
	for _, t := range calib.SampleTiles(pixels, tiles...) {
		for k := range 3 {
			sum[k] += float64(t.N) * t.Log[k]
		}
		n += float64(t.N)
	}
	for k := range ratio {
		ratio[k] = tile.Log[k] - sum[k]/n
	}
	return ratio
}
