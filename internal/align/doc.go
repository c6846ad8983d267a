// Package align answers: where is this photo in the frame photo, and how sure is that?
//
// Positions are pixels of the two photos, centre of the top-left pixel at (0, 0); pictures
// are linear light on the sRGB primaries. A [Frame] is the photo that regions are drawn on,
// prepared once; [Frame.Align] finds a follow-up in it and returns the transform that takes a
// frame pixel to the follow-up's pixel, a verdict, and an estimate of the error.
//
// # How
//
// The signal is the logarithm of red light: haemoglobin hardly absorbs red, so a flush
// does not show, and exposure, white balance and a sloping light are constants and slopes in
// it, which every later step takes out. Padding that is exactly constant or clipped is masked.
//
//  1. Features: blobs of a scale space with orientation and gradient histograms (SIFT, Lowe
//     2004, Int J Comput Vision 60:91), mutual nearest neighbours with a ratio test. Every
//     match alone proposes a similarity; the best supported are optimised locally on growing
//     models. Nothing is sampled, so nothing depends on chance.
//  2. Blocks: squares of the frame are placed in the photo to a fraction of a pixel by least
//     squares with gain, offset and slope of the light as unknowns, on a pyramid from coarse
//     to fine. The plane is fitted to the blocks by their own information, with Tukey's
//     weights: a spot that faded or a region that changed loses its vote.
//  3. Evidence: blocks that find themselves where the transform says, against those that do so
//     where the transform moved aside says. The pair is its own null experiment.
//  4. Model: similarity, affine or homography by Torr's criterion, and a cubic B-spline field
//     on top where neighbouring blocks share what the plane leaves and blocks that were left
//     out are predicted better with it. Its stiffness is chosen by them too.
//  5. Where features do not convince, every turn and size that a hand gives is correlated at
//     every place on small pictures. Landmarks, three or more, start the search as well.
//  6. Light: relief lit from another side seems to lie elsewhere, all of it alike, by up to the
//     width of a furrow. Unless red light agrees too well for that, the mixture of the three colours
//     that both photos agree on best is sought, and aligned. Where it agrees clearly better than red
//     does, it is followed; where it does not, the shift to the next best mixture enters the error.
//
// # What it refuses
//
// A pair without evidence, a mirrored photo, a view that no hand-held camera gives. A refusal
// has a reason and no transform; it is never the identity. The evidence needed is z = 5.5. The
// highest z of pairs that have nothing to do with each other, search included: 3.6 in 472 pairs
// of different patients' feet, 2.2 in 135 of faces with feet, 0 in 56 of phantoms.
//
// # What it cannot know
//
// A lamp that moves by 15 degrees relative to the skin displaces relief by 0.01 mm, which nothing
// betrays. One that moves farther, or a photo turned with its lamp, displaces it by up to 0.16 mm on the
// phantom. Colour takes most of that out on light and dark skin; on medium skin, where pigment has the
// same colours as relief, it is only reported, as an error and, when large, as doubt.
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
//	phantom_medium, 5 follow-ups, 2000×1500     median ≤ 0.011, p95 ≤ 0.014
//	own phantom, 3 tones, 1000×750:
//	  hand-held pose, cast, exposure, gradient   median ≤ 0.045, p95 ≤ 0.07
//	  flush, fading spots, new pigment, grain    median ≤ 0.045, p95 ≤ 0.07
//	  blur σ 1.5 px                              median ≤ 0.08,  p95 ≤ 0.09
//	  scale 0.6 and 1.6, overlap 45 %, tilt      median ≤ 0.01,  p95 ≤ 0.03
//	  stretch of 12 to 17 px                     median ≤ 0.06,  p95 ≤ 0.26
//	  lamp turned 15°, 90°, 180°, light skin     median 0.16, 0.13, 0.07
//	    medium skin (doubtful from 90° on)       median 0.15, 1.6, 2.7
//	    dark skin                                median 0.12, 0.48, 0.42
//	  photo and lamp turned 45°, 90°, 180°       median 0.13, 0.09, 0.04
//	    medium skin (doubtful from 90° on)       median 0.71, 1.8, 2.7
//	    dark skin                                median 0.27, 0.37, 0.49
//	  error estimate within a factor two         61 of 66
//	flat texture turned 45, 90, 180 degrees      median ≤ 0.02
//	graf1 to graf3                               mean 1.2 (elastic; the plane alone 0.3)
//	warped                                       corners within 0.00001 of the size
//	kaze_iguazu_noise                            mean 0.02, 0.04, 0.08
//	birl tissue landmarks                        29 → 3.5 px, 66 → 6.1 px
//	  the affine transform fitted to them        3.5 px, 5.8 px
//	affnet fox                                   refused
//	wound_series, 230 pairs of a patient         62 aligned, all doubtful; mean overlap 0.56 → 0.82
//	wound_series, 472 pairs of strangers         all refused
//
//	CPU time, 12 megapixel pair                  0.7 s (decoding both JPEGs: 0.22 s; opening both: 0.57 s)
//	memory allocated, 12 megapixel pair          152 MiB in all
//
// The last two are go test -bench Pair -cpu 1 ./internal/align.
package align
