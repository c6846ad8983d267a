package manifest

import (
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with what the user says, and how to mend it.
type Problem struct {
	File string // series.yaml, or the photo concerned; "": the folder itself
	Line int    // 0: the file as a whole
	Text string // what is wrong
	Mend string // what to do
}

func (p Problem) String() string { return p.Where() + p.Text + "; " + p.Mend }

// Where is the place as it stands before a message, "" for the folder itself, which the
// caller knows by a better name than "." is.
func (p Problem) Where() string {
	switch {
	case p.File == "":
		return ""
	case p.Line > 0:
		return fmt.Sprintf("%s:%d: ", p.File, p.Line)
	}
	return p.File + ": "
}

// Problems is all that is wrong, in order of the file: the user mends it in one go.
type Problems []Problem

// maxShown bounds what Error prints; a file that is wrong throughout would scroll
// its first line away.
const maxShown = 25

// Error lists the problems, one a line.
func (p Problems) Error() string {
	var b strings.Builder
	for i, q := range p {
		if i == maxShown {
			fmt.Fprintf(&b, "\nand %d more", len(p)-maxShown)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(q.String())
	}
	return b.String()
}

// sorted puts the manifest's lines first, then the photos by name.
func (p Problems) sorted() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int {
		if am, bm := a.File == FileName, b.File == FileName; am != bm {
			if am {
				return -1
			}
			return 1
		}
		if a.File != b.File {
			return strings.Compare(a.File, b.File)
		}
		return a.Line - b.Line
	})
	return p
}

// nearest names the word of list that was probably meant, "" when none is near: at
// most a third of its letters are wrong, and no other word is as near.
func nearest(word string, list []string) string {
	best, bestD, tie := "", len(word)+1, false
	for _, w := range list {
		d := distance(fold(word), fold(w))
		switch {
		case d < bestD:
			best, bestD, tie = w, d, false
		case d == bestD:
			tie = true
		}
	}
	if tie || 3*bestD > max(len(best), 3) {
		return ""
	}
	return best
}

var joints = strings.NewReplacer("_", "", "-", "", " ", "")

// fold makes words that differ in case, blanks and dashes alike.
func fold(s string) string { return joints.Replace(strings.ToLower(s[:min(len(s), maxWord)])) }

// maxWord bounds the quadratic work on hostile words; no word of ours is longer.
const maxWord = 64

// distance counts the letters to insert, delete, change or swap with their neighbour
// that make a into b (optimal string alignment).
func distance(a, b string) int {
	a, b = a[:min(len(a), maxWord)], b[:min(len(b), maxWord)]
	var rows [3][maxWord + 1]int
	for j := range len(b) + 1 {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur, prev, before := &rows[i%3], &rows[(i+2)%3], &rows[(i+1)%3]
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
	}
	return rows[len(a)%3][len(b)]
}

// oneOf lists words as a person would say them.
func oneOf(list []string) string {
	switch len(list) {
	case 0:
		return ""
	case 1:
		return list[0]
	}
	return strings.Join(list[:len(list)-1], ", ") + " or " + list[len(list)-1]
}

// instead is the mend for a word that is not in list.
func instead(word string, list []string) string {
	if w := nearest(word, list); w != "" {
		return fmt.Sprintf("did you mean %s?", w)
	}
	return "write " + oneOf(list)
}
