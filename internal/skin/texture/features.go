package texture

import "math"

// Feature names one of the 25 co-occurrence features of the Image Biomarker
// Standardisation Initiative (Zwanenburg 2020, Radiology 295:328), section 3.6.
type Feature int

// The features in the order of the IBSI reference manual.
const (
	JointMaximum Feature = iota
	JointAverage
	JointVariance
	JointEntropy
	DifferenceAverage
	DifferenceVariance
	DifferenceEntropy
	SumAverage
	SumVariance
	SumEntropy
	AngularSecondMoment
	Contrast
	Dissimilarity
	InverseDifference
	NormalisedInverseDifference
	InverseDifferenceMoment // "homogeneity" of most programs
	NormalisedInverseDifferenceMoment
	InverseVariance
	Correlation
	Autocorrelation
	ClusterTendency
	ClusterShade
	ClusterProminence
	InformationCorrelation1
	InformationCorrelation2
	featureCount
)

// Features holds one value per [Feature]. Entropies are in bits. The correlation of a
// region of one single level is 1, as IBSI sets it.
type Features [featureCount]float64

// Features evaluates all 25 definitions. Levels count from 1.
func (m CoOccurrence) Features() Features {
	var f Features
	margin, sum, difference := m.margins()
	m.joint(&f, margin)
	m.differences(&f)
	f[DifferenceAverage], f[DifferenceVariance], f[DifferenceEntropy] = moments(difference, 0)
	f[SumAverage], f[SumVariance], f[SumEntropy] = moments(sum, 2)
	m.information(&f, margin)
	return f
}

// margins are the distributions of one level, of i+j (from 2) and of |i−j| (from 0).
func (m CoOccurrence) margins() (one, sum, difference []float64) {
	one, sum, difference = make([]float64, m.N), make([]float64, 2*m.N-1), make([]float64, m.N)
	for i := range m.N {
		for j := range m.N {
			p := m.P[i*m.N+j]
			one[i] += p
			sum[i+j] += p
			difference[max(i-j, j-i)] += p
		}
	}
	return one, sum, difference
}

// moments are mean, variance and entropy of a distribution over first, first+1, …
func moments(p []float64, first int) (mean, variance, entropy float64) {
	for k, v := range p {
		mean += float64(k+first) * v
		entropy -= plogp(v, v)
	}
	for k, v := range p {
		d := float64(k+first) - mean
		variance += d * d * v
	}
	return mean, variance, entropy
}

// plogp is p log2 q, 0 where p is 0.
func plogp(p, q float64) float64 {
	if p == 0 {
		return 0
	}
	return p * math.Log2(q)
}

// joint fills what follows from P and its mean: the matrix is symmetric, so both
// margins are the same.
func (m CoOccurrence) joint(f *Features, margin []float64) {
	mean, variance, _ := moments(margin, 1)
	f[JointAverage], f[JointVariance] = mean, variance
	for i := range m.N {
		for j := range m.N {
			p, x, y := m.P[i*m.N+j], float64(i+1), float64(j+1)
			f[JointMaximum] = max(f[JointMaximum], p)
			f[JointEntropy] -= plogp(p, p)
			f[AngularSecondMoment] += p * p
			f[Autocorrelation] += x * y * p
			k := x + y - 2*mean
			f[ClusterTendency] += k * k * p
			f[ClusterShade] += k * k * k * p
			f[ClusterProminence] += k * k * k * k * p
		}
	}
	f[Correlation] = 1
	if variance > 0 {
		f[Correlation] = (f[Autocorrelation] - mean*mean) / variance
	}
}

// differences fills what follows from |i − j|.
func (m CoOccurrence) differences(f *Features) {
	n := float64(m.N)
	for i := range m.N {
		for j := range m.N {
			p, d := m.P[i*m.N+j], math.Abs(float64(i-j))
			f[Contrast] += d * d * p
			f[Dissimilarity] += d * p
			f[InverseDifference] += p / (1 + d)
			f[NormalisedInverseDifference] += p / (1 + d/n)
			f[InverseDifferenceMoment] += p / (1 + d*d)
			f[NormalisedInverseDifferenceMoment] += p / (1 + d*d/(n*n))
			if i != j {
				f[InverseVariance] += p / (d * d)
			}
		}
	}
}

// information fills IC1 = (HXY − HXY1)/HX and IC2 = √(1 − exp(−2 (HXY2 − HXY))).
func (m CoOccurrence) information(f *Features, margin []float64) {
	_, _, hx := moments(margin, 1)
	var hxy1, hxy2 float64
	for i := range m.N {
		for j := range m.N {
			q := margin[i] * margin[j]
			hxy1 -= plogp(m.P[i*m.N+j], q)
			hxy2 -= plogp(q, q)
		}
	}
	if hx > 0 {
		f[InformationCorrelation1] = (f[JointEntropy] - hxy1) / hx
	}
	f[InformationCorrelation2] = math.Sqrt(max(0, 1-math.Exp(-2*(hxy2-f[JointEntropy]))))
}
