package photo

import (
	"encoding/binary"
	"fmt"
)

// exifField is a tag with a value: an int (SHORT or LONG), a string, or [2]uint32 (RATIONAL).
type exifField struct {
	tag, kind uint16
	value     any
}

// exifBlock makes an EXIF block, "Exif\0\0" included. Fields from 0x8000 on stand in the
// EXIF directory, the others in the first.
func exifBlock(fields ...exifField) []byte {
	var first, sub []exifField
	for _, f := range fields {
		if f.tag >= 0x8000 {
			sub = append(sub, f)
		} else {
			first = append(first, f)
		}
	}
	if len(sub) > 0 {
		first = append(first, exifField{tagExifIFD, 4, 0})
	}
	start := 8 + 6 + 12*len(first)
	end := start
	for _, f := range first {
		end += outside(f)
	}
	if len(sub) > 0 {
		first[len(first)-1].value = end
	}
	b := binary.BigEndian.AppendUint32([]byte("Exif\x00\x00MM\x00*"), 8)
	b = appendIFD(b, first, start)
	if len(sub) > 0 {
		b = appendIFD(b, sub, end+6+12*len(sub))
	}
	return b
}

func appendIFD(b []byte, fields []exifField, heap int) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(len(fields)))
	var far []byte
	for _, f := range fields {
		v := exifValue(f)
		b = binary.BigEndian.AppendUint16(b, f.tag)
		b = binary.BigEndian.AppendUint16(b, f.kind)
		b = binary.BigEndian.AppendUint32(b, uint32(int64(len(v))/ifdSizes[f.kind]))
		if len(v) <= 4 {
			b = append(b, append(v, 0, 0, 0, 0)[:4]...)
			continue
		}
		b = binary.BigEndian.AppendUint32(b, uint32(heap+len(far)))
		far = append(far, v...)
	}
	b = binary.BigEndian.AppendUint32(b, 0)
	return append(b, far...)
}

func exifValue(f exifField) []byte {
	switch v := f.value.(type) {
	case int:
		if f.kind == 3 {
			return binary.BigEndian.AppendUint16(nil, uint16(v))
		}
		return binary.BigEndian.AppendUint32(nil, uint32(v))
	case string:
		return append([]byte(v), 0)
	case [2]uint32:
		return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, v[0]), v[1])
	}
	panic(fmt.Sprintf("no EXIF value of %T", f.value))
}

func outside(f exifField) int {
	if n := len(exifValue(f)); n > 4 {
		return n
	}
	return 0
}
