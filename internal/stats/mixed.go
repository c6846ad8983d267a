package stats

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
)

// ErrNoFit is returned when a mixed model's fit does not settle.
var ErrNoFit = errors.New("stats: the mixed model did not converge")

// fewSubjects is the least number of groups whose variance can be told at all. Project
// default.
const fewSubjects = 5

// Random is one random term: a coefficient vector for each level of Group, multiplying
// the columns Z (a column of ones is an intercept). Up to two columns.
type Random struct {
	Group []int
	Z     [][]float64 // columns
}

// MixedData is y = Xβ + Σ Z b + ε. The levels of every later random term are nested in
// those of the first (side in subject), so that first groups are independent.
type MixedData struct {
	Y      []float64
	X      [][]float64 // columns of the fixed effects
	Random []Random
	ML     bool // maximum likelihood; else restricted (REML)
}

// Mixed is a fitted linear mixed model.
type Mixed struct {
	N, Groups int
	Fixed     []FixedEffect
	SD        [][]float64 // of each random term's coefficients
	Corr      []float64   // of a term's two coefficients; NaN where it has one
	Sigma     float64     // residual standard deviation
	Criterion float64     // −2 log likelihood, or its restricted form
	Warnings  []string
}

// FixedEffect is a coefficient with Satterthwaite's degrees of freedom.
type FixedEffect struct {
	Value, SE, DF, P float64
	CI               Interval
}

// LinearMixed fits by profiled (restricted) likelihood over the relative Cholesky
// factors of the random effects (Bates et al. 2015, J Stat Softw 67:1). A variance may
// end at zero, which is said in the warnings. Fewer than five first-level groups are
// refused.
func LinearMixed(d MixedData) (Mixed, error) {
	m := newMixedModel(d)
	if len(m.blocks) < fewSubjects || len(d.Y) <= len(d.X) {
		return Mixed{}, ErrTooFew
	}
	theta, err := m.minimise()
	if err != nil {
		return Mixed{}, err
	}
	return m.result(theta)
}

// mixedModel is the data cut into its independent blocks.
type mixedModel struct {
	MixedData
	blocks []block
	size   []int // of θ, by random term
}

// block is one level of the first random term.
type block struct {
	x *mat.Dense
	y *mat.VecDense
	z [][]*mat.Dense // by term, by level within the block: rows × columns
}

func newMixedModel(d MixedData) *mixedModel {
	m := &mixedModel{MixedData: d}
	if len(d.Random) == 0 || len(d.X) == 0 {
		panic("stats: a mixed model needs fixed and random terms")
	}
	for _, r := range d.Random {
		q := len(r.Z)
		if q < 1 || q > 2 {
			panic("stats: a random term has one or two columns")
		}
		m.size = append(m.size, q*(q+1)/2)
	}
	for _, rows := range levels(d.Random[0].Group, nil) {
		m.blocks = append(m.blocks, m.cut(rows))
	}
	return m
}

// levels lists the rows of each level in order of first appearance, among the given
// rows or all.
func levels(group, rows []int) [][]int {
	at := map[int]int{}
	var list [][]int
	add := func(i int) {
		k, seen := at[group[i]]
		if !seen {
			k = len(list)
			at[group[i]] = k
			list = append(list, nil)
		}
		list[k] = append(list[k], i)
	}
	if rows == nil {
		for i := range group {
			add(i)
		}
	}
	for _, i := range rows {
		add(i)
	}
	return list
}

func (m *mixedModel) cut(rows []int) block {
	b := block{x: mat.NewDense(len(rows), len(m.X), nil), y: mat.NewVecDense(len(rows), nil)}
	place := map[int]int{}
	for k, i := range rows {
		place[i] = k
		b.y.SetVec(k, m.Y[i])
		for j, col := range m.X {
			b.x.Set(k, j, col[i])
		}
	}
	for _, r := range m.Random {
		var term []*mat.Dense
		for _, level := range levels(r.Group, rows) {
			z := mat.NewDense(len(rows), len(r.Z), nil)
			for _, i := range level {
				for j, col := range r.Z {
					z.Set(place[i], j, col[i])
				}
			}
			term = append(term, z)
		}
		b.z = append(b.z, term)
	}
	return b
}

// factors are the lower Cholesky factors of the random effects' covariance over σ².
func (m *mixedModel) factors(theta []float64) []*mat.Dense {
	var list []*mat.Dense
	for _, r := range m.Random {
		if len(r.Z) == 1 {
			list = append(list, mat.NewDense(1, 1, []float64{theta[0]}))
			theta = theta[1:]
			continue
		}
		list = append(list, mat.NewDense(2, 2, []float64{theta[0], 0, theta[1], theta[2]}))
		theta = theta[3:]
	}
	return list
}

// variance is V/σ² of a block: I + Σ ZΛΛ'Z'.
func (b block) variance(factors []*mat.Dense) *mat.SymDense {
	n := b.y.Len()
	v := mat.NewSymDense(n, nil)
	for i := range n {
		v.SetSym(i, i, 1)
	}
	var zl mat.Dense
	for t, term := range b.z {
		for _, z := range term {
			zl.Reset()
			zl.Mul(z, factors[t])
			v.SymRankK(v, 1, &zl)
		}
	}
	return v
}

