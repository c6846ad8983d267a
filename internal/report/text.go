package report

import "dermtrace/internal/outcome"

// Forms of dates and times, and of a day of the course where a report has no dates.
const (
	dateFormat = "2 Jan 2006"
	timeFormat = "15:04"
	dayFormat  = "day %d"
)

// texts are all the words of a report. Another language is another value of this
// type. A verb like %[2]s stands for an argument, so that word order is free.
type texts struct {
	Lang, Title string
	// Intended are the limits of use, on every report.
	Intended                                                                                                string
	Skip, Report, Goals, Treatments, NoTreatments                                                           string
	Trust, Flags, FlagsNone, FlagsNote, NotAssessed, NotAssessedNone                                        string
	Answers, AnswersNone, Coded, CodedHash, Overruled, Assisted, GradientRemoved, ChipOverruled             string
	ChipAssisted, WhereOnly, Fitted, Unproven, Holm, Recovery, Pair, Alone, PairNone, GaugeNoise            string
	GaugeSpan, NotMeasured, OfBaseline, Under, PlaceError, NoPicture, Shown, Replicate                      string
	Before, After, Mode, Side, Slider, Blink, Opacity, Pause, Play                                          string
	Split, Blend, Zoom, ZoomIn, ZoomOut, ZoomReset, Overlay, OverlayNone, Strength, Outlines, AsShot        string
	ViewerHelp, ViewerStatic, ViewerAsShot, Film, Scale, ScaleBlank, ShowRight, Hidden, Reveal              string
	NoMap, Spots, SpotsTitle, SpotRing, SpotLook, ColSpot, ColFate, ColDiameter, ColSpotFrom                string
	ColSpotTo                                                                                               string
	Curves, Table, Classical, ClassicalNote, Band, Hollow, Refused, TreatmentLine, Bars                     string
	Grades, DayAxis, DayAxisVisits, AfterAxis, NotUsed, ChangeAxis                                          string
	ColVisit, ColRegion, ColValue, ColSpread, ColChange, ColInterval, ColMDC, ColResult, ColNotes           string
	Quality, QualityNote, LightNote, CameraNote, ColPhoto, ColFit, ColPlace, ColLight, LeftOut, LeftOutNone string
	Notices                                                                                                 string
	Methods, Limits, Definitions, ColMeasure, ColUnit, ColMeaning, ColReference, Provenance                 string
	Software, RecordHash, RecordHashNote, ProjectDefault, ScaleMM, ScaleNone, Frame, Baseline               string
	ColDate, ColGrade, ColRater, ColBlinded, Yes, OnRegions, Shows, PerPixel, PageOf                        string
	Missing, Patient, PatientNote, Coarse, NotAligned, ColourProfile                                        string
	methods, limits                                                                                         []string
	families, measures, statuses, verdicts, methodsOfLight, kinds, clocks, phases, skin, codes              map[string]string
	fates, sources                                                                                          map[string]string
	settings                                                                                                map[string]string
}

// english is the language of reports.
func english() *texts {
	t := &texts{
		Lang:     "en",
		Title:    "%[1]s progress report",
		Intended: "Research and documentation software; not a medical device; not for moles or suspicious lesions; not validated for treatment decisions.",
	}
	t.chrome()
	t.figures()
	t.trust()
	t.names()
	return t
}

// MeasureName is what reports call a measure, for other pages beside them.
func MeasureName(measure string) string { return named(english().measures, measure) }

