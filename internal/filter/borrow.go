package filter

import (
	"math/bits"
	"sync"

	"dermtrace/internal/raster"
)

// lent are planes that were needed for a while, by the power of two that they hold: to clear
// new memory takes as long as some of the work that is done in it.
var lent [bits.UintSize + 1]sync.Pool

// mostRoom is how many times what is asked for a plane may hold: some are kept.
const mostRoom = 2

// Borrow is a plane of any content, which its borrower may give back.
func Borrow(w, h int) *raster.Plane {
	size := bits.Len(uint(w * h))
	for _, pool := range []*sync.Pool{&lent[size], &lent[min(size+1, bits.UintSize)]} {
		p, ok := pool.Get().(*raster.Plane)
		switch {
		case !ok:
		case cap(p.Pix) < w*h || cap(p.Pix) > mostRoom*w*h:
			pool.Put(p)
		default:
			p.W, p.H, p.Pix = w, h, p.Pix[:w*h]
			return p
		}
	}
	return raster.New(w, h)
}

// GiveBack lends planes anew; nobody may use them any more.
func GiveBack(planes ...*raster.Plane) {
	for _, p := range planes {
		lent[bits.Len(uint(cap(p.Pix)))].Put(p)
	}
}
