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
//  4. Model: similarity, affine or homography by Torr's criterion.
//
// # What it refuses
//
// A pair without evidence, a mirrored photo, a view that no hand-held camera gives. A refusal
// has a reason and no transform; it is never the identity.
package align