func (t *texts) chrome() {
	t.OnRegions, t.PageOf = "on %[1]s", `"Page " counter(page) " of " counter(pages)`
	t.Skip, t.Report, t.Goals, t.Treatments = "Skip to the answers", "Progress report", "Goals", "Treatments"
	t.NoTreatments = "No treatment is recorded."
	t.Trust, t.Flags, t.NotAssessed = "Can these photos be trusted?", "Flags for review", "Not assessed"
	t.FlagsNone, t.FlagsNote = "No flag was raised.", "A flag asks a person to look. No flag is not an all-clear."
	t.NotAssessedNone = "Nothing beyond what no photo can show (see the limits)."
	t.Answers, t.AnswersNone, t.Recovery = "What changed", "The series names no goals, so no direction counts as better. The curves show every measure.", "Recovery"
	t.Coded = "Coded: names and file names are replaced by keyed codes, dates by days since the first treatment. Not anonymous: skin and course can be recognised."
	t.Overruled, t.ChipOverruled = "Overruled by the user: %[1]s", "gate overruled"
	t.Assisted, t.ChipAssisted = "Placed with the help of landmarks that the user set", "placed by hand"
	t.GradientRemoved = "A fall-off of the light was taken out"
	t.Fitted = "half gone in each %[1]s days, from the observed peak"
	t.WhereOnly = "where, not whether"
	t.CodedHash = "SHA-256 of the coded record"
	t.Unproven, t.Holm = "%[1]s, not certain", "p %[1]s, Holm"
	t.NoPicture = "No picture of:"
	t.PlaceError = "error %[1]s"
	t.OfBaseline, t.Under = " of its baseline value", "under %[1]s"
	t.NotMeasured = "not measured"
	t.GaugeNoise, t.GaugeSpan = "within measurement error", "95 % interval of the change"
	t.Pair, t.Alone, t.PairNone = "Compare", "Photo", "The result holds no picture of this series."
	t.Before, t.After, t.Mode = "Left", "Right", "View"
	t.Side, t.Slider, t.Blink, t.Opacity, t.Pause, t.Play = "Side by side", "Slider", "Blink", "Blend", "Pause", "Play"
	t.Split, t.Blend, t.Zoom, t.ZoomIn, t.ZoomOut, t.ZoomReset = "Divider", "Share of the right picture", "Zoom", "Zoom in", "Zoom out", "Fit"
	t.Overlay, t.OverlayNone, t.Strength, t.Outlines, t.AsShot = "Overlay", "None", "Strength", "Region outlines", "Light as shot"
	t.ViewerHelp = "Drag to move the divider; when zoomed in, drag to move both pictures together. Keys on the picture: arrows, + and −, 0 for the whole picture."
	t.ViewerStatic = "Both pictures are moved, turned and scaled onto the same frame, never bent, and their light is corrected the same way."
	t.ViewerAsShot = "Both pictures are moved, turned and scaled onto the same frame, never bent; their light is as shot."
	t.Film, t.Scale, t.ShowRight = "All visits", "Colour scale", "Show on the right:"
	t.ScaleBlank = "No colour: unknown, or within noise."
	t.Shown, t.Replicate = "%s is on the right", "photo %[1]d of %[2]d"
	t.Spots, t.SpotsTitle = "Spots by fate", "%[1]d spots clear enough to be followed, baseline to %[2]s"
	t.SpotRing = "look at it"
	t.SpotLook = "Look at it: new, darker, or over 6 mm. Not for this tool to judge."
	t.ColSpot, t.ColFate, t.ColDiameter = "Spot", "Fate", "Diameter"
	t.ColSpotFrom, t.ColSpotTo = "Melanin above its surround, baseline", "The same now"
	t.Hidden, t.Reveal = "Pictures are hidden.", "Show the pictures"
	t.NoMap = "no overlay for this visit"
	t.Missing = "%[1]d of %[2]d pictures that the record names were not found beside it."
	t.NotAligned = "as shot, not aligned"
	t.Patient, t.PatientNote = "Your progress", "Your clinician has a longer version of this page."
}

func (t *texts) figures() {
	t.Curves, t.Table = "Curves", "Data table"
	t.Classical = "Other measures of this family"
	t.ClassicalNote = "Exploratory: not the pre-named measure of this family. Classical indices are camera indices: they depend on the camera and the light, and mix what the model separates."
	t.Band = "within measurement error of baseline (MDC95, %[1]s)"
	t.Hollow = "outside its time window: shown, not counted"
	t.Refused, t.TreatmentLine = "photo not used", "treatment"
	t.Bars = "bars: 95 % interval of the change from baseline"
	t.Grades, t.NotUsed = "Clinician’s grades", "Not used"
	t.ColDate, t.ColGrade, t.ColRater, t.ColBlinded, t.Yes = "Date", "Grade", "Rater", "Blinded", "yes"
	t.DayAxis, t.DayAxisVisits, t.AfterAxis = "days since first treatment", "days since first visit", "days since treatment"
	t.ChangeAxis = "change from baseline"
	t.ColVisit, t.ColRegion, t.ColValue, t.ColSpread = "Visit", "Region", "Value", "Spread in region"
	t.ColChange, t.ColInterval, t.ColMDC, t.ColResult, t.ColNotes = "Change from baseline", "95 % interval", "Detectable from", "Result", "Notes"
}

