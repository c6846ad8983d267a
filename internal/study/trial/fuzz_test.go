package trial

import (
	"math"
	"testing"
)

// FuzzPlan reads plans: one that is accepted can be carried out.
func FuzzPlan(f *testing.F) {
	f.Add([]byte("primary: {measure: roughness, contrast: vs_control, day: 180, within: 14}\nexclusions: [{subject: P3, reason: moved}]\n"))
	f.Add([]byte("primary: {measure: x, contrast: raw}\nalpha: .nan\nsides: 1\nvisits: [{name: V0, day: -1, within: 3}]\nnotes: n\n"))
	f.Add([]byte("a: &a [x]\nprimary: {measure: *a}\n"))
	f.Add([]byte("primary: {measure: x, contrast: raw}\nviews: [{site: cheek, side: left}, {view: oblique}]\n"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ParsePlan(b)
		if err != nil {
			return
		}
		if !(p.Alpha > 0 && p.Alpha < 1) || p.Sides < 1 || p.Sides > 2 || p.Primary.Measure == "" {
			t.Errorf("accepted: %+v", p)
		}
		for _, e := range p.Exclusions {
			if p.Excluded(e.Subject) == "" {
				t.Errorf("%q is excluded and is not", e.Subject)
			}
		}
		for _, v := range p.Views {
			if v == (View{}) || !v.Is(v) {
				t.Errorf("planned: %+v", v)
			}
		}
		for _, v := range p.Visits {
			if v.Within < 0 || v.Day-v.Within > v.Day+v.Within {
				t.Errorf("a visit of days %d ± %d", v.Day, v.Within)
			}
		}
	})
}

// FuzzAllocation reads tables of arms: every line that is accepted gives its arm.
func FuzzAllocation(f *testing.F) {
	f.Add([]byte("subject,side,arm\nP1,left,roller\nP1,right,sham\nP2,,sham\n"))
	f.Add([]byte("\xef\xbb\xbfSubject,Arm\nP1,a\n"))
	f.Add([]byte("subject,arm\n\"P1,a\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := ParseAllocation(b)
		if err != nil {
			return
		}
		for key, arm := range a {
			if a.Arm(key[0], key[1]) != arm {
				t.Errorf("%v has the arm %q, not %q", key, a.Arm(key[0], key[1]), arm)
			}
		}
	})
}

// FuzzSheet reads sheets of ratings: scores that are accepted are on the scale, and of a
// pair that the key knows.
func FuzzSheet(f *testing.F) {
	f.Add("pair,rater,score\n1,A,2\n0001,B,-3\n2,A,\n2,B,−1\n")
	f.Add("pair,rater,score\n1,A,NaN\n")
	f.Add("\ufeffpair,rater,score\n1,A,1\n")
	f.Add("pair,rater\n1,A\n")
	f.Fuzz(func(t *testing.T, text string) {
		k := Key{Pairs: []KeyPair{{Code: "0001", Left: "before"}, {Code: "0002", Left: "after"}}}
		var u Unblinded
		if u.read([]byte(text), k) != nil {
			return
		}
		u.count()
		u.agree(1)
		for _, r := range u.Ratings {
			if !(math.Abs(r.Score) <= largestScore) || r.Code != "0001" && r.Code != "0002" {
				t.Errorf("accepted: %+v", r)
			}
		}
	})
}
