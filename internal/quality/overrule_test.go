package quality

import (
	"testing"

	"dermtrace/internal/outcome"
)

func TestOverruledFindingsStayAndNoLongerCount(t *testing.T) {
	f := good()
	f.Noise, f.Glare = 2*MaxNoise, 2*MaxGlare
	q := f.Quality()
	Overrule(&q, map[string]string{outcome.Noisy: "only camera there was"})
	if q.Verdict != outcome.Doubtful || len(q.Reasons) != 2 {
		t.Errorf("one of two overruled: %s, %v", q.Verdict, q.Reasons)
	}
	Overrule(&q, map[string]string{outcome.Glare: "outside the lesion", outcome.Blurred: "not found anyway"})
	if q.Verdict != outcome.OK || len(q.Reasons) != 2 {
		t.Errorf("both overruled: %s, %v", q.Verdict, q.Reasons)
	}
	for _, r := range q.Reasons {
		if want := map[string]string{outcome.Noisy: "only camera there was", outcome.Glare: "outside the lesion"}[r.Code]; r.Overruled != want {
			t.Errorf("%s: overruled because %q, want %q", r.Code, r.Overruled, want)
		}
	}
}

func TestAnUnusablePhotoStaysSoUntilThatIsOverruled(t *testing.T) {
	f := good()
	f.ClippedHigh, f.Noise = 2*UnusableClipped, 2*MaxNoise
	q := f.Quality()
	Overrule(&q, map[string]string{outcome.Noisy: "x"})
	if q.Verdict != outcome.Unusable {
		t.Errorf("verdict %s", q.Verdict)
	}
	Overrule(&q, map[string]string{outcome.Clipped: "x"})
	if q.Verdict != outcome.OK {
		t.Errorf("verdict %s", q.Verdict)
	}
}

// Without untreated skin, camera, geometry and colour of the light are still compared.
func TestAPairWithoutControlSkin(t *testing.T) {
	bare := func() Facts { f := good(); return Facts{Meta: f.Meta, MMPerPx: f.MMPerPx, Gain: f.Gain} }
	now := bare()
	if r, figures := OfPair(bare(), now, Pair{Scale: 1}); len(r) != 0 || figures["scale_ratio"] != 1 {
		t.Errorf("alike: %v, %v", r, figures)
	}
	now.Gain = [3]float64{1.2, 1, 0.8}
	r, figures := OfPair(bare(), now, Pair{Scale: 1.2, TiltDeg: 11, Reference: "2026-01-10"})
	if len(r) != 3 || r[0].Code != outcome.DistanceChange || r[1].Code != outcome.TiltChange || r[2].Code != outcome.ColourTemperature {
		t.Errorf("reasons %v", r)
	}
	if _, told := figures["slope_change"]; told {
		t.Error("a fall-off is told of skin that nobody looked at")
	}
	if r[0].Mend != "Retake from the same distance as on 2026-01-10, at the same zoom." {
		t.Errorf("mend %q", r[0].Mend)
	}
}
