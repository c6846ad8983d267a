package photo

// isoBrand is the major brand of an ISO base media file (ISO/IEC 14496-12, 4.3).
func isoBrand(b []byte) string {
	if len(b) < 12 || string(b[4:8]) != "ftyp" {
		return ""
	}
	return string(b[8:12])
}

// isoFormat names the kind of file that a brand stands for.
func isoFormat(brand string) string {
	switch brand {
	case "heic", "heix", "mif1":
		return "HEIC"
	case "avif", "avis":
		return "AVIF"
	case "crx ":
		return "camera raw"
	case "qt  ", "mp41", "mp42", "isom", "iso2", "M4V ":
		return "video"
	}
	return "ISO media"
}
