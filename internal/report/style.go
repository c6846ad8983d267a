package report

// Style is the style sheet of the report, for other pages of the same look.
func Style() (string, error) {
	b, err := assets.ReadFile("assets/report.css")
	return string(b), err
}

// Policy is the Content-Security-Policy of a page that holds nothing but its own style,
// pictures within the file and this one script.
func Policy(script string) string { return policy(script) }
