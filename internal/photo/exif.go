package photo

import (
	"bytes"
	"strings"
	"time"
)

// Tags of EXIF that are read (CIPA DC-008-2023, tables 4 to 8). Position, serial
// numbers and names of people are not among them.
const (
	tagMake           = 0x010f
	tagModel          = 0x0110
	tagOrientation    = 0x0112
	tagExposureTime   = 0x829a
	tagFNumber        = 0x829d
	tagExifIFD        = 0x8769
	tagISO            = 0x8827
	tagOriginal       = 0x9003
	tagDigitized      = 0x9004
	tagOffsetOriginal = 0x9011
	tagOffsetDigit    = 0x9012
	tagFlash          = 0x9209
	tagFocalLength    = 0x920a
	tagSubSecOriginal = 0x9291
	tagSubSecDigit    = 0x9292
	tagColorSpace     = 0xa001
	tagInteropIFD     = 0xa005
	tagWhiteBalance   = 0xa403
	tagLensModel      = 0xa434
	tagInteropIndex   = 0x0001
)

// exifFacts is what an EXIF block says.
type exifFacts struct {
	Meta          // capture facts only
	adobeRGB bool // DCF option file: Adobe RGB (1998)
	sRGB     bool // ColorSpace 1
	damaged  bool // something stood outside the block
	rotation int  // orientation 1 to 8, 1 when unsaid
}

// readExif reads an EXIF block, with or without the "Exif\0\0" before it. A damaged
// one gives what could be read.
func readExif(block []byte) exifFacts {
	w := memory(bytes.TrimPrefix(block, []byte("Exif\x00\x00")))
	facts := exifFacts{rotation: 1}
	order, off, ok := readTIFFHeader(w)
	if !ok {
		facts.damaged = len(block) > 0
		return facts
	}
	main, ok := readIFD(w, order, off)
	if !ok {
		facts.damaged = true
		return facts
	}
	facts.read(main)
	return facts
}

// read takes the facts from the first directory and those that it points to.
func (f *exifFacts) read(main *ifd) {
	f.rotation = orientationOf(main)
	f.Camera = cameraName(main.text(tagMake), main.text(tagModel))
	f.damaged = main.short
	if !main.has(tagExifIFD) {
		return
	}
	sub, ok := readIFD(main.w, main.order, int64(main.number(tagExifIFD)))
	if !ok {
		f.damaged = true
		return
	}
	f.damaged = f.damaged || sub.short
	f.Lens = sub.text(tagLensModel)
	f.FocalMM = positive(sub.number(tagFocalLength))
	f.ExposureS = positive(sub.number(tagExposureTime))
	f.FNumber = positive(sub.number(tagFNumber))
	f.ISO = int(min(positive(sub.number(tagISO)), 1<<31-1))
	f.Flash = flashName(sub)
	f.WhiteBalance = whiteBalanceName(sub)
	f.Taken = takenTime(sub.text(tagOriginal), sub.text(tagSubSecOriginal), sub.text(tagOffsetOriginal))
	if f.Taken.IsZero() {
		f.Taken = takenTime(sub.text(tagDigitized), sub.text(tagSubSecDigit), sub.text(tagOffsetDigit))
	}
	f.readColorSpace(sub)
}

// readColorSpace follows DCF 2.0: ColorSpace 1 is sRGB; "uncalibrated" with the
// interoperability index R03 is Adobe RGB; 2 is what some cameras write for it.
func (f *exifFacts) readColorSpace(sub *ifd) {
	cs := sub.number(tagColorSpace)
	f.sRGB = cs == 1
	f.adobeRGB = cs == 2
	if cs != 0xffff || !sub.has(tagInteropIFD) {
		return
	}
	if interop, ok := readIFD(sub.w, sub.order, int64(sub.number(tagInteropIFD))); ok {
		f.adobeRGB = strings.HasPrefix(interop.text(tagInteropIndex), "R03")
	}
}

func orientationOf(main *ifd) int {
	if o := main.number(tagOrientation); o >= 1 && o <= 8 {
		return int(o)
	}
	return 1
}

func positive(v float64) float64 { return max(v, 0) }

// cameraName joins maker and model without saying the maker twice.
func cameraName(maker, model string) string {
	if model == "" || maker == "" {
		return maker + model
	}
	first, _, _ := strings.Cut(maker, " ")
	if strings.HasPrefix(strings.ToLower(model), strings.ToLower(first)) {
		return model
	}
	return maker + " " + model
}

func flashName(sub *ifd) string {
	if !sub.has(tagFlash) {
		return ""
	}
	if int(sub.number(tagFlash))&1 == 1 {
		return "fired"
	}
	return "did not fire"
}

func whiteBalanceName(sub *ifd) string {
	if !sub.has(tagWhiteBalance) {
		return ""
	}
	if sub.number(tagWhiteBalance) == 0 {
		return "auto"
	}
	return "manual"
}

// Taken is when a photo was taken, by the camera's clock. Where the file does not say
// in which zone that clock ran, ZoneKnown is false and Time carries the clock's
// reading in UTC: compare such times only with each other.
type Taken struct {
	Time      time.Time
	ZoneKnown bool
}

// IsZero reports that the time is not known at all.
func (t Taken) IsZero() bool { return t.Time.IsZero() }

// String is ISO 8601 with the zone if it is known, "" for the zero value.
func (t Taken) String() string {
	switch {
	case t.IsZero():
		return ""
	case t.ZoneKnown:
		return t.Time.Format("2006-01-02T15:04:05.999999999-07:00")
	}
	return t.Time.Format("2006-01-02T15:04:05.999999999")
}

// takenTime composes "2026:01:10 16:30:05", the decimals "12" and the offset "+02:00".
func takenTime(stamp, subsec, offset string) Taken {
	t, err := time.Parse("2006:01:02 15:04:05", stamp)
	if err != nil || t.Year() < 1 {
		return Taken{}
	}
	if d, err := time.ParseDuration("0." + subsec + "s"); err == nil && digits(subsec) {
		t = t.Add(d)
	}
	zone, err := time.Parse("Z07:00", offset)
	if err != nil {
		return Taken{Time: t}
	}
	_, east := zone.Zone()
	return Taken{Time: t.Add(-time.Duration(east) * time.Second).In(time.FixedZone(offset, east)), ZoneKnown: true}
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
