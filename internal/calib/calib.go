// Package calib answers: what was the light of this photo, and what is a millimetre?
//
// Light is linear, on the sRGB primaries with white D65. Three sources set it, in this
// order of trust: a ColorChecker in the photo ([FindCard]), whose patches have known
// colours; control skin ([FromControl]), which is taken to look as it did in the
// reference photo; a grey region of known reflectance ([FromGrey]). The result is a
// [Light], which is applied to pixels and says how well it fits (ΔE00, CIEDE2000
// under D65 for skin and D50 for cards) and how sure its gains are.
//
// Control skin comes as tiles of which the caller passes only the half that sets the
// light; the other half is measured like any region. The same pixels never do both. A
// fall-off of light is taken out only where those tiles surround what is measured, or that
// shows the same fall-off by itself, and is warned of elsewhere; how steep it is treated
// skin never tells. Where card and control skin both speak, [Disagreement] says how far
// apart they are.
//
// Of two photos with a card, the later is held against the earlier patch by patch
// ([Card.LightLike]), so that what the card's tables and the camera get wrong alike is in
// no change.
//
// It refuses cards that are partly hidden, cut by the edge of the picture or pictured
// in a plot, patches that are clipped, control tiles that disagree, and anything too
// small to carry a mean.
//
// # Limits
//
// A fall-off of a quarter across the photo that control skin shows beside dark skin is told to
// 1 % of the dark skin's melanin, which it would move by 6 to 11 %. Of everyday ones, of a
// twentieth, four in ten are too slight to be told.
//
// A change of light is told by a card to 0.12 units of the erythema index in the root mean
// square, of phantoms in JPEG at quality 93 whose patches are 41 pixels wide, with no bias on
// any tone; in light that no file rounded to 0.03. What is left is the file, whose steps of
// chroma are alike all over an even patch, and whole codes where it is vivid. Weights by light, ridges and gains
// from the neutral patches alone were tried and tell it no better.
package calib
