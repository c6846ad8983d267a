// Package manifest answers: what does the user say about this series of photos? Who,
// which site, which treatments and visits, where the regions are drawn, how large a
// pixel is.
//
// [Load] reads series.yaml from a folder of photos and infers what it leaves out;
// all of the file is optional, and so is the file. It refuses, always with file, line
// and the mend, and with all findings at once ([Problems]):
//
//   - keys, kinds and words it does not know (a near miss is named),
//   - polygons that enclose nothing or cross themselves, regions said twice,
//   - photos that are missing or lie outside the folder,
//   - visits that cannot be told apart, photos without any date,
//   - guesses that a draft marked with ? and nobody confirmed.
//
// Regions and scale may stand in a file of their own (regions: regions.yaml), as the page
// that people draw on saves them. A region may also name a file of another tool; such
// regions have no outline yet: dermtrace/internal/regions reads them once the frame
// photo is known.
//
// Coordinates are pixels of the frame photo after EXIF orientation, the centre of the
// top-left pixel is (0, 0). Times are kept as they were said ([Moment]); nothing here
// opens a photo, and nothing here knows the machine's zone or clock.
package manifest

import (
	"io/fs"
	"slices"
	"time"

	"dermtrace/internal/geom"
)

// FileName is the manifest's name in a series folder.
const FileName = "series.yaml"

// File is a photo that stands in the folder, with what its headers say.
type File struct {
	Name    string    // relative to the folder, with /
	Taken   time.Time // wall clock of the capture; zero: the headers do not say
	HasZone bool      // Taken's zone was recorded, not assumed
}

// Series is everything the user says, checked, with the rest inferred.
type Series struct {
	Subject     string
	Site        string
	Side        string // left | right | midline | "", the patient's
	View        string
	Goals       []string
	Frame       string // file the regions are drawn on, as said; "": see [Series.PickFrame]
	Baseline    string // id of the visit compared against, as said; "": see [Series.PickBaseline]
	Scale       Scale
	Calibration string // auto | card | control | none
	Card        Card
	Camera      string // "": unknown response
	ROIs        []ROI
	Treatments  []Treatment // in order of time
	Visits      []Visit     // in order of time, never empty
	Scores      []Score     // in order of time
	Landmarks   []Landmarks // pairs that a user set where alignment failed, by file
	Overrules   []Overrule  // findings that a user lets pass, in the order said
	Consent     []string    // never empty: without a word of it, care only
	Minor       bool        // then Guardian is not empty
	Guardian    string      // who consented for the subject, "": nobody had to
	Sensitive   bool        // a report opens with the pictures hidden

	ExpectedRecoveryDays int // redness is expected to settle within; 0: not said

	RegionsFile string // the file that holds regions and scale, "": none
	Notes       string
	Warnings    []Warning

	lines     map[string]int // of the keys that later checks speak of
	scaleFile string         // that the scale was read from
}

// Scale is the size of a pixel on the skin of the frame photo.
type Scale struct {
	MMPerPx float64 // 0: not said
	Points  [2]geom.Point
	MM      float64 // between Points; 0: MMPerPx was given itself
}

// Card is the colour card that the user says is in the photos.
type Card struct {
	Type    string  // classic | passport | mini | nano | "": not said
	Edition string  // before2014 | after2014 | "": not said
	PitchMM float64 // from centre to centre of neighbouring patches; 0: not said
}

// ROI is a region drawn on the frame photo: a polygon, or a file that holds it.
type ROI struct {
	Name        string
	Kind        string // treated | control | comparator | scar | grey | exclude
	Polygon     geom.Polygon
	Reflectance float64 // of a grey region, in (0, 1]; 0: not said
	File        string  // that another tool drew the region in, relative to the folder; "": Polygon says it
	Label       string  // of the region in File; "": the only one that it holds

	source string // file that says all this
	line   int
}

// Drawings are the files that say where regions are: what regions: names, and what other
// tools drew.
func (s *Series) Drawings() []string {
	var list []string
	if s.RegionsFile != "" {
		list = append(list, s.RegionsFile)
	}
	for _, r := range s.ROIs {
		if r.File != "" && !slices.Contains(list, r.File) {
			list = append(list, r.File)
		}
	}
	return list
}

// Problem is a problem with this region, told by file and line.
func (r ROI) Problem(text, mend string) Problem { return Problem{r.source, r.line, text, mend} }

// Landmarks are the points that a user marked in the frame and in a photo.
type Landmarks struct {
	File  string
	Pairs []Pair

	line int
}

// Pair is one point of skin as the frame and as a photo show it, each in its own pixels.
type Pair struct{ Frame, Photo geom.Point }

// Overrule lets a photo be measured in spite of one finding about its quality.
type Overrule struct {
	File   string
	Code   string // of the finding, as outcome.Blurred
	Reason string
}

// Treatment is one needling. It needs no photo.
type Treatment struct {
	At       Moment
	Device   string
	NeedleMM float64  // 0: not said
	ROIs     []string // names of regions; empty: all that are not control, grey or exclude
	Notes    string

	line int
}

// Score is a clinician's grade or an event.
type Score struct {
	At      Moment
	Scale   string
	Value   float64
	Rater   string
	Blinded bool
}

// Visit is an occasion on which photos were taken.
type Visit struct {
	ID        string // ISO date; where a date has several, with T15:30 or -phase appended
	At        Moment
	Phase     string // before | after | ""
	Photos    []PhotoRef
	SkinState []string
	Day       int    // since the first treatment; without one, since the first visit
	Source    string // of At: manifest | name | exif

	line int
}

// Sources of a visit's time.
const (
	FromManifest = "manifest"
	FromName     = "name"
	FromEXIF     = "exif"
)

// PhotoRef is one photo of a visit.
type PhotoRef struct {
	File   string
	Use    bool
	Reason string // why not, "" when used
}

// Warning is a doubt that travels with the series.
type Warning struct {
	Code  string
	File  string // photo concerned, "" for none
	Visit string // id of the visit concerned, "" for none
	Text  string
}

// Codes of Warning.
const (
	TimeGuessed            = "time_guessed"
	TimeDisagrees          = "time_disagrees"
	PhotoUnnamed           = "photo_unnamed"
	PhaseWithoutTreatment  = "phase_without_treatment"
	BaselineAfterTreatment = "baseline_after_treatment"
	FrameGuessed           = "frame_guessed"
)

// Load reads series.yaml in the root of fsys, when it stands there, and infers the
// rest from files, the photos found. Every error it returns is a [Problems], save
// those of reading fsys.
func Load(fsys fs.FS, files []File) (*Series, error) {
	r := &reader{fsys: fsys, source: FileName, files: newInventory(files)}
	text, err := readManifest(fsys)
	if err != nil {
		return nil, err
	}
	s, err := r.parse(text)
	if err != nil {
		return nil, err
	}
	if !r.fatal {
		r.resolve(s)
	}
	if len(r.problems) > 0 {
		return nil, r.problems.sorted()
	}
	return s, nil
}
