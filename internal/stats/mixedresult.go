package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// result reads the fitted model off θ.
func (m *mixedModel) result(theta []float64) (Mixed, error) {
	s, ok := m.solve(theta)
	if !ok {
		return Mixed{}, ErrNoFit
	}
	r := Mixed{N: len(m.Y), Groups: len(m.blocks), Sigma: math.Sqrt(s.sigma2), Criterion: s.criterion}
	for _, f := range m.factors(theta) {
		r.addTerm(f)
	}
	for _, i := range m.diagonal() {
		if theta[i] == 0 {
			r.Warnings = append(r.Warnings, "a variance is estimated as zero")
		}
	}
	covariance := m.betaCovariance(s, s.sigma2)
	df := m.satterthwaite(theta, s)
	for i := range m.X {
		e := FixedEffect{Value: s.beta.AtVec(i), SE: math.Sqrt(covariance.At(i, i)), DF: df[i]}
		half := TQuantile(0.975, e.DF) * e.SE
		e.P, e.CI = TTwoSided(e.Value/e.SE, e.DF), Interval{e.Value - half, e.Value + half}
		r.Fixed = append(r.Fixed, e)
	}
	return r, nil
}

func (r *Mixed) addTerm(f *mat.Dense) {
	q, _ := f.Dims()
	sd, corr := []float64{r.Sigma * math.Abs(f.At(0, 0))}, math.NaN()
	if q == 2 {
		sd = append(sd, r.Sigma*math.Hypot(f.At(1, 0), f.At(1, 1)))
		if f.At(0, 0) > 0 && sd[1] > 0 {
			corr = r.Sigma * f.At(1, 0) / sd[1]
		}
	}
	r.SD, r.Corr = append(r.SD, sd), append(r.Corr, corr)
}

// betaCovariance is σ²(X'V⁻¹X)⁻¹, V over σ².
func (m *mixedModel) betaCovariance(s solution, sigma2 float64) *mat.SymDense {
	var inv mat.SymDense
	if err := s.chol.InverseTo(&inv); err != nil {
		return mat.NewSymDense(len(m.X), nil)
	}
	inv.ScaleSym(sigma2, &inv)
	return &inv
}

// satterthwaite gives each fixed effect its degrees of freedom 2f²/(g'Ag): f the
// variance of the effect, g its gradient in the variance parameters (θ, log σ), A twice
// the inverse Hessian of the deviance (Giesbrecht & Burns 1985; Kuznetsova et al. 2017,
// J Stat Softw 82:13). Parameters at zero are held.
func (m *mixedModel) satterthwaite(theta []float64, s solution) []float64 {
	par := append(slices.Clone(theta), math.Log(s.sigma2)/2)
	free := m.free(theta)
	at := func(par []float64) (solution, float64) {
		sol, _ := m.solve(par[:len(theta)])
		return sol, math.Exp(2 * par[len(theta)])
	}
	deviance := func(par []float64) float64 {
		sol, sigma2 := at(par)
		return m.deviance(sol, sigma2)
	}
	cov := func(par []float64) *mat.SymDense { return m.betaCovariance(at(par)) }
	a, ok := invert(hessian(deviance, par, free))
	df := make([]float64, len(m.X))
	grad := make([][]float64, len(m.X))
	for _, k := range free {
		up, down := cov(moved(par, k, step)), cov(moved(par, k, -step))
		for i := range grad {
			grad[i] = append(grad[i], (up.At(i, i)-down.At(i, i))/(2*step))
		}
	}
	for i := range df {
		f := s.sigma2 * m.betaCovariance(s, 1).At(i, i)
		g := mat.NewVecDense(len(free), grad[i])
		df[i] = math.NaN()
		if ok {
			df[i] = f * f / mat.Inner(g, a, g)
		}
	}
	return df
}

// step of numerical derivatives in θ and log σ, which are of the order of one: the
// fourth root of the precision of a deviance of some hundreds.
const step = 1e-3

// free lists the parameters that are not held at zero; log σ is the last. A standard
// deviation at zero takes its covariance with it.
func (m *mixedModel) free(theta []float64) []int {
	held := map[int]bool{}
	for at, k := 0, 0; k < len(m.size); at, k = at+m.size[k], k+1 {
		held[at] = theta[at] == 0
		if m.size[k] == 3 {
			held[at+1] = theta[at] == 0
			held[at+2] = theta[at+2] == 0
		}
	}
	var list []int
	for i := range theta {
		if !held[i] {
			list = append(list, i)
		}
	}
	return append(list, len(theta))
}

func moved(par []float64, k int, by float64) []float64 {
	out := slices.Clone(par)
	out[k] += by
	return out
}

// hessian by central differences over the free parameters.
func hessian(f func([]float64) float64, par []float64, free []int) *mat.SymDense {
	h := mat.NewSymDense(len(free), nil)
	for a, i := range free {
		for b := a; b < len(free); b++ {
			j := free[b]
			v := f(moved(moved(par, i, step), j, step)) - f(moved(moved(par, i, step), j, -step)) -
				f(moved(moved(par, i, -step), j, step)) + f(moved(moved(par, i, -step), j, -step))
			h.SetSym(a, b, v/(4*step*step))
		}
	}
	return h
}

func invert(h *mat.SymDense) (*mat.SymDense, bool) {
	var c mat.Cholesky
	if !c.Factorize(h) {
		return nil, false
	}
	var inv mat.SymDense
	return &inv, c.InverseTo(&inv) == nil
}
