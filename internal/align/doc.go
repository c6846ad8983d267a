// Package align answers: where is this photo in the frame photo, and how sure is that?
//
// Positions are pixels of the two photos, centre of the top-left pixel at (0, 0); pictures
// are linear light on the sRGB primaries. A [Frame] is the photo that regions are drawn on,
// prepared once; [Frame.Align] finds a follow-up in it and returns the transform that takes a
// frame pixel to the follow-up's pixel, a verdict, and an estimate of the error.
//
// # How
//
// The signal is red light: haemoglobin hardly absorbs red, so a flush does not show, and exposure,
// white balance and a sloping light are the gain, offset and slope that every block solves for. It is
// light itself, for a blurred photo is one of blurred light: the logarithm of that is not the
// logarithm blurred, and under hard light lies aside (0.037 px at σ 1.5 px where light lies 0.007 px).
// Only where whole pictures are looked at at once, by features, for evidence and in the search, it is
// the logarithm, in which all exposures look alike and no highlight outweighs the rest. Padding that is
// exactly constant or clipped is masked.
//
//  1. Features: blobs of a scale space with orientation and gradient histograms (SIFT, Lowe
//     2004, Int J Comput Vision 60:91), mutual nearest neighbours with a ratio test. Every
//     match alone proposes a similarity; the best supported are optimised locally on growing
//     models. Nothing is sampled, so nothing depends on chance.
//  2. Blocks: squares of the frame are placed in the photo to a fraction of a pixel by least
//     squares with gain, offset and slope of the light as unknowns, on a pyramid from coarse
//     to fine. The plane is fitted to the blocks by their own information, with Tukey's
//     weights: a spot that faded or a region that changed loses its vote. At the end two levels
//     place the plane and the field together: coarser blocks see what lies between the finest ones.
//  3. Evidence: blocks that find themselves where the transform says, against those that do so
//     where the transform moved aside says. The pair is its own null experiment.
//  4. Model: similarity, affine or homography by Torr's criterion, and a cubic B-spline field
//     on top where neighbouring blocks share what the plane leaves and blocks that were left
//     out are predicted better with it. Its stiffness is chosen by them too.
//  5. Where features do not convince, every turn and size that a hand gives is correlated at
//     every place on small pictures. Landmarks, three or more, start the search as well.
//  6. Light: relief lit from another side seems to lie elsewhere, all of it alike, by up to the
//     width of a furrow, and coarse relief by more than fine. So the levels of red light drift apart;
//     the drift is carried on to where a level twice as fine would lie, weighed against the noise of
//     the levels along each axis: as far as the coarser level was lit anew, and farther where the
//     photo is blurred, for then its fine level is a coarse one.
//  7. A lamp that turned shows in no level: there each wave of what the two photos share is asked
//     for itself, by its phase. Waves towards the lamp are slopes and stay, waves across it are
//     hollows and lie aside; a photo that lies aside moves all of them.
//  8. Where much may be left, the mixture of the three colours that both photos agree on best is
//     sought, and aligned. Where that agrees clearly better than red does, and lies where the drift
//     points, it is followed; else what is left of the displacement enters the error.
//
// # What it refuses
//
// A pair without evidence, a mirrored photo, a view that no hand-held camera gives. A refusal
// has a reason and no transform; it is never the identity. The evidence needed is z = 5.5. The
// highest z of pairs that have nothing to do with each other, search included: 4.2 in 472 pairs
// of different patients' feet, 1.9 in 135 of faces with feet, 0 in 56 of phantoms.
//
// Skin with four to ten moles and no other structure reaches z = 9.0: a similarity lays two moles
// of anybody on two of anybody else, and up to nine blocks see each. So structures that share
// neither blocks nor what is in them are counted, and chance must find those beyond two with less
// than 0.01. Of the strangers whose z convinces, 2 or 3 of up to 8 are found, of a patient's
// wounds 6 of 10 or more, of a patient's four moles all. Three moles say nothing.
//
// # Limits
//
// A lamp that moves with respect to the skin:
//
//   - 15 degrees displace relief by 0.01 mm; the drift of levels takes out half or more of it, and
//     three quarters of what 3 degrees displace
//   - a lamp that moves farther, or a photo turned with its lamp, displaces it by up to 0.16 mm on
//     the phantom; colour takes most of that out where a file holds it whole. JPEG halves and rounds
//     it: then it is only reported, as an error and, when large, as doubt
//   - of what is left where it turned by 45 degrees or more waves take a third to two thirds, of dark
//     skin lit from the opposite side nothing, or they go the wrong way. The error then reads as
//     up to 4.6 times the truth at 180 degrees, and at 60 on another hand's phantom, whose photos lie
//     0.10 to 0.16 px aside, as 10 to 27 times: two of three are doubtful
//   - where less than 0.04 of the coarser level was lit anew waves are not asked, though photos turned
//     by 180 degrees lie 0.07 px aside there and would lie 0.03 px aside
//   - where they are asked and the lamp hardly moved, they err by 0.01 to 0.015 px, as their standard
//     error says: phantom_medium painted as dark skin lies 0.014 px aside for 0.007, other tones as
//     far as before (median 0.008; of JPEG quality 85 or under uneven light 0.010 for 0.009) with a
//     p95 of up to 0.049 px for 0.035; own photos blurred by σ 1.5 px lie 0.034 to 0.051 px aside for
//     0.022 to 0.048
//
// Others:
//
//   - a flushed photo blurred by σ 1.5 px lies 0.05 px aside, 0.1 px where it has bent, of which
//     0.05 px are the noise of the field
//   - strokes of one direction (brushed skin, 0.05 mm wide, 1.2 mm long) are placed along themselves to
//     0.05 to 0.13 px, by what little crosses them
//   - where less than half of the skin was found, the rest has changed or is displaced, and the error is
//     the middle between the two, within a factor two only of what it could be checked on (two pairs of
//     tissue)
//   - tissue in two stains is placed as well as the affine fit to all other landmarks places one, 3.7
//     and 6.1 px: what blocks find of one stain in the other scatters by 2 px, and neighbours do not
//     agree on it (correlation −0.2 to 0.02), so no field is fitted. Nor do the landmarks know of one:
//     what the affine fit leaves of neighbours correlates by 0.17 and 0.31
//
// # Tried and dropped
//
// Refusals:
//
//   - z = 5.5 of the blocks beyond two: half of the wounds are refused
//   - no pair whose fits to either half of the blocks differ by more than a block can be found: takes
//     a fifth to a half of the strangers
//
// A lamp that moved, by the levels:
//
//   - how far a drift reaches, told by what the two photos share and not by the photo's own structure:
//     5 % nearer, but the grain of smooth skin passes for sharpness
//   - what was lit anew as 1−c² in the error, c the correlation: less than half of the truth on dark
//     skin, and at 60 degrees on another hand's phantom still 8 to 17 times as much
//
// By waves:
//
//   - smaller sizes of what a photo lies off its place, so that what is within its error shrinks:
//     phantom_medium as dark skin 0.011 px for 0.014, but own blurred photos 0.037 for 0.033
//   - that size from what the drift leaves: 0.010 px, but blurred photos 0.038, a matt one 0.031 for 0.009
//   - that size no larger than δ: 0.011 px, but 0.02 px of what a lamp displaces pass for the place
//   - asked again from where they lead: 0.5 px for 0.8 where the lamp turned by 90 degrees, but up to
//     1.5 for 0.6 by 180 degrees, and another hand's by 60 degrees 0.14 for 0.11 and 0.18 for 0.14
//
// By colour, in JPEGs:
//
//   - differences of colour, the mixture that shows least relief, and both by gradients of the whole
//     picture: they err by 0.04 to 0.2 px, more than they should mend
//   - told the truth, differences of the logarithms of two colours over a whole photo lie aside by 0.02
//     to 0.17 px on dark skin, by up to 0.6 px where the lamp turned by 60 degrees, with standard errors of
//     0.01 to 0.04 px: shine is in them, and relief, for JPEG halves what would cancel it. By structure of
//     2 px, where relief is left out, 0.05 px are no more than three standard errors
//
// Blocks:
//
//   - one settled by its second step not asked again by the next warp: a tenth of the blocks' work, but
//     plane photos move by up to 0.002 px
//   - for brushed skin, blocks placed to the end, and gradients of noise taken off what a block knows:
//     worse, or one photo mends for another; three levels that vote together mend 5 %, and lose the field
//
// Tissue in two stains:
//
//   - fields forced on it, of any stiffness: 3.4 to 3.9 px and 5.9 to 6.2 px of the landmarks; by green,
//     blue and the brightest or darkest colour no less than by red
//   - squares of 32 to 96 px about each landmark, moved to where they agree best, by light, gradient or
//     self-similarity, from the affine fit on: 3.5 px or more and 5.3 px or more
//   - self-similarity at every place (MIND, Heinrich 2012, Med Image Anal 16:1423), from the alignment
//     on, one setting fixed before it was tried (mean of the colours, four neighbours at 1 px, the
//     method's patch of σ 0.5 px, 12 px to every side, gathered by a Gaussian of σ 32 px, the side of a
//     block): 3.7 and 7.7 px; as a field, forced, for neighbours do not agree, 3.8 to 4.1 px, and 6.9 px
//   - one of 80 settings looked at by what they leave (encoded colours, eight neighbours, patches of σ
//     1.5 px, 16 px to every side): 3.0 and 5.7 px where each landmark lies, but its fields fold; forced, 3.2
//     to 3.4 px and 6.2 to 6.6 px. A setting that only landmarks tell is none
//
// # Figures
//
// Errors in photo pixels against the truth over the whole shared area, or the regions where there are
// any. Reproduce with
//
//	go test ./internal/align -long -v
//
// (the rows of photo collections need them beside the repository):
//
//	phantom_medium, 5 follow-ups, 2000×1500     median ≤ 0.019, p95 ≤ 0.026
//	own phantom, 3 tones, 1000×750, as JPEG:
//	  hand-held pose, cast, exposure, gradient   median ≤ 0.02,  p95 ≤ 0.04
//	  flush, fading spots, new pigment, grain    median ≤ 0.03,  p95 ≤ 0.04
//	  blur σ 1.5 px                              median ≤ 0.052, p95 ≤ 0.081
//	  scale 0.6 and 1.6, overlap 45 %, tilt      median ≤ 0.03,  p95 ≤ 0.05
//	  stretch of 12 to 17 px                     median ≤ 0.055, p95 ≤ 0.49
//	  lamp turned 15°                            median ≤ 0.062
//	    90°, 180° (doubtful)                     median 0.6 to 0.8, 0.6 to 1.9
//	  photo and lamp turned 45°, 90°, 180°       median 0.19 to 0.25, 0.7 to 1.2, 0.4 to 1.8
//	  error estimate within a factor two         64 of 66 (light skin, lamp turned by 180°: too large)
//	the photos of package validate's courses, 6 tones, 25 px/mm, lamp and pose by hand:
//	  plane                                      median ≤ 0.044, p95 ≤ 0.106; matt skin, lamp turned 9°: 0.014
//	  stretch of 9 px per 2000                   median ≤ 0.048, p95 ≤ 0.120
//	  JPEG quality 90 to 60, blur to σ 1.5 px    median ≤ 0.055
//	    stretched too, under other light         median ≤ 0.090
//	  error estimate within a factor two         all
//	phantom of another hand, 40 series, in the regions:
//	  plane                                      median ≤ 0.036, smooth 0.047, brushed 0.092
//	  stretch of 9 px per 2000                   median ≤ 0.055, p95 ≤ 0.155
//	  error estimate within a factor two         all
//	flat texture turned 45, 90, 180 degrees      median ≤ 0.02
//	graf1 to graf3                               mean 0.9 (elastic: below its ledge the wall lies 3 to 8 px off
//	                                             the plane that is taken for the truth)
//	warped                                       corners within 0.00002 of the size
//	kaze_iguazu_noise                            mean 0.004, 0.03, 0.07
//	birl tissue landmarks                        29 → 3.6 px, 66 → 6.1 px (estimated 2.7 px, 4.0 px)
//	  the affine transform fitted to them        3.5 px, 5.8 px; to all but the one looked at 3.7 px, 6.1 px
//	affnet fox                                   refused
//	wound_series, 230 pairs of a patient          74 aligned, 1 of them ok; mean overlap 0.55 → 0.81
//	wound_series, 472 pairs of strangers         all refused
//
//	CPU time, 12 megapixel pair                  0.22 s (decoding both JPEGs: 0.25 s; opening both: 0.46 s)
//	  where skin has bent and the lamp moved     0.25 s per photo
//	memory allocated, 12 megapixel pair          109 MiB in all
//
// The last rows are go test -bench Pair -cpu 1 ./internal/align; those of bent skin are of the simulated
// acne-scar course, six photos of 12 megapixels.
package align
