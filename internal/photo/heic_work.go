package photo

import "fmt"

// Bounds of the decoder's work: tiles overlap the edges of the picture and overlays lie
// on each other, but nobody stores four times the pixels that are shown.
const (
	workPerPixel  = 4
	workAnyway    = 4 << 20
	deepestNest   = 4  // turned pictures of grids of tiles
	mostDerived   = 64 // grids and turned pictures
	headersAnyway = 1 << 20
	vclUnits      = 32 // NAL unit types below it carry coded picture data (H.265, table 7-1)
	firstSliceBit = 0x80
)

// boundWork refuses HEIC files that would keep the decoder busy out of proportion to
// the picture: pictures made of pictures without end, or a stream of many pictures
// where one belongs.
func boundWork(data []byte, h *header) error {
	w := memory(data)
	body, err := findMeta(w)
	if err != nil {
		return err
	}
	m := parseMeta(body)
	budget := workPerPixel*int64(h.width)*int64(h.height) + workAnyway
	job := &heicWork{meta: m, w: w, budget: budget, bytes: 2*w.size + headersAnyway, derived: mostDerived}
	if err := job.spend(m.primary, 0); err != nil {
		return err
	}
	for _, id := range m.alpha() {
		job.budget = budget
		if err := job.spend(id, 0); err != nil {
			return err
		}
	}
	return nil
}

type heicWork struct {
	meta    *isoMeta
	w       *window
	budget  int64 // pixels that may still be coded
	bytes   int64 // that may still be read: twice the file, in which each part stands once
	derived int   // pictures made of others that may still be visited
}

// spend takes the coded pixels of an item, and of those that it is made of, from the budget.
func (j *heicWork) spend(id uint32, depth int) error {
	item := j.meta.items[id]
	if item == nil || depth > deepestNest {
		return wrong("its pictures refer to each other without end", nil)
	}
	switch item.kind {
	case "hvc1":
		return j.spendCoded(item)
	case "grid", "iden", "iovl":
		if j.derived--; j.derived < 0 {
			return wrong("its pictures refer to each other without end", nil)
		}
		for _, r := range j.meta.refs {
			if r.kind != "dimg" || r.from != id {
				continue
			}
			for _, part := range r.to {
				if err := j.spend(part, depth+1); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (j *heicWork) spendCoded(item *isoItem) error {
	hvcC := item.property("hvcC")
	s, ok := hvccSPS(hvcC)
	if !ok {
		return wrong("its coded picture has no header", nil)
	}
	stream := j.meta.data(j.w, item, j.w.size)
	if j.bytes -= int64(len(hvcC) + len(stream)); j.bytes < 0 {
		return wrong("its pictures are stored on top of each other", nil)
	}
	if pictures := codedPictures(stream, int(hvcC[21]&3)+1); pictures > 1 {
		return unsupported(fmt.Sprintf("holds %d coded pictures where one belongs", pictures), mendExport)
	}
	if j.budget -= int64(s.width) * int64(s.height); j.budget < 0 {
		return tooMuch("its coded parts have many more pixels than the picture", mendExport)
	}
	return nil
}

// codedPictures counts the pictures in a stream of NAL units, each after its length.
func codedPictures(b []byte, lengthBytes int) int64 {
	var n int64
	c := &cursor{b: b}
	for len(c.b) > lengthBytes {
		size := c.u(lengthBytes)
		if size < 3 || size > uint64(len(c.b)) {
			return n
		}
		nal := c.take(int(size))
		if nal[0]>>1&0x3f < vclUnits && nal[2]&firstSliceBit != 0 {
			n++
		}
	}
	return n
}
