package report

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"dermtrace/internal/outcome"
)

// named is the made-up course with a name in every place where one can stand.
func personal() (rec *outcome.Record, secrets []string) {
	rec = record()
	rec.Series.Subject, rec.Series.Site, rec.Series.View = "Zaphod Beeblebrox", "zaphods cheek", "trillian oblique"
	rec.Series.Outlines = []outcome.Outline{{Name: "marvins scar", Kind: outcome.Treated, Polygon: [][2]float64{{10, 10}, {900, 10}, {900, 700}}}}
	rec.Series.Goals = append(rec.Series.Goals, "please slartibartfast")
	rec.Treatments[0].Device, rec.Treatments[0].Notes, rec.Treatments[0].ROIs = "vogonpen 3", "agrajag was well, see 2026-01-12", []string{"marvins scar"}
	rec.Treatments[0].At = "2026-01-10T16:37"
	rec.Scores[0].Rater, rec.Scores[1].Scale = "Dr Prosser", "x_magrathea"
	rec.Flags[0].ROI, rec.Flags[0].Text = "marvins scar", "Redness in marvins scar was still above baseline on 2026-01-14."
	rec.NotAssessed[0].Why = "No spot of marvins scar was matched on 2026-05-09T10:00."
	rec.Recovery[0].ROI, rec.Recovery[0].Reason = "marvins scar", "marvins scar: too few visits"
	rec.Warnings = append(rec.Warnings, outcome.Notice{Code: "x", Photo: "zarquon_1.jpg", ROI: "marvins scar", Text: "zarquon_1.jpg of Zaphod Beeblebrox, 20260110"})
	for i := range rec.Photos {
		p := &rec.Photos[i]
		p.File = fmt.Sprintf("zarquon_%d.jpg", i)
		p.Camera, p.Profile, p.SHA256 = "Eddie Computer", "Hotblack profile", "deadbeef"
		for k := range p.ROIs {
			if p.ROIs[k].Kind == outcome.Treated {
				p.ROIs[k].Name = "marvins scar"
			}
		}
	}
	rec.Photos[1].SameFileAs = "zarquon_0.jpg"
	rec.Photos[2].Quality.Reasons = []outcome.Reason{{Code: "blurred", Text: "Not sharp", Overruled: "mostlyharmless says fine"}}
	rec.Photos[3].Quality.Reasons = []outcome.Reason{{Code: "not_used", Text: "garkbit moved", Mend: "ask garkbit"}}
	for i := range rec.Changes {
		rec.Changes[i].ROI = "marvins scar"
	}
	for i := range rec.Spots {
		rec.Spots[i].ROI = "marvins scar"
	}
	for i := range rec.Pictures {
		rec.Pictures[i].Photo = strings.Replace(rec.Pictures[i].Photo, "2026", "zarquon", 1)
	}
	rec.Series.Consent = []string{"lunkwill"}
	return rec, []string{"zaphod", "beeblebrox", "trillian", "marvin", "slartibartfast", "vogon", "agrajag", "prosser", "magrathea", "zarquon",
		"eddie", "hotblack", "deadbeef", "mostlyharmless", "garkbit", "lunkwill", "2026", "16:30:", "jan ", "may 20"}
}

// No name, note or date of the original is in the coded record or its page.
func TestCodedLeaksNothing(t *testing.T) {
	rec, secrets := personal()
	coded := Coded(rec, []byte("a key of the clinic"))
	var file, page bytes.Buffer
	if err := outcome.Write(&file, coded); err != nil {
		t.Fatal(err)
	}
	if err := HTML(&page, coded, nil, Options{Coded: true}); err != nil {
		t.Fatal(err)
	}
	for where, text := range map[string]string{"record": file.String(), "page": addresses.ReplaceAllString(page.String(), "")} {
		if where == "record" {
			text = regexp.MustCompile(`"definitions": \{[\s\S]*?"series"`).ReplaceAllString(text, "") // of the program
		}
		for _, s := range secrets {
			if i := strings.Index(strings.ToLower(text), s); i >= 0 {
				t.Errorf("%q stands in the %s: %q", s, where, text[max(0, i-60):min(len(text), i+40)])
			}
		}
	}
	for _, want := range []string{"Not anonymous", "day 0, 16:37", "day 0 to day 119 (119 days)", "Redness in treated was still above baseline on day 4.", "−29" + nbsp + "%", "SHA-256 of the coded record"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// One key gives one code for one name, another key another.
func TestCodesFollowTheKey(t *testing.T) {
	rec, _ := personal()
	a, again, b := Coded(rec, []byte("one")), Coded(rec, []byte("one")), Coded(rec, []byte("two"))
	if a.Series.Subject != again.Series.Subject || a.Photos[0].File != again.Photos[0].File {
		t.Error("one key gives two codes")
	}
	if a.Series.Subject == b.Series.Subject || a.Photos[0].File == a.Photos[1].File {
		t.Error("codes do not depend on key and name")
	}
	if a.Photos[1].SameFileAs != a.Photos[0].File || a.Series.Baseline != a.Visits[0].Visit {
		t.Error("references are lost")
	}
}

// A field that is added to the record is not in the coded form until someone decides
// that it carries no name. The numbers are.
func TestCodedKeepsTheNumbers(t *testing.T) {
	rec := record()
	coded := Coded(rec, []byte("key"))
	if len(coded.Changes) != len(rec.Changes) || coded.Changes[0].Change != rec.Changes[0].Change || coded.Visits[5].Day != 119 {
		t.Error("changes or days differ")
	}
	if x, y := answers(english(), newIndex(rec))[0].Number, answers(english(), newIndex(coded))[0].Number; x != y {
		t.Errorf("the answer is %s, was %s", y, x)
	}
}

func TestDaysOfTheCourse(t *testing.T) {
	for s, want := range map[string]string{"D12": "day 12", "D-3": "day -3", "D0T16:30": "day 0", "Dx": "Dx", "D": "D", "D12T99": "day 12"} {
		if got := date(s); got != want {
			t.Errorf("%s prints %q, want %q", s, got, want)
		}
	}
	if d, ok := daysBetween("D-3T23:59", "D12T00:01"); d != 15 || !ok {
		t.Errorf("%d days, want 15", d)
	}
}
