package trend

import (
	"bytes"
	"math"
	"testing"
)

// FuzzReadNoise reads noise files: figures that are accepted give finite noise, and are
// written as they were read.
func FuzzReadNoise(f *testing.F) {
	f.Add([]byte(`{"schema":"dermtrace.noise/1","command":"dermtrace repeatability","date":"2026-01-10","figures":[{"measure":"roughness","contrast":"raw","sd":0.01,"df":12}]}`))
	f.Add([]byte(`{"schema":"dermtrace.noise/1","figures":[{"measure":"a_star","contrast":"vs_control","band":"dark","cv":1e308,"df":1e-9}]}`))
	f.Add([]byte(`{"schema":"dermtrace.noise/2"}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := ReadNoise(bytes.NewReader(b))
		if err != nil {
			return
		}
		for _, one := range n.Figures {
			if !(one.SD >= 0 && one.CV >= 0 && one.DF > 0) || math.IsInf(one.SD, 0) || math.IsInf(one.CV, 0) {
				t.Errorf("accepted: %+v", one)
			}
		}
		var text bytes.Buffer
		if err := n.Write(&text); err != nil {
			t.Fatalf("%v cannot be written: %v", n, err)
		}
		again, err := ReadNoise(&text)
		if err != nil || len(again.Figures) != len(n.Figures) {
			t.Errorf("written and read again: %v, %v", again, err)
		}
	})
}
