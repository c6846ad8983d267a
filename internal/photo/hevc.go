package photo

import "bytes"

// sps is what a sequence parameter set of HEVC says about its picture (ITU-T H.265,
// 7.3.2.2): its size after cropping, its depth, and its colour (annex E).
type sps struct {
	width, height int
	depth         int
	chroma        int // 0 grey, 1 for 4:2:0, 2 for 4:2:2, 3 for 4:4:4
	colour        cicp
}

// parseSPS reads a NAL unit; false if it is none, or broken.
func parseSPS(nal []byte) (sps, bool) {
	if len(nal) < 3 || nal[0]>>1&0x3f != 33 {
		return sps{}, false
	}
	b := &bits{data: bytes.ReplaceAll(nal[2:], []byte{0, 0, 3}, []byte{0, 0})}
	var s sps
	b.u(4)
	layers := int(b.u(3))
	b.u(1)
	b.profileTierLevel(layers)
	b.ue() // identity
	s.size(b)
	s.depth = 8 + int(b.ue())
	b.ue() // depth of chroma
	pocBits := 4 + b.ue()
	first := layers
	if b.flag() {
		first = 0
	}
	b.skipUE(3 * (layers + 1 - first))
	b.skipUE(6) // block sizes
	if lists := b.flag(); lists && b.flag() {
		b.scalingLists()
	}
	b.u(2)        // asymmetric partitions, sample offset
	if b.flag() { // PCM
		b.u(8)
		b.skipUE(2)
		b.u(1)
	}
	b.referenceSets(pocBits)
	b.u(2) // temporal prediction, smoothing
	s.colour = b.colour()
	return s, !b.short && s.width > 0 && s.height > 0
}

// size reads the coded size and the conformance window (7.4.3.2.1).
func (s *sps) size(b *bits) {
	format := b.ue()
	s.chroma = int(format)
	if format == 3 {
		b.u(1)
	}
	s.width, s.height = int(b.ue()), int(b.ue())
	if !b.flag() {
		return
	}
	unitX, unitY := 1, 1
	if format == 1 || format == 2 {
		unitX = 2
	}
	if format == 1 {
		unitY = 2
	}
	s.width -= unitX * (int(b.ue()) + int(b.ue()))
	s.height -= unitY * (int(b.ue()) + int(b.ue()))
}

// profileTierLevel skips 7.3.3.
func (b *bits) profileTierLevel(layers int) {
	const profileBits, levelBits = 88, 8
	b.skip(profileBits + levelBits)
	var present [8][2]bool
	for i := range layers {
		present[i] = [2]bool{b.flag(), b.flag()}
	}
	if layers > 0 {
		b.skip(2 * (8 - layers))
	}
	for _, p := range present {
		if p[0] {
			b.skip(profileBits)
		}
		if p[1] {
			b.skip(levelBits)
		}
	}
}

// scalingLists skips 7.3.4.
func (b *bits) scalingLists() {
	for size := range 4 {
		step := 1
		if size == 3 {
			step = 3
		}
		for matrix := 0; matrix < 6; matrix += step {
			if !b.flag() {
				b.ue()
				continue
			}
			n := min(64, 1<<(4+2*size))
			if size > 1 {
				n++
			}
			b.skipUE(n)
		}
	}
}

// referenceSets skips the short-term (7.3.7) and long-term reference pictures.
func (b *bits) referenceSets(pocBits uint) {
	const most = 64
	n := b.ue()
	if n > most || pocBits > 16 {
		b.short = true
		return
	}
	pictures := uint(0) // in the set before
	for i := range n {
		if b.short {
			return
		}
		pictures = b.referenceSet(i, pictures)
	}
	if b.flag() {
		for range min(b.ue(), 33) {
			b.u(pocBits)
			b.u(1)
		}
	}
}

func (b *bits) referenceSet(i, before uint) (pictures uint) {
	const most = 16
	if i > 0 && b.flag() {
		b.u(1)
		b.ue()
		for range before + 1 {
			used := b.flag()
			if !used {
				used = b.flag() // as a reference for later sets
			}
			if used {
				pictures++
			}
		}
		return min(pictures, most)
	}
	pictures = b.ue() + b.ue()
	if pictures > most {
		b.short = true
		return 0
	}
	for range pictures {
		b.ue()
		b.u(1)
	}
	return pictures
}

// colour reads the beginning of the VUI (E.2.1). What it does not say is "unspecified"
// code points and limited range (E.3.1).
func (b *bits) colour() cicp {
	const extendedSAR = 255
	c := cicp{primaries: 2, transfer: 2, matrix: 2}
	if !b.flag() {
		return c
	}
	if b.flag() && b.u(8) == extendedSAR {
		b.u(16)
		b.u(16)
	}
	if b.flag() { // overscan
		b.u(1)
	}
	if !b.flag() {
		return c
	}
	b.u(3)
	c.full = b.flag()
	if b.flag() {
		c.primaries, c.transfer, c.matrix = int(b.u(8)), int(b.u(8)), int(b.u(8))
	}
	return c
}

// bits reads bits from the highest down. After the end it reads zeros and short is set.
type bits struct {
	data  []byte
	at    int
	short bool
}

func (b *bits) u(n uint) uint {
	var v uint
	for range n {
		v <<= 1
		if b.at>>3 >= len(b.data) {
			b.short = true
			continue
		}
		v |= uint(b.data[b.at>>3]>>(7-b.at&7)) & 1
		b.at++
	}
	return v
}

func (b *bits) flag() bool { return b.u(1) == 1 }

func (b *bits) skip(n int) {
	b.at += n
	b.short = b.short || b.at > 8*len(b.data)
}

// ue reads an Exp-Golomb code (9.2). A signed one has the same length.
func (b *bits) ue() uint {
	zeros := uint(0)
	for !b.flag() {
		if zeros++; zeros > 31 || b.short {
			b.short = true
			return 0
		}
	}
	return 1<<zeros - 1 + b.u(zeros)
}

func (b *bits) skipUE(n int) {
	for range n {
		b.ue()
	}
}
