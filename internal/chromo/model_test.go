package chromo

import (
	"math"
	"testing"

	"dermtrace/internal/optics"
)

// Skin of the modelled range is read back: at every mixture inside the domain the
// inverse of the forward model is the identity, to 0.05 percent of melanin
// and 0.02 of blood.
func TestTheInverseGivesSkinBack(t *testing.T) {
	m := NewModel(Options{})
	for _, melanin := range []float64{0.8, 1.3, 2.55, 6, 11, 15.5, 20, 23} {
		for _, blood := range []float64{0.1, 0.2, 0.7, 1.5, 4, 7} {
			s := stateOf(skinRGB(optics.SRGB(), optics.Skin{Melanin: melanin / 100, Blood: blood / 100, Surface: DefaultSurface}))
			a := m.inverse.at(float32(s[0]), float32(s[1]))
			near(t, "melanin", float64(a.melanin), melanin, 0.05)
			near(t, "blood", float64(a.blood), blood, 0.02)
			near(t, "base", float64(a.base), s[2], 0.002)
			near(t, "beyond", float64(a.beyond), 0, 0.5)
		}
	}
}

// Outside the model the answers go on smoothly: from node to node nowhere more than
// the steepest step inside, times two.
func TestAnswersAreContinuedSmoothly(t *testing.T) {
	inv := NewModel(Options{}).inverse
	var inside, outside float64
	for k := range inv {
		for _, n := range neighbours(k) {
			step := math.Abs(float64(inv[k].base - inv[n].base))
			if inv[k].beyond == 0 && inv[n].beyond == 0 {
				inside = max(inside, step)
			} else {
				outside = max(outside, step)
			}
		}
	}
	t.Logf("steepest step of the modelled ln G between nodes: inside %.3f, outside %.3f", inside, outside)
	if !(outside <= 2*inside) {
		t.Errorf("the continuation jumps by %.3f, inside the model at most %.3f", outside, inside)
	}
}

func skinRGB(c optics.Camera, s optics.Skin) [3]float64 { return c.RGB(s.Reflectance()) }
