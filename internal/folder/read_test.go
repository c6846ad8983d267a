package folder

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAFileIsReadWholeOrNotAtAll(t *testing.T) {
	name := filepath.Join(t.TempDir(), "table.csv")
	for _, size := range []int{0, 1 << 20, 1<<20 + 1} {
		if err := os.WriteFile(name, make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := ReadFile(name, 1<<20)
		switch {
		case size <= 1<<20 && (err != nil || len(b) != size):
			t.Errorf("%d bytes: %d are read, %v", size, len(b), err)
		case size > 1<<20 && (err == nil || b != nil || !strings.Contains(err.Error(), "table.csv: larger than 1 MiB")):
			t.Errorf("%d bytes: %d are read, %v", size, len(b), err)
		}
	}
	if _, err := ReadFile(name+"x", 1); !os.IsNotExist(err) {
		t.Errorf("a missing file: %v", err)
	}
}
