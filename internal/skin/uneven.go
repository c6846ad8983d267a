package skin

import "dermtrace/internal/skin/texture"

// Unevenness is what besides relief makes the skin of a series' baseline uneven. It is taken
// once, from sheets whose relief has not been read, and kept for all photos.
func Unevenness(baseline ...*Sheet) texture.Unevenness {
	var list []texture.Unevenness
	for _, s := range baseline {
		if s.pending == nil {
			continue
		}
		if u, ok := texture.UnevennessOf(*s.pending); ok {
			list = append(list, u)
		}
	}
	return texture.Together(list...)
}

// ReadRelief reads the relief of a sheet that was prepared without knowing how uneven the
// skin is. What has been read is not read again.
func (s *Sheet) ReadRelief(u texture.Unevenness) {
	if s.pending == nil {
		return
	}
	s.pending.Uneven = u
	s.relief, s.noRelief = texture.Prepare(*s.pending)
	giveBack(s.pending.RGB)
	s.pending = nil
}

// readRelief reads it by the region's own unevenness where nobody gave another.
func (s *Sheet) readRelief() {
	if s.pending != nil {
		s.ReadRelief(Unevenness(s))
	}
}
