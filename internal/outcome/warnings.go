package outcome

// Codes of the warnings that travel with numbers. Each has its text in [WarningText].
const (
	RegionsGuessed     = "regions_guessed"
	ScaleUnknown       = "scale_unknown"
	ScaleTooCoarse     = "scale_too_coarse"
	Uncalibrated       = "uncalibrated"
	ControlTooSmall    = "control_too_small"
	ControlLost        = "control_lost"
	LightGradient      = "light_gradient"
	ProfileAssumed     = "profile_assumed"
	ProfileUnsupported = "profile_unsupported"
	ProfileApproximate = "profile_approximate"
	FirstOfSeveral     = "first_of_several"
	Transparent        = "transparent"
	HighDynamicRange   = "high_dynamic_range"
	DepthReduced       = "depth_reduced"
	ExifUnreadable     = "exif_unreadable"
	MixedProfiles      = "mixed_profiles"
	MixedCameras       = "mixed_cameras"
	UnknownCamera      = "unknown_camera"
	CameraRaw          = "camera_raw"
	GreyLight          = "grey_light"
	GreyLost           = "grey_lost"
	LightsDisagree     = "lights_disagree"
	Overruled          = "overruled"
	CardPitchGuessed   = "card_pitch_guessed"
	CardPitchUnknown   = "card_pitch_unknown"
	AlignmentDoubtful  = "alignment_doubtful"
	RegionLost         = "region_lost"
	RegionPartlyLost   = "region_partly_lost"
	PartCompared       = "part_compared"
	RegionCovered      = "region_covered"
	RegionTiny         = "region_tiny"
	RegionSmall        = "region_small"
	NoiseUnknown       = "noise_unknown"
	PigmentLikeRelief  = "pigment_like_relief"
	RegionsOverlap     = "regions_overlap"
	Clipped            = "clipped"
	NoiseFloor         = "noise_floor"
	Glare              = "glare"
	Blurred            = "blurred"
	OutsideModel       = "outside_model"
	SkinState          = "skin_state"
	RedSkin            = "red_skin"
	RedderSkin         = "redder_skin"
	PaleBlueAxis       = "b_star_low"
	ReliefUnmatched    = "relief_unmatched"
	ResolutionMismatch = "resolution_mismatch"
	LossyFile          = "lossy_file"
	NoNoiseSource      = "no_noise_source"
	ProvisionalNoise   = "provisional_noise"
	BaselineRefused    = "baseline_refused"
	SameFileAs         = "same_file_as"
	TimeGuessed        = "time_guessed"
	Unconfirmed        = "unconfirmed"
	NoUsablePhoto      = "no_usable_photo"
	NotMeasured        = "not_measured"
	Exploratory        = "exploratory"
	NothingFound       = "nothing_found"
	VellusUnseen       = "vellus_unseen"
	HairDense          = "hair_dense"
	HairCovers         = "hair_covers"
	HairFaint          = "hair_faint"
	Exposure           = "exposure"
	Noisy              = "noisy"
	MotionBlur         = "motion_blur"
	JPEGLoss           = "jpeg_loss"
	SmallPicture       = "small_picture"
	NoColour           = "no_colour"
	DistanceChange     = "distance_change"
	TiltChange         = "tilt_change"
	ColourTemperature  = "colour_temperature"
	LightDirection     = "light_direction"
	CardDoubtful       = "card_doubtful"
	CardRejected       = "card_rejected"
	CardShadow         = "card_shadow"
	CardClipped        = "card_clipped"
	CardEditionAssumed = "card_edition_assumed"
	CardSmall          = "card_small"
	CardTilted         = "card_tilted"
	CardChanged        = "card_changed"
	CardHidden         = "card_hidden"
	CardCut            = "card_cut"
	CardOnPage         = "card_on_page"
)

// WarningText is what a person reads for a warning code, "" for an unknown one.
func WarningText(code string) string {
	return warningTexts[code]
}

