// Package chromo separates a photo of skin into what colours it: melanin and
// haemoglobin in percent, and shading, the light that fell on it.
//
// # How
//
// Input is linear light on the sRGB primaries, as corrected as it can be. In log light
// skin is nearly a sum: two pigments, each with a direction, and a grey part that is
// light, relief and exposure (Tsumura 1999, JOSA A 16:2169). Where that bends, on dark
// skin and strong flushes, a table of a forward model of skin takes over: the two
// ratios ln(R/G) and ln(G/B), from which light cancels, index melanosome and blood
// volume fraction, and what remains of ln G after the modelled reflectance is the
// shading. The linear separation is the table's tangent ([Model.Basis]).
//
// A [Model] is made once per series, settled at the baseline ([Model.Settle]) and never
// refitted to a photo: a basis of its own would turn one visit's change into another's
// scale. Values are model-equivalent. Of dark skin, and of medium skin's dark spots, where the
// surface outshines blue, the settled model also uses the brightness, which known light makes
// possible. What a flush is misread as is not modelled but seen: a [Link] tells it from the
// blotches that the flush has changed since the baseline, pixel by pixel.
//
// Refused: nothing, since the table answers every colour; instead [Trust] says how much
// of a region was too dark for a ratio, clipped, or unlike any modelled skin.
//
// # Limits
//
// On simulated skin with shine, a flush of 3 points of blood or half of it:
//
//   - The surface's reflection adds 0.01 to 0.04 of white and cannot be told from paler skin by
//     one colour. From a model with 0.0125, a surface 0.0075 off makes 10 % of light skin's
//     melanin of a flush, shine of 0.02 a third.
//   - How brightness follows colour from blotch to blotch ([Tint]) tells the surface of brown skin
//     to 0.005, of medium skin where it is far from the modelled, and hardly anything of light
//     skin: there 0.004 of it is a twentieth of the melanin in a flush, and the modelled one stays.
//   - Of what is misread a [Link] leaves at worst 10 % of the melanin; on another hand's simulator at
//     most 9 % of skin as modelled or beside a card, 19 % with other oxygenation, 21 % of raw light
//     skin. What is left of most photos is what their blotches cannot tell: found leaks scatter
//     about the true ones by their standard errors, on both simulators, with no common sign; where much
//     shine lies otherwise because the lamp turned by 5 to 10 degrees, by 1.8 times those.
//   - Of a leak found at twice its standard error a fifth is taken off, since no leak is likelier: where
//     the surface is duller or blood of other oxygenation than modelled, 3 to 8 % of the melanin in
//     a flush of light skin is found to 1 or 2 %, and most of it stays, with its sign.
//   - One code of Cb in a coarse JPEG is a fifth of light skin's melanin or more, blocks are kept
//     in steps of 1.1 codes at quality 75, and light skin spreads over 0.2 to 0.4 of a step, so
//     that blotches come out up to twice as strong, or hardly at all, as their mean happens to
//     lie. Where the baseline's file is finer that is undone ([File]): the flush's photo coded
//     again at qualities from 67 to 80 shows leaks that are off those seen before by 5 to 16 % of
//     light skin's melanin in the root mean square, 2 to 4 of medium skin's; as the file has them
//     by 16 to 20 and 4 to 6. Means of regions stay up to 0.3 codes off, control skin's most.
//   - Brightness errs with light: a fall-off of a quarter across the photo moves dark skin's
//     melanin by a tenth, and more where it misleads the [Link], where neither control skin on
//     both sides nor treated skin that shows the same as control skin beside it tells it; a card
//     tells only the light beside the skin. Relief that flattens brightens skin: where steep relief
//     (contrast 0.15) becomes ×0.70, dark skin reads as 2 % paler.
//
// # Tried and dropped
//
// Other tellers of the surface:
//
//   - melanin and blood that vary independently at rest: good to 0.005 where blood is as mottled
//     as in the project's phantom, misled where it is not
//   - the colours of spots, told by their red light: good to 0.005 on brown and darker skin, 0.01
//     too shiny on medium, nothing on light skin; those of relief depend on how the lamp stands
//   - the tint by slopes at the mean colour alone: 0.004 too shiny where patches are strong
//   - the tint with what other oxygenation moves the slopes by (0.08 by ln(R/G), 0.05 the other way by
//     ln(G/B) for 0.07 of it) as a direction of its own: light skin is misled no more, but medium
//     skin of much shine is told hardly anything
//   - the tint with every surface as likely as photos show it: light skin under much shine comes
//     right, but under usual shine and casts a flush leaks 8 % instead of 4; or as likely as the
//     standard deviation of that range has it: 15 % instead of 11 at worst
//   - the tint counted less where no surface fits it (Birge's ratio): on scarred skin, whose red scars
//     lie in shade, a flush leaks half as much, but on three of twelve medium and dark skins of other
//     optics melanin ×1.3 is followed with a log slope of 0.67 to 0.83, without it with 0.97 to 1.11
//
// Other readings by brightness:
//
//   - of all skin from 8 % of melanin on: a fall-off of light of a quarter makes 13 % of melanin
//   - of light skin's dark spots: under a surface told wrong, shadows in a flush pass for them
//     (27 % instead of 21)
//   - of medium skin's spots only where a quarter darker than the skin: where the surface shines
//     twice as much as modelled, spots that lose half of their pigment read as losing a fifth
//   - of all skin that its tint tells to be dark: flattened relief moves it as well
//
// Other tellers of a leak:
//
//   - blotches of the flush's photo alone: melanin's own mottle and blue noise hide it (a fifth of
//     the precision); blotches wider than 4 mm: shine that lies otherwise is as wide
//   - blotches freed from what the baseline's mottle foretells of them: raw colours keep a third more
//   - redness as the share (R-G)/(G-B), which is free of all shine: medium and dark skin leaks a
//     third less, but it has more of a JPEG's steps in blue, and light skin leaks up to a tenth more
//   - two slopes, at rest and in the flush, for leaks that bend otherwise: those steps hide the first
//   - standard errors that count neighbouring tiles, weights against odd tiles: nothing changes
//   - surroundings 0.3 mm farther out, which no block of a coarse JPEG reaches: 9 % instead of 11
//     there, on the other simulator 27 instead of 25, and less precise everywhere
//   - Cb of a coarse file as brightness and Cr of the block foretell it, by a censored regression in
//     windows of 16 blocks: where one step is all there is the spread is anyone's guess
//   - what is far out told without melanin's change: spots count, nearer on one skin, farther on
//     another; leaks that add melanin expected to end where pigment begins: dark skin 13 % for 5
//   - the mean Cb of a coarse file told from the baseline's pixels, rounded as the file rounds them: at
//     quality 75 light skin at rest moves by 1.7 % instead of 2.9, but a flush by 9 to 15 as before, for a
//     twelfth more processor time
//   - how shading has changed as a third cause, for shine that a moved lamp lays otherwise: light skin's
//     leaks are off by 9.8 % of its melanin per √%, or by 8.8 with a pixel's own, without it by 7.8
//   - what each place leaks by its own melanin, as a shinier surface shows it: skin as modelled 8 %
//     instead of 5, other oxygenation 38
//   - instead of the melanin at rest as a second cause (3 % in the root mean square of another
//     hand's skin, a fifth of which is spots), spots left out of what is summed (5, dark skin 10) or
//     of the surroundings too (dark skin 15); with it, blood around a pixel for redness (dark skin 9
//     instead of 4)
package chromo
