package folder

import (
	"slices"
	"strings"
	"testing"
)

func TestTablesOfAnyCountryAreRead(t *testing.T) {
	want := []string{"a", "b c", "d,e"}
	for _, text := range []string{
		"a,b c,\"d,e\"\n",
		"a;b c;d,e\r\n",
		"\xef\xbb\xbfa\tb c\td,e\n",
	} {
		in, err := CSV([]byte(text))
		must(t, err)
		if got, err := in.Read(); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q reads as %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"a,b\nM\xfcller,1\n", "a,b\n1,\xff\xfea"} {
		if _, err := CSV([]byte(text)); err == nil || !strings.Contains(err.Error(), "line 2 is no UTF-8") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
