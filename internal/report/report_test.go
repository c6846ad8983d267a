package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"html"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"dermtrace/internal/outcome"
)

var (
	addresses = regexp.MustCompile(`(?i)\s(?:src|href|action|poster|srcset|xlink:href|data|formaction)="([^"]*)"`)
	scripts   = regexp.MustCompile(`(?s)<script([^>]*)>(.*?)</script>`)
	quoted    = regexp.MustCompile(`"[^"<>]*"`)
	tags      = regexp.MustCompile(`<[^>]*>`)
)

// words is the text of a page, without its style and script.
func words(page string) string {
	page = regexp.MustCompile(`(?s)<(style|script)[^>]*>.*?</(style|script)>`).ReplaceAllString(page, " ")
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(page, " "))), " ")
}

func TestThePageNeedsNothingElse(t *testing.T) {
	for name, opt := range map[string]Options{"clinician": {}, "one page": {OnePage: true}, "patient": {Patient: true}} {
		page := render(t, record(), opt)
		for _, m := range addresses.FindAllStringSubmatch(page, -1) {
			if !strings.HasPrefix(m[1], "data:image/") && !strings.HasPrefix(m[1], "#") {
				t.Errorf("%s: address %.60q", name, m[1])
			}
		}
		if strings.Contains(page, "http://") || strings.Contains(page, "https://") || strings.Contains(page, "@import") {
			t.Errorf("%s: the page names a place on the network", name)
		}
	}
}

func TestThePolicyNamesTheOneScript(t *testing.T) {
	page := render(t, record(), Options{})
	found := scripts.FindAllStringSubmatch(page, -1)
	if len(found) != 1 || found[0][1] != "" {
		t.Fatalf("%d scripts, attributes %q", len(found), found[0][1])
	}
	sum := sha256.Sum256([]byte(found[0][2]))
	want := "script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)
	if policy == nil || !strings.Contains(html.UnescapeString(policy[1]), want) || !strings.HasPrefix(policy[1], "default-src &#39;none&#39;") {
		t.Errorf("policy %q lacks %s", policy, want)
	}
	if regexp.MustCompile(`\son[a-z]+="`).MatchString(page) {
		t.Error("the page has an inline event handler, which the policy forbids")
	}
}

// hostile is the record with every string of a user replaced by an attack.
func hostile(t *testing.T, attack string) *outcome.Record {
	t.Helper()
	rec := record()
	rec.Series.Subject, rec.Series.Site, rec.Series.View = attack, attack, attack
	rec.Series.Side = attack
	rec.Series.Goals = append(rec.Series.Goals, attack)
	rec.Treatments[0].Device, rec.Treatments[0].Notes = attack, attack
	rec.Flags[0].Text, rec.NotAssessed[0].Why, rec.Warnings[0].Text = attack, attack, attack
	rec.Visits[1].SkinState = []string{attack}
	rec.Scores[0].Scale, rec.Scores[1].Scale, rec.Scores[0].Rater = attack, attack, attack
	rec.Recovery[0].Reason = attack
	for i := range rec.Photos {
		p := &rec.Photos[i]
		p.Camera, p.Profile = attack, attack
		p.Quality.Reasons = append(p.Quality.Reasons, outcome.Reason{Code: attack, Text: attack, Mend: attack})
		p.Alignment.Reason = attack
		for j := range p.ROIs {
			p.ROIs[j].Name = attack + p.ROIs[j].Kind
		}
	}
	for i := range rec.Changes {
		rec.Changes[i].ROI = attack + rec.Changes[i].ROI
		rec.Changes[i].Warnings = []string{attack}
	}
	d := rec.Definitions["roughness"]
	d.Unit, d.Meaning, d.Reference = attack, attack, attack
	rec.Definitions["roughness"] = d
	return rec
}

