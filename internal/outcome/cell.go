package outcome

import (
	"strconv"
	"strings"
)

// formulaStarts are the characters with which a spreadsheet begins a formula, the
// full-width ones of East Asian input among them.
const formulaStarts = "=+-@\t\r\n＝＋－＠"

// CellText makes a text safe for the cell of a table that may be opened as a
// spreadsheet: one that would be read as a formula is quoted by an apostrophe.
func CellText(s string) string {
	if trimmed := strings.TrimLeft(s, " \u00a0"); trimmed != "" && strings.ContainsRune(formulaStarts, []rune(trimmed)[0]) {
		return "'" + s
	}
	return s
}

// CellBool is a yes or no as a table has it: TRUE or FALSE, which R, pandas and spreadsheets
// take for logical without being told.
func CellBool(v bool) string { return strings.ToUpper(strconv.FormatBool(v)) }
