package roi

import (
	"errors"
	"math"

	"dermtrace/internal/geom"
)

// Tile is one piece of control skin, in frame pixels.
type Tile struct {
	Col, Row int // of the grid; tiles with an even sum are of one half
	Polygon  geom.Polygon
}

// ErrTooSmall is returned for control skin that cannot be split in two halves.
var ErrTooSmall = errors.New("roi: the region is too small to split")

// Bounds on a split.
const (
	// MinTilePx is the smallest side of a tile. JPEG at 4:2:0 codes colour in units of
	// 16×16 pixels (ITU-T T.81 A.2.4); pixels of smaller tiles would share them with the
	// other half and witness nothing.
	MinTilePx = 16
	// maxUnlike is the largest difference between the halves' areas, as a share of both,
	// and the largest distance of their centres, as a share of √area. Project default:
	// at 0.45 : 0.55 the noise of the smaller half is 5 % above that of an equal one,
	// and light that falls off by 25 % over the region differs by 2.5 %.
	maxUnlike = 0.1
	// tieShare keeps rounding from preferring a finer split that is no more alike.
	tieShare = 1e-6
	// minTileShare drops slivers at the region's edge: less than a quarter of a tile.
	// Project default.
	minTileShare = 0.25
	// gapPx is left free around each tile, so that no rounding in another photo puts a
	// pixel in both halves.
	gapPx = 0.5
	// maxFiner is the number of counts of rows and of columns that are tried for
	// balance, from what was asked for upwards; even counts are among them.
	maxFiner = 3
	// maxSide bounds the tiles along one side of the region.
	maxSide = 32
)

// Tiles splits control skin in frame coordinates into two halves of interleaved tiles,
// as on a chessboard: one half sets the light of a photo, the other witnesses that
// nothing else changed. No pixel serves both, the halves have about the same area
// (within 10 %) and the same centre, so that a gradient of light reaches both alike.
// Tiles are about sizePx wide (0: an eighth of the square root of the area), at least
// [MinTilePx]; at the region's edge they are clipped to it.
//
// [ErrTooSmall] means that there are not two rows and two columns of tiles, two tiles
// in each half, or no balanced split.
func Tiles(region geom.Polygon, sizePx float64) (light, witness []Tile, err error) {
	lo, hi := region.Bounds()
	if sizePx <= 0 {
		sizePx = math.Sqrt(region.Area()) / 8
	}
	cols, okX := tileCount(hi.X-lo.X, sizePx)
	rows, okY := tileCount(hi.Y-lo.Y, sizePx)
	if !okX || !okY {
		return nil, nil, ErrTooSmall
	}
	best := 1.0
	for more := range maxFiner * maxFiner {
		nx, ny := cols+more%maxFiner, rows+more/maxFiner
		if (hi.X-lo.X)/float64(nx) < MinTilePx || (hi.Y-lo.Y)/float64(ny) < MinTilePx {
			continue
		}
		a, b := chessboard(region, nx, ny)
		if d := unlike(a, b); d < best-tieShare {
			light, witness, best = a, b, d
		}
	}
	if !(best <= maxUnlike) {
		return nil, nil, ErrTooSmall
	}
	return light, witness, nil
}

// tileCount is the number of tiles of about sizePx along a side, at least two.
func tileCount(sidePx, sizePx float64) (n int, ok bool) {
	n = int(math.Round(min(sidePx/max(sizePx, MinTilePx), maxSide)))
	return max(n, 2), sidePx >= 2*MinTilePx
}

// chessboard cuts the region's box into nx×ny tiles and clips each to the region.
func chessboard(region geom.Polygon, nx, ny int) (even, odd []Tile) {
	lo, hi := region.Bounds()
	w, h := (hi.X-lo.X)/float64(nx), (hi.Y-lo.Y)/float64(ny)
	for row := range ny {
		for col := range nx {
			a := geom.Point{X: lo.X + float64(col)*w + gapPx, Y: lo.Y + float64(row)*h + gapPx}
			b := geom.Point{X: lo.X + float64(col+1)*w - gapPx, Y: lo.Y + float64(row+1)*h - gapPx}
			g := clip(region, a, b)
			if g.Area() < minTileShare*w*h {
				continue
			}
			t := Tile{Col: col, Row: row, Polygon: g}
			if (col+row)%2 == 0 {
				even = append(even, t)
			} else {
				odd = append(odd, t)
			}
		}
	}
	return even, odd
}

// unlike is how far the halves are from equal: the larger of |A − B| / (A + B) of
// their areas and the distance of their centres as a share of √(A + B). 1 is no match.
func unlike(even, odd []Tile) float64 {
	a, ca := areaAndCentre(even)
	b, cb := areaAndCentre(odd)
	if len(even) < 2 || len(odd) < 2 {
		return 1
	}
	return max(math.Abs(a-b)/(a+b), ca.Sub(cb).Norm()/math.Sqrt(a+b))
}

func areaAndCentre(tiles []Tile) (area float64, c geom.Point) {
	for _, t := range tiles {
		a, p := t.Polygon.Area(), t.Polygon.Centroid()
		area += a
		c.X += a * p.X
		c.Y += a * p.Y
	}
	return area, geom.Point{X: c.X / area, Y: c.Y / area}
}
