//go:build nodynamic

package photo

// Bytes of the HEIC decoder: measured 12 per pixel for 8-bit 4:2:0, 16 for 4:4:4, at 12
// and 48 megapixels; 16 bits double it and alpha adds a third. The address space of its
// machine is 4 GiB.
const (
	baseHEICMemory      = 128 << 20
	heicMemoryPerPx     = 48
	maxHEICMemory       = 4 << 30
	typicalHEICMemory   = 24 << 20
	typicalHEICMemoryPx = 13
)

// heicMemory is the most memory that the HEIC decoder may use for w×h pixels.
func (l Limits) heicMemory(w, h int) int64 {
	if l.HEICMemory > 0 {
		return min(l.HEICMemory, maxHEICMemory)
	}
	return min(baseHEICMemory+heicMemoryPerPx*int64(w)*int64(h), maxHEICMemory)
}

// heicTypicalMemory is what the decoder uses for most pictures of w×h pixels.
func heicTypicalMemory(w, h int) uint64 {
	return typicalHEICMemory + typicalHEICMemoryPx*uint64(w)*uint64(h)
}

// heifMemory is the machine's memory. It starts with room for a typical picture of the
// size, which the operating system provides as it is used, and grows by halves.
type heifMemory struct {
	buf         []byte
	first, most uint64
}

func (m *heifMemory) Reallocate(size uint64) []byte {
	if size > uint64(cap(m.buf)) {
		grown := make([]byte, len(m.buf), min(max(size, m.first, uint64(len(m.buf))*3/2), m.most))
		copy(grown, m.buf)
		m.buf = grown
	}
	m.buf = m.buf[:size]
	return m.buf
}

func (m *heifMemory) Free() { m.buf = nil }
