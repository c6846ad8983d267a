package table

import "dermtrace/internal/outcome"

// Fate is one row of fates.csv: one file of the study.
type Fate struct {
	File, Series, Visit, Fate, Code, Reason, Mend, SHA256, SameFileAs, Warnings string
}

// FateColumns are the columns of fates.csv.
var FateColumns = []Column[Fate]{
	{"file", "", Text, "", "the file, relative to the study", func(f *Fate) any { return f.File }},
	{"series", "", Text, "", "the series that it belongs to, empty for none", func(f *Fate) any { return f.Series }},
	{"visit", "", Text, "", "its visit", func(f *Fate) any { return f.Visit }},
	{"fate", "", Text, "", "used, refused, set aside, manifest, ignored, not run, excluded, left out or withdrawn", func(f *Fate) any { return f.Fate }},
	{"code", "", Text, "", "the reason as a code, empty for a file that was used", func(f *Fate) any { return f.Code }},
	{"reason", "", Text, "", "the reason in words", func(f *Fate) any { return f.Reason }},
	{"mend", "", Text, "", "what can be done about it", func(f *Fate) any { return f.Mend }},
	{"sha256", "", Text, "", "hash of the file, empty where it could not be read or did not matter", func(f *Fate) any { return f.SHA256 }},
	{"same_file_as", "", Text, "", "an earlier file of the study with the same bytes", func(f *Fate) any { return f.SameFileAs }},
	{"warnings", "", Text, "", "codes of doubts about the file, separated by blanks", func(f *Fate) any { return f.Warnings }},
}

// Planned is one row of completeness.csv: one planned visit of one series.
type Planned struct {
	Series  string         `json:"series"`
	Subject string         `json:"subject"`
	Site    string         `json:"site"`
	Side    string         `json:"side"`
	View    string         `json:"view"`
	Planned string         `json:"planned"`
	Day     outcome.Number `json:"day"`
	Visit   string         `json:"visit"`
	At      string         `json:"at"`
	Status  string         `json:"status"`
	Reason  string         `json:"reason"`
	Used    int            `json:"photos_used"`
	Photos  int            `json:"photos"`
}

// Statuses of Planned.
const (
	VisitUsed      = "used"
	VisitRefused   = "refused"
	VisitMissing   = "missing"
	VisitWithdrawn = "withdrawn"
	VisitExcluded  = "excluded"
)

// PlannedColumns are the columns of completeness.csv.
var PlannedColumns = []Column[Planned]{
	{"series", "", Text, "", "the series, empty where a planned view has none", func(p *Planned) any { return p.Series }},
	{"subject", "", Text, "", "whose skin it is", func(p *Planned) any { return p.Subject }},
	{"site", "", Text, "", "where on the body", func(p *Planned) any { return p.Site }},
	{"side", "", Text, "", "left, right or midline, the patient's", func(p *Planned) any { return p.Side }},
	{"view", "", Text, "", "direction of the camera", func(p *Planned) any { return p.View }},
	{"planned", "", Text, "", "the visit as plan.yaml names it; without a plan, the visit itself", func(p *Planned) any { return p.Planned }},
	{"day", "", Float, "d", "day of the visit as planned, from the first treatment; without a plan, as it was", func(p *Planned) any { return p.Day }},
	{"visit", "", Text, "", "the visit that took place, empty for none", func(p *Planned) any { return p.Visit }},
	{"at", "", Text, "ISO 8601", "when it took place", func(p *Planned) any { return p.At }},
	{"status", "", Text, "", "used, refused, missing, withdrawn or excluded by the plan", func(p *Planned) any { return p.Status }},
	{"reason", "", Text, "", "why it was refused, is missing or is excluded", func(p *Planned) any { return p.Reason }},
	{"photos_used", "", Integer, "", "photos of the visit that were used", func(p *Planned) any { return p.Used }},
	{"photos", "", Integer, "", "photos of the visit", func(p *Planned) any { return p.Photos }},
}
