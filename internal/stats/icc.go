package stats

import "math"

// Estimate is a value with its 95 % interval.
type Estimate struct {
	Value float64
	CI    Interval
}

// Reliability holds the mean squares of n targets rated by k judges and the six
// intraclass correlations of Shrout & Fleiss 1979 (Psychol Bull 86:420).
type Reliability struct {
	N, K               int
	BMS, WMS, JMS, EMS float64 // between targets, within targets, between judges, residual

	ICC11, ICC21, ICC31 Estimate // one rating: judges differ by target, random, fixed
	ICC1k, ICC2k, ICC3k Estimate // the mean of k ratings

	SEMAgreement   float64 // √WMS: between any two judges
	SEMConsistency float64 // √EMS: judges' offsets taken out
	Warnings       []string
}

// fewTargets is below which an ICC's interval is so wide that its value says little.
// Project default.
const fewTargets = 10

// ICC computes all six forms from one row of k ratings per target, none missing.
func ICC(ratings [][]float64) (Reliability, error) {
	n := len(ratings)
	if n < 2 || len(ratings[0]) < 2 {
		return Reliability{}, ErrTooFew
	}
	r := Reliability{N: n, K: len(ratings[0])}
	r.meanSquares(ratings)
	if !(r.BMS > 0) && !(r.WMS > 0) {
		return r, ErrConstant
	}
	if n < fewTargets {
		r.Warnings = append(r.Warnings, "fewer than 10 subjects: the interval matters, not the value")
	}
	r.SEMAgreement, r.SEMConsistency = math.Sqrt(r.WMS), math.Sqrt(r.EMS)
	r.oneWay()
	r.twoWayRandom()
	r.twoWayFixed()
	return r, nil
}

func (r *Reliability) meanSquares(x [][]float64) {
	n, k := float64(r.N), float64(r.K)
	rows, cols := make([]float64, r.N), make([]float64, r.K)
	var within float64
	for i, row := range x {
		if len(row) != r.K {
			panic("stats: every target needs the same number of ratings")
		}
		rows[i] = Mean(row)
		within += sumSquares(row)
		for j, v := range row {
			cols[j] += v / n
		}
	}
	judges := n * sumSquares(cols)
	r.BMS = k * sumSquares(rows) / (n - 1)
	r.WMS = within / (n * (k - 1))
	r.JMS = judges / (k - 1)
	r.EMS = max(0, within-judges) / ((n - 1) * (k - 1))
}

// oneWay: (BMS−WMS)/(BMS+(k−1)WMS), interval by F(n−1, n(k−1)).
func (r *Reliability) oneWay() {
	n, k := float64(r.N), float64(r.K)
	single, mean := byF(r.BMS/r.WMS, n-1, n*(k-1), k)
	r.ICC11, r.ICC1k = single, mean
}

// twoWayFixed: (BMS−EMS)/(BMS+(k−1)EMS), interval by F(n−1, (n−1)(k−1)).
func (r *Reliability) twoWayFixed() {
	n, k := float64(r.N), float64(r.K)
	single, mean := byF(r.BMS/r.EMS, n-1, (n-1)*(k-1), k)
	r.ICC31, r.ICC3k = single, mean
}

// byF turns a ratio of mean squares and its 95 % bounds to an ICC of one rating,
// (F−1)/(F+k−1), and of the mean of k, 1−1/F.
func byF(f, d1, d2, k float64) (single, mean Estimate) {
	low, high := f/fQuantile(0.975, d1, d2), f*fQuantile(0.975, d2, d1)
	one := func(f float64) float64 {
		if math.IsInf(f, 1) {
			return 1
		}
		return (f - 1) / (f + k - 1)
	}
	all := func(f float64) float64 { return 1 - 1/f }
	return Estimate{one(f), Interval{one(low), one(high)}}, Estimate{all(f), Interval{all(low), all(high)}}
}

// twoWayRandom: (BMS−EMS)/(BMS+(k−1)EMS+k(JMS−EMS)/n), interval with Satterthwaite's
// degrees of freedom for the error of a judge; of the mean by Spearman-Brown.
func (r *Reliability) twoWayRandom() {
	n, k := float64(r.N), float64(r.K)
	rho := (r.BMS - r.EMS) / (r.BMS + (k-1)*r.EMS + k*(r.JMS-r.EMS)/n)
	v := r.judgeDF(rho)
	up, down := fQuantile(0.975, n-1, v), fQuantile(0.975, v, n-1)
	spread := k*r.JMS + (k*n-k-n)*r.EMS
	ci := Interval{
		n * (r.BMS - up*r.EMS) / (up*spread + n*r.BMS),
		n * (down*r.BMS - r.EMS) / (spread + n*down*r.BMS),
	}
	mean := func(v float64) float64 { return k * v / (1 + (k-1)*v) }
	r.ICC21 = Estimate{rho, ci}
	r.ICC2k = Estimate{(r.BMS - r.EMS) / (r.BMS + (r.JMS-r.EMS)/n), Interval{mean(ci.Low), mean(ci.High)}}
}

// judgeDF is v of Shrout & Fleiss 1979, p. 424.
func (r *Reliability) judgeDF(rho float64) float64 {
	n, k, f := float64(r.N), float64(r.K), r.JMS/r.EMS
	a, b := k*rho*f, n*(1+(k-1)*rho)-k*rho
	return (k - 1) * (n - 1) * (a + b) * (a + b) / ((n-1)*a*a + b*b)
}