func TestHostileTextIsText(t *testing.T) {
	for _, attack := range []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</style><script>alert(1)</script>`,
		`'};alert(1)//`, `\22}body{display:none}`, `{{.T}}`, "a\x00b\u202e]]>", `=HYPERLINK("http://x")`,
	} {
		for name, opt := range map[string]Options{"clinician": {}, "patient": {Patient: true}} {
			page := render(t, hostile(t, attack), opt)
			if n := strings.Count(page, "<script"); n != 1 {
				t.Errorf("%s, %q: %d scripts", name, attack, n)
			}
			if n := strings.Count(page, "</style>"); n != 1 {
				t.Errorf("%s, %q: %d ends of style", name, attack, n)
			}
			if strings.Contains(quoted.ReplaceAllString(page, `""`), "onerror=alert(1)>") {
				t.Errorf("%s, %q: an attribute came through", name, attack)
			}
		}
	}
	if !strings.Contains(words(render(t, hostile(t, `<b>x</b>`), Options{})), `<b>x</b>`) {
		t.Error("a name with angle brackets is not shown as it is")
	}
}

func TestAMissingPictureIsSaid(t *testing.T) {
	var b bytes.Buffer
	rec := record()
	if err := HTML(&b, rec, nil, Options{}); err != nil {
		t.Fatal(err)
	}
	if text := words(b.String()); !strings.Contains(text, "26 of 26 pictures that the record names were not found") {
		t.Errorf("nothing said: %.300s", text)
	}
	b.Reset()
	some := fstest.MapFS{"pictures/0.jpg": pictures()["pictures/0.jpg"], "pictures/5.jpg": pictures()["pictures/5.jpg"], "pictures/4.jpg": {Data: []byte("<svg onload=alert(1)>")}}
	if err := HTML(&b, rec, some, Options{}); err != nil {
		t.Fatal(err)
	}
	if text := words(b.String()); !strings.Contains(text, "24 of 26 pictures") {
		t.Errorf("two pictures are there, 24 are not: %.300s", text)
	}
}

func TestPicturesOutsideTheResultAreNotRead(t *testing.T) {
	fsys := fstest.MapFS{"secret.jpg": pictures()["pictures/0.jpg"]}
	for _, name := range []string{"../secret.jpg", "/secret.jpg", "pictures/../secret.jpg", "", "."} {
		if source(fsys, name) != "" {
			t.Errorf("%q was read", name)
		}
	}
}

func TestEachPictureStandsInTheFileOnce(t *testing.T) {
	page := render(t, record(), Options{})
	alike := map[string]int{} // two maps of the fixture are the same file
	for _, f := range pictures() {
		alike[string(f.Data)]++
	}
	for data, files := range alike {
		if n := strings.Count(page, base64.StdEncoding.EncodeToString([]byte(data))); n > files {
			t.Errorf("a picture of %d files stands in the page %d times", files, n)
		}
	}
}

func TestNoLightIsSaidToBeCorrectedThatIsNot(t *testing.T) {
	rec := record()
	if text := words(render(t, rec, Options{})); !strings.Contains(text, "their light is corrected the same way") {
		t.Error("corrected light is not said to be")
	}
	for i := range rec.Photos {
		rec.Photos[i].Calibration = outcome.Calibration{Method: "none"}
	}
	if text := words(render(t, rec, Options{})); strings.Contains(text, "corrected the same way") || !strings.Contains(text, "their light is as shot") {
		t.Error("light that nothing set is said to be corrected")
	}
}

func TestWhatTheReportMustSay(t *testing.T) {
	text := words(render(t, record(), Options{}))
	for _, want := range []string{
		"Cheek, left", "P001", "left oblique", "6 visits, 10 Jan 2026 to 9 May 2026 (119 days)",
		"10 Jan 2026: dermaroller 1.5 mm on treated", "first session, well tolerated",
		"5 of 6 photos used", "Placed with an error of 0.31 px (0.009 mm)",
		"Redness was still above baseline four days after a treatment.", "No flag is not an all-clear.",
		"No spot was matched between visits.",
		"Apparent roughness in “treated” fell by 29 % (95 % interval 24 to 34 %; detectable from 8 % by the noise of this control skin, df 12) between 10 Jan 2026 (day 0) and 9 May 2026 (day 119), against control skin.",
		"Haemoglobin in “treated” changed by −5 %, which these photos cannot tell from no change (95 % interval −13 to +3 %; detectable from 11 % by the noise of this control skin, df 12)",
		"was first within measurement error of baseline on day 4, still above it on day 1",
		"Not used: 21 Feb 2026, day 42. The photo shows another part of the face. Could not be placed: too few details agree.",
		"The skin is red, which lowers ITA without more pigment: ITA is withheld.",
		"ΔE00 0.84", "project default", "SHA-256 of results.json", "dermtrace 0.1.0, 8d3664d, go1.26.8",
		"Research and documentation software; not a medical device; not for moles or suspicious lesions; not validated for treatment decisions.",
	} {
		if !strings.Contains(text, strings.ReplaceAll(want, " %", nbsp+"%")) && !strings.Contains(strings.ReplaceAll(text, nbsp, " "), want) {
			t.Errorf("the report does not say %q", want)
		}
	}
}

