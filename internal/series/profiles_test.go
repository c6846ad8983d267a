package series

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"dermtrace/internal/outcome"
	"dermtrace/internal/skin"
)

// tablesOnly is a JPEG segment (ICC.1:2022, B.4) with a colour profile that has tables
// and no matrix.
func tablesOnly() []byte {
	profile := make([]byte, 128)
	profile[8] = 2
	copy(profile[12:], "mntrRGB XYZ ")
	copy(profile[36:], "acsp")
	profile = binary.BigEndian.AppendUint32(profile, 1)
	profile = append(profile, "A2B0"...)
	profile = binary.BigEndian.AppendUint32(profile, 144)
	profile = binary.BigEndian.AppendUint32(profile, 8)
	profile = append(profile, "mft2\x00\x00\x00\x00"...)
	binary.BigEndian.PutUint32(profile, uint32(len(profile)))
	body := append([]byte("ICC_PROFILE\x00\x01\x01"), profile...)
	return append(binary.BigEndian.AppendUint16([]byte{0xff, 0xe2}, uint16(len(body)+2)), body...)
}

// model is a JPEG segment of EXIF that names a camera, in more than four bytes.
func model(name string) []byte {
	tiff := []byte("MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x10\x00\x02")
	tiff = binary.BigEndian.AppendUint32(tiff, uint32(len(name)+1))
	tiff = append(append(tiff, 0, 0, 0, 26, 0, 0, 0, 0), name+"\x00"...)
	body := append([]byte("Exif\x00\x00"), tiff...)
	return append(binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2)), body...)
}

// A photo whose profile has tables alone, and one of another camera than the frame's:
// every colour number of theirs says so, and none of another photo.
func TestMixedProfilesAndCamerasAreWarned(t *testing.T) {
	const other = "2026-01-14.jpg"
	files := photos(t)
	for name := range files {
		if !strings.HasSuffix(name, ".jpg") {
			continue
		}
		data, segments := files[name].Data, model("Camera One")
		if name == other {
			segments = append(model("Camera Two"), tablesOnly()...)
		}
		files[name] = &fstest.MapFile{Data: slices.Concat(data[:2], segments, data[2:])}
	}
	rec := analyze(t, files)
	codes := []string{outcome.ProfileUnsupported, outcome.MixedProfiles, outcome.MixedCameras}
	definitions := skin.Definitions()
	seen := 0
	for _, p := range rec.Photos {
		for _, r := range p.ROIs {
			for name, m := range r.Measures {
				family := definitions[name].Family
				if family != outcome.Redness && family != outcome.Pigment || !m.Value.Known() {
					continue
				}
				for _, code := range codes {
					if slices.Contains(m.Warnings, code) != (p.File == other) {
						t.Errorf("%s, %s, %s: %v", p.File, r.Name, name, m.Warnings)
					}
				}
				seen++
			}
		}
	}
	if p := photoOf(t, rec, other); p.Camera == "" || p.Camera == photoOf(t, rec, "2026-01-10.jpg").Camera || seen < 10 {
		t.Errorf("camera %q, %d numbers", p.Camera, seen)
	}
	if s := fmt.Sprint(photoOf(t, rec, other).Quality.Reasons); !strings.Contains(s, "Camera Two") {
		t.Errorf("reasons %s", s)
	}
}
