package skin

import (
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// RoughnessMap is apparent roughness over the region in blocks of a millimetre, for
// looking, and the transform from pixels of the region's RGB to it. ok is false where
// texture cannot be measured.
func (s *Sheet) RoughnessMap() (p *raster.Plane, mapFromRGB geom.Transform, ok bool) {
	s.readRelief()
	if s.relief == nil {
		return nil, geom.Transform{}, false
	}
	p, blocks := s.relief.Local()
	side := float64(blocks * s.fine)
	middle := (side - 1) / 2
	return p, geom.Transform{1 / side, 0, -(float64(s.X0) + middle) / side, 0, 1 / side, -(float64(s.Y0) + middle) / side, 0, 0, 1}, true
}

// TakeRelief makes texture be measured in another sheet of the same region: another way to
// read the same photo. Call it before [Sheet.MatchRelief].
func (s *Sheet) TakeRelief(from *Sheet) {
	from.readRelief()
	s.pending = nil
	s.relief, s.noRelief, s.fine = from.relief, from.noRelief, from.fine
	if s.surround != nil && from.surround != nil {
		s.surround.TakeRelief(from.surround)
	}
}
