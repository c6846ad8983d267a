package trial

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"dermtrace/internal/folder"
)

// Bounds in bytes of what is read whole (project defaults): a plan of a thousand visits, a
// table of a line for each of a hundred thousand subjects or ratings.
const (
	MaxPlan  = 1 << 20
	MaxTable = 16 << 20
)

// Allocation says which arm a subject, or one side of a subject, was given.
type Allocation map[[2]string]string // by subject and side; side "" is the whole subject

// ParseAllocation reads the text of allocation.csv: subject,arm and, where sides differ,
// side.
func ParseAllocation(text []byte) (Allocation, error) {
	in, err := folder.CSV(text)
	if err != nil {
		return nil, err
	}
	header, err := in.Read()
	if err != nil {
		return nil, err
	}
	for i := range header {
		header[i] = strings.ToLower(strings.TrimSpace(header[i]))
	}
	subject, side, arm := slices.Index(header, "subject"), slices.Index(header, "side"), slices.Index(header, "arm")
	if subject < 0 || arm < 0 {
		return nil, errors.New("the header needs subject and arm, and may have side")
	}
	a := Allocation{}
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return a, nil
		}
		if err != nil {
			return nil, err
		}
		key := [2]string{strings.TrimSpace(cells[subject]), ""}
		if side >= 0 {
			key[1] = strings.TrimSpace(cells[side])
		}
		line, _ := in.FieldPos(0)
		if _, twice := a[key]; twice {
			return nil, fmt.Errorf("line %d: %s has an arm already", line, strings.TrimSpace(strings.Join(key[:], " ")))
		}
		a[key] = strings.TrimSpace(cells[arm])
	}
}

// Arm is the arm of a side of a subject, "" where none is known.
func (a Allocation) Arm(subject, side string) string {
	if arm, ok := a[[2]string{subject, side}]; ok {
		return arm
	}
	return a[[2]string{subject, ""}]
}
