package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"dermtrace/internal/photo"
	"dermtrace/internal/series"

	"github.com/spf13/cobra"
)

type watchOptions struct {
	series        string
	json          bool
	maxMegapixels float64
	every         time.Duration
}

// pollEvery is how often the folder is looked at: a file counts as whole when it kept its
// size and time from one look to the next. Project default.
const pollEvery = time.Second

func newWatch(t *terminal) *cobra.Command {
	opt := watchOptions{every: pollEvery}
	cmd := &cobra.Command{
		Use:   "watch INBOX --series DIR",
		Short: "Judge each photo as it arrives from the camera",
		Long: `watch looks at a folder into which a camera or a phone copies its photos. Each new
one is held against the series as 'dermtrace check PHOTO --series DIR' does: a
traffic light for redness, pigment, texture and geometry, and one sentence that
says whether to keep or to retake it, while the patient is still there.

A photo is read when its file has stopped growing; names that begin with a dot or
end in .part, .partial, .tmp, .crdownload or ~ are ignored. Photos that are there
already are not judged, and none is ever moved or changed. Ctrl-C ends it.

Exit status: 1 failed, 2 wrong use, 130 interrupted.`,
		Args: exactly(1, "one folder that photos arrive in"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runWatch(cmd.Context(), t, args[0], opt)
		},
	}
	cmd.Flags().StringVar(&opt.series, "series", "", "folder (`DIR`) of the series that the photos shall be compared in")
	cmd.Flags().BoolVar(&opt.json, "json", false, "print one JSON object per photo")
	limitFlag(cmd, &opt.maxMegapixels)
	return cmd
}

// runWatch looks at the inbox until ctx ends, whose error it returns.
func runWatch(ctx context.Context, t *terminal, inbox string, opt watchOptions) error {
	if opt.series == "" {
		return usage("watch needs the series to hold photos against", "add --series DIR")
	}
	if err := isFolder(inbox); err != nil {
		return err
	}
	seen, err := arrivals(inbox)
	if err != nil {
		return err
	}
	camera, err := t.openSeries(ctx, opt.series, opt.maxMegapixels)
	if err != nil {
		return err
	}
	t.say("watching %s for new photos (%d are there already); Ctrl-C ends this", inbox, len(seen))
	w := watcher{inbox: inbox, judged: seen, growing: map[string]arrival{}}
	tick := time.NewTicker(opt.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		whole, err := w.look()
		if err != nil {
			return withHint(err, "the folder must stay where it is while it is watched")
		}
		for _, name := range whole {
			if err := watchOne(ctx, t, filepath.Join(inbox, name), camera, opt); err != nil {
				return err
			}
		}
	}
}

// watchOne judges one photo; a file that is no photo is said and passed over.
func watchOne(ctx context.Context, t *terminal, path string, camera *series.AtCamera, opt watchOptions) error {
	p, err := openSource(ctx, path, opt.maxMegapixels)
	if errors.Is(err, context.Canceled) {
		return err
	}
	if err != nil {
		t.fail(err)
		return nil
	}
	c := checkOne(p, camera)
	c.File = path
	if opt.json {
		return t.json(c)
	}
	return t.printChecks([]checkedPhoto{c}, false)
}

// arrival is what tells one state of a file from the next.
type arrival struct {
	size int64
	time time.Time
}

// watcher remembers what it has judged and what is still being written.
type watcher struct {
	inbox           string
	judged, growing map[string]arrival
}

// look returns the photos that are new and have stopped growing, by name.
func (w *watcher) look() ([]string, error) {
	now, err := arrivals(w.inbox)
	if err != nil {
		return nil, err
	}
	var whole []string
	for name, a := range now {
		if w.judged[name] == a {
			continue
		}
		if a.size > 0 && w.growing[name] == a {
			whole = append(whole, name)
			w.judged[name] = a
		}
	}
	w.growing = now
	slices.Sort(whole)
	return whole, nil
}

// arrivals are the photos of a folder that are not under a temporary name.
func arrivals(inbox string) (map[string]arrival, error) {
	entries, err := os.ReadDir(inbox)
	if err != nil {
		return nil, err
	}
	list := map[string]arrival{}
	for _, e := range entries {
		if e.IsDir() || temporary(e.Name()) || !photo.IsPhotoName(e.Name()) {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // renamed or removed since the folder was read
		}
		if err != nil {
			return nil, err
		}
		list[e.Name()] = arrival{info.Size(), info.ModTime()}
	}
	return list, nil
}

// temporary reports whether a name is one that programs write under before they rename.
func temporary(name string) bool {
	if strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") {
		return true
	}
	return slices.Contains([]string{".part", ".partial", ".tmp", ".crdownload"}, strings.ToLower(filepath.Ext(name)))
}