var warningTexts = map[string]string{
	RegionsGuessed:     "No regions were drawn: the skin that was found is measured as a whole, treated and untreated together.",
	ScaleUnknown:       "The size of a pixel on the skin is unknown (no scale: or colour card says it), so nothing that depends on millimetres was measured.",
	ScaleTooCoarse:     "The photo shows too few pixels per millimetre for this measure.",
	Uncalibrated:       "The light of this photo is not known: colour differences between visits carry no verdict.",
	ControlTooSmall:    "The control region is too small to set the light and witness it at once: it sets the light only.",
	ControlLost:        "The control region is not in this photo, so its light could not be set.",
	LightGradient:      "The light falls off across this photo more than in the reference.",
	ProfileAssumed:     "The file names no colour profile; sRGB was assumed.",
	ProfileUnsupported: "The file's colour profile could not be used; sRGB was assumed and colours may be wrong.",
	ProfileApproximate: "The file's colour profile is table-based; its simpler matrix part was used and colours may be a little off.",
	FirstOfSeveral:     "The file holds several pictures; the first was measured.",
	Transparent:        "Some pixels are transparent; their stored colour was measured as if they were not.",
	HighDynamicRange:   "The picture is coded for high dynamic range; its light is not on a known scale and colours may be wrong.",
	DepthReduced:       "The picture has more than 8 bits per channel, of which the decoder gives 8.",
	ExifUnreadable:     "The capture data (EXIF) are damaged; what could be read was used.",
	MixedProfiles:      "The photos of this series have different colour profiles.",
	MixedCameras:       "The photos of this series come from different cameras.",
	UnknownCamera:      "The camera's colour response is unknown: an average one was assumed, so absolute values are indicative.",
	CameraRaw:          "The photos show skin as a sensor sees it, not developed to sRGB: they are read as raw.",
	GreyLight:          "A grey reference alone set the light: white balance and exposure, from one place beside the skin.",
	GreyLost:           "The grey region does not show in this photo what it showed in the frame, so it did not set the light.",
	LightsDisagree:     "Colour card and control skin disagree on the light by more than 2 ΔE00: one of them has changed or lies in other light.",
	Overruled:          "A finding about this photo's quality was overruled by the user, who gave a reason.",
	CardPitchGuessed:   "The size of a pixel follows from the usual size of this type of card, 12 or 40 mm of paint: measure yours and say pitch_mm.",
	CardPitchUnknown:   "The colour card's size is not known: say pitch_mm, the millimetres from patch centre to patch centre.",
	AlignmentDoubtful:  "The place of this photo in the frame is in doubt.",
	RegionLost:         "Nothing of the region is in this photo, or all of it is excluded.",
	RegionPartlyLost:   "A tenth of the region or more is outside this photo.",
	RegionCovered:      "Something lies on the region that is no skin of the baseline, such as a plaster, a finger or hair: it is left out, and what is seen is compared with the same part at baseline.",
	PartCompared:       "The region is shown in part, which is compared with the same part at baseline.",
	RegionTiny:         "The region has very few pixels.",
	RegionSmall:        "The region holds little skin for this measure.",
	NoiseUnknown:       "The region is too narrow to tell photo noise in it, so none was subtracted.",
	PigmentLikeRelief:  "The skin is so dark that the unevenness of its pigment looks like relief: changes of relief are understated, and a change of colour can pass for one.",
	RegionsOverlap:     "Two regions overlap though their kinds exclude each other: the shared skin counts in both, and where it is a fifth of one, neither carries a verdict.",
	Clipped:            "More than half a percent of the region is over- or underexposed.",
	NoiseFloor:         "Some pixels are too dark for a ratio of colours; they were held at the floor.",
	Glare:              "Glare covers part of the region.",
	Blurred:            "The photo is less sharp than the reference.",
	OutsideModel:       "Some pixels have colours that no modelled skin has.",
	SkinState:          "What was on the skin (see skin state) spoils this measure.",
	RedSkin:            "The skin is red, which lowers ITA without more pigment: ITA is withheld.",
	RedderSkin:         "The skin is redder than at the baseline: shine, the camera's colours and the blood's own let redness pass for pigment and change how strongly pigment and relief show. It is taken off only as far as the photo itself shows it; the interval holds what else it may be.",
	PaleBlueAxis:       "b* is below 3, where the ITA angle means nothing.",
	ReliefUnmatched:    "No untreated skin shows whether lamp, focus and camera drew relief as at the baseline: what they changed passes for a change of texture.",
	ResolutionMismatch: "This photo resolves less than the reference at the finest measured scale.",
	LossyFile:          "This photo's file dropped fine detail of colour that the baseline's lossless file has: texture is not compared like with like and carries no verdict.",
	NoNoiseSource:      "No estimate of photo noise exists for this measure: no verdict.",
	ProvisionalNoise:   "The detectable change rests on simulated skin or published figures, not on this clinic's own repeats.",
	BaselineRefused:    "The baseline could not be measured, so nothing can be compared with it.",
	SameFileAs:         "This file has the same bytes as another photo.",
	TimeGuessed:        "The time of this visit was taken from the file name or the camera's clock.",
	Unconfirmed:        "One visit alone shows this change: it counts when the next one confirms it.",
	NoUsablePhoto:      "No photo of this visit could be used.",
	NotMeasured:        "This could not be measured in any photo of the visit.",
	Exploratory:        "Not a pre-named measure: exploratory.",
	VellusUnseen:       "Thin (vellus) hair cannot be seen at this scale: fine hair that is there, or that grows thicker, is missing from the count.",
	HairFaint:          "Much of what looks like hair stands out from the skin too little to be counted, as black hair does on very dark skin: how much of it counts changes with light and focus from photo to photo, by several times.",
	HairCovers:         "So much of this region is hair that what looks like texture may be hair, which lies otherwise in every photo: no verdict.",
	HairDense:          "Hairs lie across each other so often that they are told apart badly: where there are more of them, more are missed, so that a change of their number reads as less than it is, and lengths are those of what lies free.",
	NothingFound:       "Nothing of the kind that this measure describes was found.",
	Exposure:           "The photo is too dark or too light for its colours to be trusted.",
	Noisy:              "The photo is noisy.",
	MotionBlur:         "The camera moved while the photo was taken.",
	JPEGLoss:           "Compression removed fine detail.",
	SmallPicture:       "The picture has few pixels.",
	NoColour:           "The picture is black and white.",
	DistanceChange:     "The photo was taken from another distance than the reference.",
	TiltChange:         "The photo was taken at another angle than the reference.",
	ColourTemperature:  "The light has another colour than in the reference.",
	LightDirection:     "The light comes from another side than in the reference.",
	CardDoubtful:       "After correction the colour card is still off by a mean of 1.5 ΔE00 or more.",
	CardRejected:       "The colour card is off by a mean of more than 3 ΔE00, or a patch by more than 6, after correction: colours are not calibrated.",
	CardShadow:         "The colour card lies partly in shadow or in uneven light.",
	CardClipped:        "Some patches of the colour card are over- or underexposed and were left out.",
	CardEditionAssumed: "The edition of the colour card was not said; the one that fits better was taken.",
	CardSmall:          "The patches of the colour card have few pixels.",
	CardTilted:         "The colour card is tilted by more than 10° against the camera.",
	CardChanged:        "The colour card does not look as in the reference after correction (mean ΔE00 above 1): it is another or a faded one, or unevenly lit.",
	CardHidden:         "A colour card is in the photo, but something or glare covers a part of it: it was not used.",
	CardCut:            "Only a part of the colour card is in the photo: it was not used.",
	CardOnPage:         "The colour card is part of a picture on a page or in a plot, not of a photo: it was not used.",
}
