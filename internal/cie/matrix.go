package cie

// Matrix is a 3×3 matrix of rows, applied to a column of three numbers.
type Matrix [3][3]float64

// Apply returns m·v.
func (m Matrix) Apply(v [3]float64) [3]float64 {
	var out [3]float64
	for i, row := range m {
		out[i] = row[0]*v[0] + row[1]*v[1] + row[2]*v[2]
	}
	return out
}

// Mul returns m·n, the matrix that applies n first.
func (m Matrix) Mul(n Matrix) Matrix {
	var out Matrix
	for i := range 3 {
		for j := range 3 {
			out[i][j] = m[i][0]*n[0][j] + m[i][1]*n[1][j] + m[i][2]*n[2][j]
		}
	}
	return out
}

// Inverse returns m⁻¹ by cofactors. It panics on a singular matrix: every matrix of
// colour science has an inverse, so that is a bug of the caller.
func (m Matrix) Inverse() Matrix {
	cofactor := func(i, j int) float64 {
		a, b := (i+1)%3, (i+2)%3
		c, d := (j+1)%3, (j+2)%3
		return m[a][c]*m[b][d] - m[a][d]*m[b][c]
	}
	det := m[0][0]*cofactor(0, 0) + m[0][1]*cofactor(0, 1) + m[0][2]*cofactor(0, 2)
	if det == 0 {
		panic("cie: singular matrix")
	}
	var out Matrix
	for i := range 3 {
		for j := range 3 {
			out[j][i] = cofactor(i, j) / det
		}
	}
	return out
}

// diagonal returns the matrix that multiplies each coordinate by its own factor.
func diagonal(v [3]float64) Matrix {
	return Matrix{{v[0], 0, 0}, {0, v[1], 0}, {0, 0, v[2]}}
}
