package trend

import (
	"slices"
	"strings"
	"testing"

	"dermtrace/internal/outcome"
)

func TestDiffNamesWhatDiffersAndWhy(t *testing.T) {
	course := func(value outcome.Number) *outcome.Record {
		rec := constructed([]int{0, 30}, 1, higher("roughness", value, 1))
		Assess(rec, Noise{})
		return rec
	}
	if list := Diff(course(10), course(10)); len(list) != 0 {
		t.Errorf("the same records differ: %v", list)
	}
	list := Diff(course(10), course(20))
	if causes := Causes(list); len(causes) != 0 {
		t.Errorf("values that differ for no reason have the causes %v", causes)
	}
	id := course(10).Visits[1].Visit
	for _, want := range []Difference{
		{DiffValue, id + "-0.jpg, t, roughness", "10", "20"},
		{DiffVerdict, id + ", t, roughness, raw, against baseline", outcome.NoChange, outcome.Increased},
		{DiffVerdict, "flag " + FlagTexture + ", t", "", "review at " + id},
	} {
		if !slices.Contains(list, want) {
			t.Errorf("%+v is not listed", want)
		}
	}
	other := course(20)
	other.Photos[1].SHA256, other.Settings.MatureDays, other.Software.Version = "ff", 90, "2"
	other.Definitions["roughness"] = outcome.Definition{Unit: "1", Version: 2}
	list = Diff(course(10), other)
	if want := []string{DiffInput, DiffSetting, DiffSoftware, DiffDefinition}; !slices.Equal(Causes(list), want) {
		t.Errorf("causes %v, want %v", Causes(list), want)
	}
	if want := (Difference{DiffSetting, "mature_days", "84", "90"}); !slices.Contains(list, want) {
		t.Errorf("%+v is not listed", want)
	}
}

// A region that only one record has, and a visit, take a line each, not one for each number.
func TestDiffSumsUpWhatOnlyOneHas(t *testing.T) {
	course := func(days ...int) *outcome.Record {
		rec := constructed(days, 1, steady)
		Assess(rec, Noise{})
		return rec
	}
	whole, bare := course(0, 30), constructed([]int{0, 30}, 1, steady)
	for i := range bare.Photos {
		p := &bare.Photos[i]
		p.ROIs = slices.DeleteFunc(p.ROIs, func(r outcome.ROI) bool { return r.Kind == outcome.Control })
	}
	Assess(bare, Noise{})
	list := Diff(whole, bare)
	file := whole.Photos[1].File
	for _, want := range []Difference{{DiffValue, file + ", regions", "arm, c, t", "arm, t"}, {DiffVerdict, "arm, contrasts", "raw, vs_control", "raw"}} {
		if !slices.Contains(list, want) {
			t.Errorf("%+v is not listed in %v", want, list)
		}
	}
	for _, d := range list {
		if strings.Contains(d.What, ", c, ") || strings.Contains(d.What, "vs_control") {
			t.Errorf("%+v is listed by itself", d)
		}
	}
	late := Diff(course(0, 30), course(0, 30, 60))
	for _, d := range late {
		if d.Kind == DiffValue {
			t.Errorf("%+v of a photo that is new", d)
		}
	}
	if want := []string{DiffInput}; !slices.Equal(Causes(late), want) {
		t.Errorf("causes %v", Causes(late))
	}
}
