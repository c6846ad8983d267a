package render

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"
)

// bestQuality and leastQuality are the JPEG qualities between which a photo is fitted
// to its size. Down to 50 skin shows no blocks at the size of a report.
const bestQuality, leastQuality, qualityStep = 85, 50, 5

// tableBytes is what a file has of tables and headers, whatever its picture.
const tableBytes = 623

// encodeJPEG lowers the quality from 85, to 50 at the least, until the file is at most
// maxBytes. A sample of the picture tells where to begin, so that the whole is encoded
// once, seldom twice.
func encodeJPEG(img *image.NRGBA, maxBytes int) (Image, error) {
	quality, rgb := bestQuality, opaque(img)
	if sample, share := sampled(rgb); share < 1 {
		_, least, err := fitJPEG(sample, tableBytes+int(share*float64(maxBytes-tableBytes)), bestQuality)
		if err != nil {
			return Image{}, err
		}
		quality = least
	}
	file, _, err := fitJPEG(rgb, maxBytes, quality)
	return Image{Bytes: file, Width: img.Rect.Dx(), Height: img.Rect.Dy(), Ext: ".jpg"}, err
}

// opaque is the same picture in the layout that the standard library is fast on: opaque
// pixels are the same bytes in both.
func opaque(img *image.NRGBA) *image.RGBA {
	return &image.RGBA{Pix: img.Pix, Stride: img.Stride, Rect: img.Rect}
}

// fitJPEG encodes from a quality downwards until the file fits, and returns the quality
// reached.
func fitJPEG(img *image.RGBA, maxBytes, quality int) ([]byte, int, error) {
	var buf bytes.Buffer
	for {
		buf.Reset()
		if err := jpeg.Encode(&buf, img, &jpeg.Options{Quality: quality}); err != nil {
			return nil, 0, fmt.Errorf("render: %w", err)
		}
		if buf.Len() <= maxBytes || quality == leastQuality {
			return buf.Bytes(), quality, nil
		}
		quality = lowered(quality, float64(buf.Len())/float64(maxBytes))
	}
}

// A sample is half of every sampleEvery-th row of the encoder's blocks of 16 pixels, the
// left half and the right one by turns; pictures of few rows are not worth one.
const blockRows, sampleEvery, leastSampled = 16, 8, 512

// sampled is a share of the picture, from top to bottom, that compresses as the whole does.
func sampled(img *image.RGBA) (sample *image.RGBA, share float64) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	if h < leastSampled {
		return img, 1
	}
	n, half := h/(blockRows*sampleEvery), w/2
	sample = image.NewRGBA(image.Rect(0, 0, half, n*blockRows))
	for y := range n * blockRows {
		i := y / blockRows
		from := img.PixOffset((i%2)*half, (i*sampleEvery+sampleEvery/2)*blockRows+y%blockRows)
		copy(sample.Pix[y*sample.Stride:][:sample.Stride], img.Pix[from:])
	}
	return sample, float64(half*n*blockRows) / float64(w*h)
}

// lowered is the next quality to try for a file that is this many times too large. The
// encoder's steps of quantisation are proportional to 100 − quality from 50 on
// (Independent JPEG Group), and bytes fall more slowly than steps grow: the quality
// that would fit if both went alike is never too low.
func lowered(quality int, excess float64) int {
	next := 100 - int(math.Round(float64(100-quality)*excess))
	return max(leastQuality, min(next, quality-qualityStep))
}
