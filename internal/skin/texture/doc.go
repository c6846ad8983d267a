// Package texture answers how rough the skin looks, whatever its colour and shine.
//
// # What is measured
//
// [MixFor] weighs the channels so that shine cancels and, to first order, melanin and blood do:
// neither a spot nor a flush nor gloss is texture. Relief is that light M over its mean within
// 2 mm, x = M / (M smoothed by 2 mm): 1 where the skin is flat. Its detail is measured between
// Gaussians of fixed size on the skin, in the photo's own pixels: a warped photo is a blurred one.
//
// JPEG drops the fine colour in which shine and pigment cancel. Lossy files are therefore read by
// a mix that relief outlives with its colour and without, as far as the baseline's glints and
// mottle allow ([Unevenness]); what these leave in it is taken off as the baseline had them. In
// other files green is made as soft as the baseline shows red and blue ([Region.softness]). The
// coarse band, whose colour files keep, is read by a mix of its own in which blood cancels before
// all else ([bloodless]): the blotches of a flush are as broad as it. Lines have one in which it
// cancels more, where skin is redder than at the baseline ([Region.lined]).
//
// Values are photometric, no heights: they compare photos of one skin in one light. A lamp tilted
// by one degree shows 2 to 4 % more relief; untreated skin tells by how much ([Relief.Matched]).
//
// Refused: photos with fewer than 15 pixels per millimetre, in which the finest band cannot be
// seen, and regions without a scale. Skin so dark that mottle looks like relief is warned of.
//
// # Limits
//
// Simulated skin in JPEGs of quality 93, with hair, moles, glints and another pose:
//
//   - relief ×0.70 reads as up to ×0.73 on light and medium skin, ×0.78 on brown, ×0.85 on very dark
//   - unchanged light and medium skin moves by 2.3 % (tan skin's flush 4.2), brown and dark by 5.5
//   - 0.7 to 1.4 times the distance moves it by 3 %, very dark skin by 4.7; a cast by 2 and 3.2
//   - light that falls off by a quarter moves dark skin by 5.4 %: its melanin is read by brightness
//   - melanin that changes by half moves very dark skin by up to a fifth, brown by a seventh, twice
//     that where mottle is twice as strong: what may be mottle is stated ([Relief.MostOfMottle])
//   - shine that grows by 40 % reads as up to 11 %: the baseline does not foresee it
//   - where relief is shallower than mottle, unchanged skin moves by up to 9 %, in a flush by 13
//   - 30 needle points per cm² that bleed read as 10 % more, at worst 30
//   - redness that fades reads as up to 4 % more; half of it, on other optics, as up to 6 less
//   - a flush adds 2 to 18 % to the coarse band; read as the fine one is, 8 to 36
//   - a flush of 3 points makes lines in JPEGs read as 13 % wider on average (31 at worst), 1 denser and
//     1 deeper, in lossless files as 17, 8 and 7, pores as 7 % wider; read as the fine band is, lines as
//     20 % wider, 8 denser and 9 deeper in either
//   - 120 spots that fade, a fifth of the region, take 5 % along; 60 hairs that move, 4 %
//
// JPEG of quality 98 and more is read as lossless: of very dark skin, with a warning, ×0.70 then
// reads as ×0.9 and a flush as 11 %. At 98 its halved colour hides how soft red and blue are (light
// skin's flush 3 %); at 100 photos of less than 24 px/mm read up to 10 % rougher without control
// skin, in blocks of two pixels 5 to 9. In lossless files with red and blue softer than green a flush
// moves light and medium skin by up to 3.5 %, by 4 where blue alone is softer; where noise hides
// that, or red light spreads in skin, by up to 10.
//
// Very dark skin shows a quarter of shading, a third of glints, the rest mottle and spots. Where
// relief is ×0.70 half of the shading stays, three quarters of the glints and all of the rest, and
// colour does not tell them apart: mottle moves all channels of dark skin alike, as relief does.
// The file is not to blame: ×0.70 reads as ×0.84 in 16 bits without noise, as ×0.85 in a file; by
// the best weights that the truth allows as ×0.86, and without mottle as ×0.72.
//
// # Tried and dropped
//
// Other light than the mix's, so that lost colour leaves less of glints and mottle:
//
//   - relief held the same with and without colour: nothing cancels glints (a flush adds 15 %)
//   - each photo's own unevenness: glints and mottle of brown skin change places (15 %)
//   - weights frozen at the baseline: a flush adds 8 %; the product of two shine-free mixes: 20 %
//   - luminance, by the share of it that is relief at broader detail: dark skin 15 % and more
//   - relief's own variance, fitted or unbiased, in place of a mix's: a flush adds 6 to 8 %
//   - detail across the light less that along it: free of mottle, not of glints (very dark ×0.88)
//   - red less blue alone; places of spots left out; the surface's even share taken from the light
//
// Other estimates of what is left:
//
//   - all that luminance does not explain: distance 5 to 9 %; relief's own loss made good: a flush 3 %
//   - what files round ([Region.rounded]) taken off too: ×0.70 gains 1 %, unchanged light skin loses it
//   - noise as the baseline shows it: smooth light skin 5 % instead of 9, but ×0.70 reads as ×0.80
//   - the share of lost colour fitted: ×0.70 gains 1 %, dark skin at rest loses 1.5
//   - glints in proportion to relief, or none expected: dark skin at rest 5 %, 9 to 16
//   - half of a flush uneven: brown skin at rest 3.7 % instead of 5, very light skin 4 instead of 2;
//     as uneven as its own photo shows it, as where redness fades ([Region.faded]): other medium skin RMS
//     4.5 % instead of 6.7 and dark 2.7 instead of 3.7, but light 6.3 instead of 2.6; only what it gains over the
//     baseline, with relief's lost colour for another kind: light skin of the project 2.5 at worst, not 1.9
//   - what the mix leaves where colour is kept: ×0.70 gains 1.5 %, shine that grows and distance lose half
//   - taken off in the whole band: brown ×0.73 instead of ×0.77, at rest 6 % instead of 5
//   - lossless files by the baseline's unevenness: shine that grows adds 5 % to clean ones; with as
//     much shine as skin may have a flush moves them by 4 % (1.5 now), though dark skin by 1, not 10
//   - how soft red and blue are, told from the finest pixels alone: noise that a camera mixed decides;
//     by calm and busy tiles, which have it alike: too few of them
//   - the covariance of the finest pixels as noise: lossless files gain half a percent, a JPEG of
//     medium skin moves by 3.5 % instead of 2.3
//   - each region's own: dark skin at rest 5.4 % instead of 6.4, medium 2.7 instead of 2.5
//   - more of it the farther the photo: light skin without control skin 8 % instead of 2.2
//
// A facet's shine counted with its relief ([facets]): both are one direction, 1 + gloss·shine.
// Told with mottle and with glints that lie as they like, relief, blood and melanin's mottle come
// out alike on all tones (dark skin's relief is half of what [Unevenness] has):
//
//   - the mix by that: another hand's melanin ×1.5 moves very dark skin by 16 % instead of 24, ours
//     at rest by 13 instead of 6, medium skin by 7
//   - what that leaves taken off: dark ×0.70 reads as ×0.83, at rest 14 %; light skin 4 to 7 worse
//   - gloss without glints of their own beside it: dark skin's comes out several times too large
//   - shine divided out wherever colour is lost: dark skin RMS 1.9 % instead of 2.3, another hand's
//     light flush 6.5 instead of 5.1; with what lost colour takes of relief, our light skin 3 to 5
//   - the same for the skin that sets the lamp's contrast, which has not changed: dark 7.1, not 6.4
//
// The coarse band in a flush:
//
//   - by the mix that its own unevenness at the baseline gives: 9 to 17 % more, for blotches are new
//   - relief's own variance, fitted: 29 % more, since redness lies where relief does
//   - the chromophore maps' shading: 6 % on average, 26 in the root mean square
//   - blood cancelled however unsure the optics: half as much on medium skin, but skin at rest that
//     lies elsewhere in the photo, under other shine, moves by up to 8 %, not 4
//
// Lines in a flush, which lies around follicles in spots of 0.3 mm, and is off where optics are unknown:
//
//   - by the coarse band's mix always: density and depth gain, at rest they scatter twice as much
//   - the curvature across less that along, for round spots: 19 % wider instead of 21
//   - crests alone that the narrow scale has too: 20 % wider, density at rest and by distance worse
//   - how blood's effect bends, by the map of blood, made straight: 1 % less of width and density
//
// Lamp, distance and control skin, whose two halves differ by the 1 % RMS that unchanged light and
// medium skin moves by:
//
//   - the lamp's contrast, or blur, nearer to none by its doubt of 1 %: two regions differ by more
//   - blocks of colour averaged first: too few pixels at 18 px/mm (6 % without control skin)
//   - the mix's luma by calibrated light: dark skin 5.5 % instead of 6.4, a strong cast 7, not 0.3
//   - the contrast by direction, as furrows lie: light skin RMS 1.15 % instead of 1.20, dark no less
//   - the contrast by luminance: light skin 1.8 % instead of 2.2, blurred medium 2.3 instead of 1.2
//   - the same places of both photos; medians, trimmed means; what both share (a flush takes 4 %)
//   - the setting half filtered with all skin around it: dark 5.8 % instead of 6.4, medium 3.1, not 2.5
//
// Not built: what two registered photos share, which tells relief from mottle where relief has
// changed. ×0.70 within 0.1 asks that a file's noise is known within a hundredth of the power.
// What a file lost, told from the coefficients that it kept: dark skin needs more than lossless has.
package texture
