package raster

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// BandRows is the height of one unit of parallel work. It is a constant of the
// results: sums are taken per band, so changing it changes last bits.
const BandRows = 64

// Bands calls fn(y0, y1) for every band of rows [y0, y1) that covers [0, h), in
// parallel and in no fixed order. fn must write only what belongs to its rows.
// A panic in fn is passed on to the caller.
func Bands(h int, fn func(y0, y1 int)) {
	n := (h + BandRows - 1) / BandRows
	Parallel(n, func(i int) { fn(i*BandRows, min((i+1)*BandRows, h)) })
}

// Sum adds fn over the bands of [0, h), in order of the bands.
func Sum(h int, fn func(y0, y1 int) float64) float64 {
	n := (h + BandRows - 1) / BandRows
	part := make([]float64, n)
	Parallel(n, func(i int) { part[i] = fn(i*BandRows, min((i+1)*BandRows, h)) })
	var s float64
	for _, v := range part {
		s += v
	}
	return s
}

// Parallel calls fn(0) ... fn(n-1) on up to GOMAXPROCS goroutines and returns when
// all are done. A panic in fn is passed on to the caller.
func Parallel(n int, fn func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers <= 1 {
		for i := range n {
			fn(i)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	var once sync.Once
	var failure any
	for range workers {
		wg.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					once.Do(func() { failure = r })
				}
			}()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				fn(i)
			}
		})
	}
	wg.Wait()
	if failure != nil {
		panic(failure)
	}
}
