// Package pigment answers how much melanin a region of skin holds, how evenly it is
// spread, and where the dark spots are.
//
// # What is measured
//
// The model's answer is the melanin map: the melanosome volume fraction of the modelled
// epidermis in percent, from which blood and light are separated ([Melanin], [Area], [Spots],
// [Evenness]). The classical camera indices stand beside it: the melanin index 100·log10(1/R)
// ([Index]), L* ([LStar]) and ITA ([ITA]), all of linear light, D65, 2° observer, and all
// dependent on exposure.
//
// Spots are looked for in both visits and what either shows is measured in both ([Compare]):
// nothing falls back to the mean. The fate of a spot is told where it stands out from the mottle
// of plain skin at its size so clearly that what mottle lies beneath it cannot have decided; the
// rest are counted and summed only. The burden of a photo is the baseline's and what the same
// places differ by, its count the baseline's with what is surely new less what is surely gone:
// what each photo by itself shows above a threshold differs between photos of unchanged skin by
// 3 of 100 on light skin, 15 on dark and 30 where there are few spots.
//
// Refused: ITA on red skin (blood lowers L* and so ITA: 0.2 to 2 % blood at 2.55 % melanin drop
// it from 52° to 25°) and where b* is below 3; spots without a scale in millimetres. This
// package finds and measures spots; it never says what they are.
//
// # Limits
//
// On simulated skin whose mottle is 4 or 5 % of melanin at every size from 0.2 to 22 mm and which
// has thirty spots on 6 cm², that are a third darker than dark skin and not once as dark again:
//
//   - the fate of six in seven that lie by themselves is told on light skin, of three in four on
//     medium, of half on dark, and 99 of 100 are told right; of those that overlap others, for
//     what is seen there is both, nine in ten
//   - mottle withholds the rest: of 100 on dark skin 20 are no peak, or the region's edge cuts them,
//     21 are a peak that mottle could be, of 7 the mottle beneath could decide, and 2 are lost in
//     noise; on medium skin 8, 11, 5 and 2, on light skin 1, 4, 3 and 6
//   - of those that are listed as persisting on dark skin one in ten is mottle, and where there are
//     scars one in three the shade of one; wide, soft and faint spots of dark skin are missed
//   - the summed change ([Comparison.Change]) of one region is off by 4 to 11 of 100 in the root mean
//     square (melanin times area, after over before), of which regions together read 2 too much as left on
//     light skin, 5 on medium and 3.5 on dark, of any optics: a quarter of a sum is one or two wide marks, of
//     which about half is seen, more of naevi, which stay, and of new spots; a twentieth is mottle that is
//     taken for spots. Mottle beneath spots, which are found where it looks darkest, is taken off on
//     average: with it dark skin reads 4.6 too much
//   - of unchanged skin that sum differs by 1 to 2 of 100 between two photos, on any skin
//
// On another hand's phantom, of other mottle, 307 of 368 that lie by themselves are told (light
// skin seven in ten, medium and dark nine), 300 of them right.
//
// The steps in which a JPEG rounds colour off are a third of a percent of melanin on light skin, a
// spot's contrast; luma tells them from pigment, and how much of a change is.
//
// # Tried and dropped
//
//   - the noise that melanin shares with the shading and blood of the same place taken out: a tenth less
//   - a gain of contrast fitted to control skin: it differs from that of treated skin
//   - an error in proportion to the contrast: spots that fade by a third are then called persisting
//   - contrasts less the mean of those of plain skin, whose surround lost its darkest places: sums are
//     0.1 of 100 nearer, one in ten fates fewer is told
//   - larger sizes (partlyAsHigh 0.7): sums of dark skin read 5.4 of 100 too much for 4.6, fewer fates are
//     told; smaller ones (0.8): 4.9, and each is farther off
//   - sums over discs that own their pixels: no nearer; sizes chosen by clearness: wide spots fall apart
//   - a joint fit of templates drawn from both visits: on unchanged skin it loses 3 to 9 of 100 of
//     whichever photo is less sharp
//   - luma read beside the map by the inverse of their variances: it finds a third more on dark skin
//     whose map bends much; but everywhere it takes scars for spots and their healing for fading
//   - what a flush leaks taken off the map: sums of light skin move a third less on one set of simulated
//     skins, no less on the next; medium and dark skin as before
package pigment
