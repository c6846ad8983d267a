package validate

import (
	"math"

	"dermtrace/internal/outcome"
)

// Sample is one measured number beside its truth.
type Sample struct {
	Question string         `json:"question"` // which Goal it speaks to
	Case     string         `json:"case"`     // course and photo
	Band     string         `json:"band"`     // light | medium | dark
	Truth    float64        `json:"truth"`
	Measured outcome.Number `json:"measured"`     // null: refused where a number was due
	Of       int            `json:"of,omitempty"` // Measured is how many of so many; 0: a number by itself
}

// weight is how many answers a sample holds.
func (s Sample) weight() int { return max(1, s.Of) }

// sampler gathers the samples of one course.
type sampler struct {
	course, band string
	list         []Sample
}

func (s *sampler) add(question, photo string, truth float64, measured outcome.Number) {
	if math.IsNaN(truth) || math.IsInf(truth, 0) {
		panic("validate: a truth that is no number, for " + question)
	}
	s.list = append(s.list, Sample{Question: question, Case: s.course + " " + photo, Band: s.band, Truth: truth, Measured: measured})
}

// is adds a sample of something that is so or not.
func (s *sampler) is(question, photo string, truth, measured bool) {
	s.add(question, photo, number(truth), outcome.Number(number(measured)))
}

// share adds how many of so many are as asked; nothing where there are none.
func (s *sampler) share(question, photo string, count, of int) {
	if of > 0 {
		s.add(question, photo, 0, outcome.Number(count))
		s.list[len(s.list)-1].Of = of
	}
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
