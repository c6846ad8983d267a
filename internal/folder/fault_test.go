package folder

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

var errDisk = errors.New("no space left on device")

// failing is a disk whose step number at fails; with dead set, so do all later ones,
// as if the process had been killed there.
type failing struct {
	system
	at, step int
	dead     bool
}

func (f *failing) fault() error {
	f.step++
	if f.step == f.at || f.dead && f.step > f.at {
		return errDisk
	}
	return nil
}

func (f *failing) create(dir, pattern string) (*os.File, error) {
	if err := f.fault(); err != nil {
		return nil, err
	}
	return f.system.create(dir, pattern)
}
func (f *failing) chmod(path string, m fs.FileMode) error {
	return or(f.fault(), func() error { return f.system.chmod(path, m) })
}
func (f *failing) sync(*os.File) error { return f.fault() }
func (f *failing) rename(from, to string) error {
	return or(f.fault(), func() error { return f.system.rename(from, to) })
}
func (f *failing) remove(path string) error {
	return or(f.fault(), func() error { return f.system.remove(path) })
}
func (f *failing) removeAll(path string) error {
	return or(f.fault(), func() error { return f.system.removeAll(path) })
}
func (f *failing) mkdirAll(path string, m fs.FileMode) error {
	return or(f.fault(), func() error { return f.system.mkdirAll(path, m) })
}

func or(err error, do func() error) error {
	if err != nil {
		return err
	}
	return do()
}

// run writes a result whose files all hold the word content.
func run(d disk, dir, content string) error {
	s, err := stage(d, dir, false)
	if err != nil {
		return err
	}
	defer s.Discard()
	for _, name := range []string{"pictures/" + content + ".jpg", "report.html", Record} {
		if err := s.Write(name, text(content)); err != nil {
			return err
		}
	}
	return s.Commit()
}

// whole fails unless the folder has no record, or one with all files of its run and no
// picture of another.
func whole(t *testing.T, dir string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, Record))
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	must(t, err)
	if b, err := os.ReadFile(filepath.Join(dir, "report.html")); err != nil || string(b) != string(content) {
		t.Errorf("the record is of run %q, the report of %q (%v)", content, b, err)
	}
	if n := names(t, filepath.Join(dir, "pictures")); len(n) != 1 || n[0] != string(content)+".jpg" {
		t.Errorf("the record is of run %q, the pictures are %v", content, n)
	}
}

// Every step of the write path fails in turn, once as an error and once as a kill: a
// record never stands beside files of another run, the error is reported, and the next
// run needs no --force and leaves nothing behind.
func TestEveryStepOfWritingMayFail(t *testing.T) {
	count := &failing{}
	must(t, run(count, filepath.Join(t.TempDir(), "out"), "new"))
	steps := count.step
	if steps < 12 {
		t.Fatalf("only %d steps are counted", steps)
	}
	for _, before := range []string{"", "old"} {
		for _, dead := range []bool{false, true} {
			for at := 1; at <= steps+2; at++ {
				dir := filepath.Join(t.TempDir(), "out")
				if before != "" {
					must(t, run(system{}, dir, before))
				}
				d := &failing{at: at, dead: dead}
				err := run(d, dir, "new")
				if d.step >= at && at <= steps-1 && err == nil && dead {
					t.Errorf("killed at step %d of %d: no error", at, steps)
				}
				if d.step < at && err != nil {
					t.Errorf("step %d was not reached, yet: %v", at, err)
				}
				if before == "" && err != nil {
					if _, statErr := os.Stat(dir); errors.Is(statErr, fs.ErrNotExist) {
						continue
					}
				}
				whole(t, dir)
				if err := run(system{}, dir, "again"); err != nil {
					t.Fatalf("after a fault at step %d: %v", at, err)
				}
				whole(t, dir)
				if n := names(t, dir); len(n) != 3 {
					t.Errorf("after a fault at step %d there is left: %v", at, n)
				}
			}
		}
	}
}

func TestForeignPicturesStayUnderForce(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Mkdir(filepath.Join(dir, "pictures"), 0o700))
	holiday := filepath.Join(dir, "pictures", "holiday.jpg")
	must(t, os.WriteFile(holiday, []byte("x"), 0o600))
	s, err := Stage(dir, true)
	must(t, err)
	must(t, s.Write(Record, text("1")))
	must(t, s.Commit())
	if _, err := os.Stat(holiday); err != nil {
		t.Error("force removed a picture that was no result")
	}
}

func TestModes(t *testing.T) {
	for mode, want := range map[fs.FileMode][2]fs.FileMode{0: {0o600, 0o700}, 0o640: {0o640, 0o750}, 0o644: {0o644, 0o755}} {
		dir := filepath.Join(t.TempDir(), "out")
		s, err := Stage(dir, false)
		must(t, err)
		s.Mode = mode
		must(t, s.Write("pictures/a.jpg", text("x")))
		must(t, s.Commit())
		for path, m := range map[string]fs.FileMode{"pictures/a.jpg": want[0], "pictures": want[1], ".": want[1]} {
			info, err := os.Stat(filepath.Join(dir, path))
			must(t, err)
			if info.Mode().Perm() != m {
				t.Errorf("mode %o: %s has %o, want %o", mode, path, info.Mode().Perm(), m)
			}
		}
	}
}