// sums are what the likelihood needs of all blocks.
type sums struct {
	logDet   float64
	xx       *mat.SymDense
	xy       *mat.VecDense
	yy       float64
	solvable bool
}

func (m *mixedModel) gather(theta []float64) sums {
	p := len(m.X)
	s := sums{xx: mat.NewSymDense(p, nil), xy: mat.NewVecDense(p, nil), solvable: true}
	factors := m.factors(theta)
	for _, b := range m.blocks {
		var c mat.Cholesky
		if !c.Factorize(b.variance(factors)) {
			return sums{}
		}
		s.logDet += c.LogDet()
		var wx mat.Dense
		var wy, xy mat.VecDense
		if c.SolveTo(&wx, b.x) != nil || c.SolveVecTo(&wy, b.y) != nil {
			return sums{}
		}
		xx := mat.NewDense(p, p, nil)
		xx.Mul(b.x.T(), &wx)
		for i := range p {
			for j := i; j < p; j++ {
				s.xx.SetSym(i, j, s.xx.At(i, j)+xx.At(i, j))
			}
		}
		xy.MulVec(b.x.T(), &wy)
		s.xy.AddVec(s.xy, &xy)
		s.yy += mat.Dot(b.y, &wy)
	}
	return s
}

// solution is the model at one θ, σ² and β profiled out.
type solution struct {
	criterion float64
	sigma2    float64
	beta      *mat.VecDense
	chol      mat.Cholesky // of X'V⁻¹X, V over σ²
	rss       float64
	logDet    float64
}

func (m *mixedModel) solve(theta []float64) (solution, bool) {
	s := m.gather(theta)
	sol := solution{criterion: math.Inf(1), beta: &mat.VecDense{}}
	if !s.solvable || !sol.chol.Factorize(s.xx) || sol.chol.SolveVecTo(sol.beta, s.xy) != nil {
		return sol, false
	}
	sol.rss = s.yy - mat.Dot(sol.beta, s.xy)
	if !(sol.rss > 0) {
		return sol, false
	}
	sol.logDet = s.logDet
	sol.sigma2 = sol.rss / m.freedom()
	sol.criterion = m.deviance(sol, sol.sigma2)
	return sol, true
}

// freedom is what σ² divides by: n, or n − p for REML.
func (m *mixedModel) freedom() float64 {
	if m.ML {
		return float64(len(m.Y))
	}
	return float64(len(m.Y) - len(m.X))
}

// deviance is −2 log (restricted) likelihood at any σ²:
// f·log(2πσ²) + log|V| + rss/σ², for REML + log|X'V⁻¹X|, V over σ².
func (m *mixedModel) deviance(s solution, sigma2 float64) float64 {
	d := m.freedom()*math.Log(2*math.Pi*sigma2) + s.logDet + s.rss/sigma2
	if !m.ML {
		d += s.chol.LogDet()
	}
	return d
}

// minimise searches θ by the simplex, started again from where it ends until that
// gains nothing. Signs of a column of a factor mean nothing and are made positive.
func (m *mixedModel) minimise() ([]float64, error) {
	problem := optimize.Problem{Func: func(theta []float64) float64 {
		s, _ := m.solve(theta)
		return s.criterion
	}}
	theta, best := m.start(), math.Inf(1)
	for range 20 {
		settings := &optimize.Settings{
			FuncEvaluations: 4000,
			Converger:       &optimize.FunctionConverge{Absolute: 1e-11, Iterations: 60},
		}
		r, err := optimize.Minimize(problem, theta, settings, &optimize.NelderMead{SimplexSize: 0.2})
		if err != nil || math.IsInf(r.F, 0) || math.IsNaN(r.F) {
			return nil, ErrNoFit
		}
		theta = m.positive(r.X)
		if best-r.F < 1e-9 {
			return m.snap(theta, r.F), nil
		}
		best = r.F
	}
	return nil, ErrNoFit
}

func (m *mixedModel) start() []float64 {
	var theta []float64
	for _, r := range m.Random {
		if len(r.Z) == 1 {
			theta = append(theta, 1)
		} else {
			theta = append(theta, 1, 0, 1)
		}
	}
	return theta
}

func (m *mixedModel) positive(theta []float64) []float64 {
	out := append([]float64{}, theta...)
	at := 0
	for _, size := range m.size {
		if out[at] < 0 {
			out[at] = -out[at]
			if size == 3 {
				out[at+1] = -out[at+1]
			}
		}
		if size == 3 {
			out[at+2] = math.Abs(out[at+2])
		}
		at += size
	}
	return out
}

// snap puts a standard deviation at zero where that fits as well.
func (m *mixedModel) snap(theta []float64, best float64) []float64 {
	for _, i := range m.diagonal() {
		zero := append([]float64{}, theta...)
		zero[i] = 0
		if s, ok := m.solve(zero); ok && s.criterion <= best+1e-7 {
			theta = zero
		}
	}
	return theta
}

// diagonal lists the places in θ that are standard deviations over σ.
func (m *mixedModel) diagonal() []int {
	var list []int
	at := 0
	for _, size := range m.size {
		list = append(list, at)
		if size == 3 {
			list = append(list, at+2)
		}
		at += size
	}
	return list
}
