package phantom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"dermtrace/internal/folder"

	"go.yaml.in/yaml/v3"
)

// The names of a written course's texts: the truth, what a user would have said, and
// the script itself. The truth comes last: a folder that has it is complete.
const (
	TruthFile    = "truth.json"
	ManifestFile = "series.yaml"
	ScriptFile   = "phantom.yaml"
)

// Options of [Write]; the zero value refuses to mix with other files and says nothing.
type Options struct {
	Force    bool                             // write into a folder that holds something else
	Progress func(file string, done, all int) // called after every photo
}

// Write makes the photos of a course in dir, with its manifest, script and truth. dir is
// created; an earlier phantom in it is replaced; any other content is refused with
// [folder.ErrOccupied] unless forced. Every file appears whole.
func Write(ctx context.Context, dir string, s Script, opts Options) error {
	p, err := New(s)
	if err != nil {
		return err
	}
	if err := clearFolder(dir, opts.Force); err != nil {
		return err
	}
	truth := p.Truth()
	for i := range p.Photos() {
		if err := ctx.Err(); err != nil {
			return err
		}
		r, err := p.Photo(i)
		if err != nil {
			return err
		}
		if err := folder.WriteFile(filepath.Join(dir, r.File), func(w io.Writer) error { _, err := w.Write(r.Encoded); return err }); err != nil {
			return err
		}
		truth.Photos = append(truth.Photos, r.Truth)
		if opts.Progress != nil {
			opts.Progress(r.File, i+1, p.Photos())
		}
	}
	if err := folder.WriteFile(filepath.Join(dir, ManifestFile), p.script.manifest); err != nil {
		return err
	}
	if err := folder.WriteFile(filepath.Join(dir, ScriptFile), func(w io.Writer) error { return WriteScript(w, p.script) }); err != nil {
		return err
	}
	return folder.WriteFile(filepath.Join(dir, TruthFile), func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", " ")
		return enc.Encode(truth)
	})
}

// clearFolder makes dir and removes an earlier phantom from it.
func clearFolder(dir string, force bool) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	old, err := os.ReadFile(filepath.Join(dir, TruthFile))
	if errors.Is(err, fs.ErrNotExist) {
		entries, err := os.ReadDir(dir)
		if err == nil && len(entries) > 0 && !force {
			err = fmt.Errorf("%s %w", dir, folder.ErrOccupied)
		}
		return err
	}
	if err != nil {
		return err
	}
	var t Truth
	if err := json.Unmarshal(old, &t); err != nil || t.Schema != Schema {
		return fmt.Errorf("%s: %s is no phantom's: %w", dir, TruthFile, folder.ErrOccupied)
	}
	files := []string{TruthFile, ManifestFile, ScriptFile}
	for _, ph := range t.Photos {
		if plainName(ph.File) {
			files = append(files, ph.File)
		}
	}
	for _, f := range files {
		if err := os.Remove(filepath.Join(dir, f)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// drawn are the regions as a person draws them, who does not say what grew there.
func (s Script) drawn() []Region {
	list := slices.Clone(s.Regions)
	for i := range list {
		list[i].Scar = ""
	}
	return list
}

// manifestDoc is series.yaml.
type manifestDoc struct {
	Subject    string          `yaml:"subject,omitempty"`
	Site       string          `yaml:"site,omitempty"`
	Side       string          `yaml:"side,omitempty"`
	View       string          `yaml:"view,omitempty"`
	Goals      []string        `yaml:"goals,omitempty,flow"`
	Frame      string          `yaml:"frame"`
	Scale      manifestScale   `yaml:"scale,flow"`
	Card       *manifestCard   `yaml:"card,omitempty,flow"`
	ROIs       []Region        `yaml:"rois,omitempty"`
	Treatments []Treatment     `yaml:"treatments,omitempty"`
	Visits     []manifestVisit `yaml:"visits"`
	Notes      string          `yaml:"notes"`
}

type manifestScale struct {
	MMPerPx float64 `yaml:"mm_per_px"`
}

type manifestCard struct {
	Type    string  `yaml:"type"`
	Edition string  `yaml:"edition"`
	PitchMM float64 `yaml:"pitch_mm"`
}

type manifestVisit struct {
	At     string          `yaml:"at"`
	Phase  string          `yaml:"phase,omitempty"`
	Photos []manifestPhoto `yaml:"photos"`
	State  []string        `yaml:"skin_state,omitempty,flow"`
}

type manifestPhoto struct {
	File   string `yaml:"file"`
	Use    *bool  `yaml:"use,omitempty"`
	Reason string `yaml:"reason,omitempty"`
}

// manifest writes what the user of a real series would have said.
func (s Script) manifest(w io.Writer) error {
	m := manifestDoc{Subject: s.Subject, Site: s.Site, Side: s.Side, View: s.View, Goals: s.Goals,
		Frame: s.shots()[0].photo.File, Scale: manifestScale{s.MMPerPx},
		ROIs: s.drawn(), Treatments: s.Treatments, Notes: "phantom: " + s.Name}
	if s.Card != nil {
		m.Card = &manifestCard{"nano", "before2014", s.Card.PitchMM}
	}
	for _, v := range s.Visits {
		mv := manifestVisit{At: v.At, Phase: v.Phase, State: v.skinState()}
		for _, ph := range v.Photos {
			mv.Photos = append(mv.Photos, manifestPhoto{ph.File, ph.Use, ph.Reason})
		}
		m.Visits = append(m.Visits, mv)
	}
	enc := yaml.NewEncoder(w)
	enc.SetIndent(2)
	if err := enc.Encode(m); err != nil {
		return err
	}
	return enc.Close()
}

// skinState is what a careful user would have noted.
func (v Visit) skinState() []string {
	var crust, peeling bool
	for _, c := range v.Skin {
		crust, peeling = crust || c.Crusts > 0, peeling || c.Peeling > 0
	}
	var state []string
	if crust {
		state = append(state, "crust")
	}
	if peeling {
		state = append(state, "peeling")
	}
	return state
}