func TestTheOrderOfTheTop(t *testing.T) {
	page := render(t, record(), Options{})
	last := -1
	for _, id := range []string{"<h1>", `id="trust-line"`, `id="flags-h"`, `id="missing-h"`, `id="answers"`, `id="compare"`, `id="curves"`, `id="trust"`, `id="provenance-h"`} {
		at := strings.Index(page, id)
		if at <= last {
			t.Errorf("%s stands at %d, after %d was wanted", id, at, last)
		}
		last = at
	}
}

func TestPatientsReadPlainSentences(t *testing.T) {
	text := words(render(t, record(), Options{Patient: true}))
	if !strings.Contains(text, "Smooth texture: better than at the start, by more than the photos’ own error.") {
		t.Errorf("no plain sentence: %.400s", text)
	}
	for _, word := range []string{"MDC", "ΔE00", "haemoglobin", "Flags"} {
		if strings.Contains(text, word) {
			t.Errorf("a patient reads %q", word)
		}
	}
}

// An old or empty record, one without definitions, and one without a verdict must
// all render.
func TestPoorRecordsRender(t *testing.T) {
	bare := record()
	bare.Definitions, bare.Changes, bare.Treatments, bare.Pictures = nil, nil, nil, nil
	lost := record()
	for i := range lost.Photos {
		lost.Photos[i].Quality.Verdict = outcome.Unusable
	}
	odd := record()
	odd.Visits[2].At, odd.Photos[3].Visit, odd.Treatments[0].At = "soon", "nowhere", ""
	for name, rec := range map[string]*outcome.Record{"empty": {Schema: outcome.Schema}, "bare": bare, "all refused": lost, "odd": odd} {
		for _, opt := range []Options{{}, {OnePage: true}, {Patient: true}} {
			var b bytes.Buffer
			if err := HTML(&b, rec, pictures(), opt); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if strings.Contains(addresses.ReplaceAllString(b.String(), ""), "NaN") {
				t.Errorf("%s: NaN stands on the page", name)
			}
		}
	}
}

func TestTheSameRecordGivesTheSamePage(t *testing.T) {
	one, two := render(t, record(), Options{}), render(t, record(), Options{})
	if one != two {
		t.Error("two reports of one record differ")
	}
}

func TestTheHashIsThatOfTheFile(t *testing.T) {
	var b bytes.Buffer
	if err := outcome.Write(&b, record()); err != nil {
		t.Fatal(err)
	}
	hash, err := recordHash(record())
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b.Bytes())
	if want := strings.ToLower(jsonHex(sum[:])); hash != want {
		t.Errorf("hash %s, want %s", hash, want)
	}
}

func jsonHex(b []byte) string {
	const digits = "0123456789abcdef"
	var s strings.Builder
	for _, c := range b {
		s.WriteByte(digits[c>>4])
		s.WriteByte(digits[c&15])
	}
	return s.String()
}

// Every element that is referred to exists once.
func TestReferencesHold(t *testing.T) {
	page := render(t, record(), Options{})
	ids := map[string]int{}
	for _, m := range regexp.MustCompile(`\sid="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		ids[m[1]]++
	}
	for id, n := range ids {
		if n != 1 {
			t.Errorf("id %s stands %d times", id, n)
		}
	}
	for _, m := range regexp.MustCompile(`\s(?:aria-labelledby|for|href)="#?([^":]*)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] == 0 {
			t.Errorf("nothing has the id %q", m[1])
		}
	}
}