func (t *texts) trust() {
	t.Quality = "Photos: fit, place and light"
	t.ColourProfile = "colour profile: %s"
	t.QualityNote = "Every photo, used or not. Place is where it lies in the frame; its error is an estimate. Light is the colour difference (mean ΔE00) left after correction."
	t.LightNote, t.CameraNote = "In every follow-up that is used: %s.", "All photos: %s."
	t.ColPhoto, t.ColFit, t.ColPlace, t.ColLight = "Photo", "Fit to measure", "Place", "Light"
	t.LeftOut, t.LeftOutNone, t.Notices = "Left out", "Nothing was left out.", "Notices"
	t.Methods, t.Limits, t.Definitions, t.Provenance = "How it was measured", "What a photo cannot show", "What each measure means", "Provenance"
	t.ColMeasure, t.ColUnit, t.ColMeaning, t.ColReference = "Measure", "Unit", "Meaning", "Reference"
	t.Software, t.RecordHash = "Software", "Record"
	t.RecordHashNote = "SHA-256 of results.json"
	t.ProjectDefault = "project default"
	t.ScaleMM, t.ScaleNone, t.Frame, t.Baseline = "Size on skin", "unknown: nothing in millimetres", "Frame photo", "Baseline"
	t.Shows, t.PerPixel = "shows %[1]s of the frame", "mm per pixel of the frame photo"
	t.Coarse = "interim: final from day %[1]d"
	t.methods = []string{
		"Photos are decoded to linear light. Every follow-up is laid onto the frame photo by matching detail that redness and light do not change; a photo that cannot be placed is refused, never shown as if it fitted.",
		"Skin colour is separated into haemoglobin (redness), melanin (pigment) and shading (relief). The first two are model-equivalent: their differences mean something, their absolute values are no laboratory result.",
		"Texture is measured in each photo’s own pixels, with the region carried there, because warping smooths.",
		"Light is set from a colour card, else from half of the untreated control skin; the other half is measured as witness. Without either, colour carries no verdict.",
		"Each change is printed with its 95 % interval and its minimal detectable change (MDC95): the smallest change that exceeds what repeated photos of unchanged skin show in 95 of 100 cases.",
		"A result counts only inside its time window; before that it is recovery. It is interim until enough time has passed since the first treatment.",
	}
	t.limits = []string{
		"Firmness, elasticity, sagging, skin thickness, dryness, product absorption and infection cannot be seen in a photo and are not assessed.",
		"Moles and suspicious lesions are not assessed: exclude them and refer.",
		"One series shows what changed, not why. It cannot tell the treatment from season, sun, other products or time.",
		"A phone or camera that sharpens, smooths or brightens skin changes the numbers. Same camera, same lamp, same distance, same angle.",
		"Difference maps show where something changed, not whether: the verdict is in the table.",
	}
}

func (t *texts) names() {
	t.families = map[string]string{outcome.Redness: "Redness", outcome.Pigment: "Pigment", outcome.Texture: "Texture", outcome.Hair: "Hair"}
	t.measures = map[string]string{
		"hemoglobin": "haemoglobin", "erythema_index": "erythema index", "a_star": "a*", "red_area": "red area",
		"melanin": "melanin", "melanin_index": "melanin index", "ita": "ITA", "l_star": "L*",
		"pigmented_area": "pigmented area", "spot_count": "spot count", "spot_burden": "spot burden", "evenness": "evenness",
		"texture_variance": "texture variance", "roughness": "apparent roughness",
		"texture_fine": "fine texture", "texture_coarse": "coarse texture",
		"glcm_contrast": "GLCM contrast", "glcm_homogeneity": "GLCM homogeneity", "glcm_entropy": "GLCM entropy", "glcm_correlation": "GLCM correlation",
		"line_density": "line density", "pore_density": "pore density",
		"scar_hemoglobin": "haemoglobin against the surround", "scar_melanin": "melanin against the surround", "scar_relief": "relief against the surround",
	}
	t.statuses = map[string]string{
		outcome.Increased: "increased", outcome.Decreased: "decreased", outcome.NoChange: "no detectable change",
		outcome.NotComparable: "not comparable", outcome.Improved: "improved", outcome.Worsened: "worsened", "": "not yet assessable",
	}
	t.verdicts = map[string]string{outcome.OK: "ok", outcome.Doubtful: "doubtful", outcome.Unusable: "not usable", outcome.AlignFrame: "frame", outcome.AlignFailed: "could not be placed"}
	t.methodsOfLight = map[string]string{"card": "colour card", "control": "control skin", "grey": "grey reference", "none": "not set", "frame": "reference", "": "not set"}
	t.kinds = map[string]string{
		outcome.Treated: "treated", outcome.Control: "control", outcome.Comparator: "comparator", outcome.Scar: "scar",
	}
	t.clocks = map[string]string{outcome.Outside: "outside its time window", outcome.Eligible: "interim", outcome.Mature: "final"}
	t.sources = map[string]string{"repeatability": "by the clinic’s own noise", "witness": "by the noise of this control skin", "built-in": "by built-in noise"}
	t.phases = map[string]string{"before": "before treatment", "after": "after treatment"}
	t.skin = map[string]string{"numbing_cream": "numbing cream", "make_up": "make-up"}
	t.codes = map[string]string{
		outcome.Uncalibrated: "light not set", outcome.AlignmentDoubtful: "place in doubt", outcome.RegionsGuessed: "regions guessed",
	}
	t.fates = map[string]string{
		outcome.SpotPersisted: "persisted", outcome.SpotFaded: "faded", outcome.SpotDarkened: "darkened", outcome.SpotGone: "gone", outcome.SpotNew: "new",
	}
	t.settings = map[string]string{
		"calibration": "calibration asked for", "max_megapixels": "largest photo, megapixels",
		"eligible_days": "counts from, days after the latest treatment", "mature_days": "final from, days after the first treatment",
		"acute_days": "redness is recovery for, days", "course_gap_days": "treatments closer than this form one course, days",
	}
}
