package regions

import (
	"bytes"
	"image/png"

	"dermtrace/internal/geom"
	"dermtrace/internal/roi"
)

// readPainting reads a PNG mask of the frame's size: whatever is neither black nor
// transparent is in.
func readPainting(data []byte, on target) (drawing, error) {
	conf, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return drawing{}, refuse("this is no PNG picture (%v)", "save the mask as PNG", err)
	}
	if conf.Width != on.w || conf.Height != on.h { // before its pixels are unpacked
		return drawing{w: conf.Width, h: conf.Height}, nil
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return drawing{}, refuse("the PNG picture is damaged (%v)", "save the mask again", err)
	}
	m := &roi.Mask{W: on.w, H: on.h, In: make([]bool, on.w*on.h)}
	b := img.Bounds()
	for y := range on.h {
		row := m.Row(y)
		for x := range row {
			r, g, bl, _ := img.At(b.Min.X+x, b.Min.Y+y).RGBA() // premultiplied: 0 where transparent
			row[x] = r|g|bl != 0
		}
	}
	rings, err := traced(m)
	return drawing{shapes: []shape{{rings: rings}}}, err
}

// traced goes around a mask. Its rings enclose exactly the mask; one that is speckled
// throughout is no drawing.
func traced(m *roi.Mask) ([]geom.Polygon, error) {
	rings := m.Trace()
	points := 0
	for _, g := range rings {
		points += len(g)
	}
	switch {
	case len(rings) == 0:
		return nil, refuse("the mask is empty", "paint the region in white on black")
	case points > maxPoints:
		return nil, refuse("the mask is speckled: its border has %d corners", "paint whole areas, and save without dithering or JPEG", points)
	}
	return rings, nil
}
