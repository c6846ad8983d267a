package study

import (
	"testing"

	"dermtrace/internal/outcome"
	"dermtrace/internal/photo"
	"dermtrace/internal/study/source"
	"dermtrace/internal/trend"
)

// A finished series is kept only while all that its result rests on is the same.
func TestTheKeyHoldsAllThatAResultRestsOn(t *testing.T) {
	s := source.Series{ID: "P1/cheek", Name: "P1__cheek"}
	in := []input{{File: "a.jpg", SHA256: "00", Bytes: 1}}
	first := keyOf(s, in, Options{})
	if keyOf(s, in, Options{Workers: 7, Memory: 1, Shard: Shard{1, 2}, Out: "elsewhere", Study: "elsewhere"}) != first {
		t.Error("the key depends on how the study is run")
	}
	seen := map[string]string{first: "none"}
	for what, key := range map[string]string{
		"software": keyOf(s, in, Options{Software: outcome.Software{Version: "2"}}),
		"limits":   keyOf(s, in, Options{Limits: photo.Limits{Megapixels: 9}}),
		"noise":    keyOf(s, in, Options{Noise: trend.Noise{SHA256: "1"}}),
		"series":   keyOf(source.Series{ID: "P2"}, in, Options{}),
		"bytes":    keyOf(s, []input{{File: "a.jpg", SHA256: "01", Bytes: 1}}, Options{}),
		"name":     keyOf(s, []input{{File: "b.jpg", SHA256: "00", Bytes: 1}}, Options{}),
		"more":     keyOf(s, append(in, input{File: "b.jpg", SHA256: "00", Bytes: 1}), Options{}),
		"fewer":    keyOf(s, nil, Options{}),
	} {
		if other, same := seen[key]; same {
			t.Errorf("another %s and another %s give the same key", what, other)
		}
		seen[key] = what
	}
}
