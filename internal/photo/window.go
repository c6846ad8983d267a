package photo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
)

// window is a file that is read from its beginning as far as somebody has asked for.
// A parser that stops early thus reads only a header, and the whole is hashed on the way.
type window struct {
	ctx  context.Context
	f    fs.File
	sum  hash.Hash
	buf  []byte
	size int64
	err  error // why reading stopped short
}

// chunk is the least that is read at once: most headers fit in it.
const chunk = 128 << 10

func openWindow(ctx context.Context, fsys fs.FS, name string, lim Limits) (*window, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &FormatError{Problem: "is no regular file", Mend: "name a photo"}
	}
	if err == nil && info.Size() == 0 {
		err = wrong("is empty", nil)
	}
	if err == nil && info.Size() > lim.Bytes {
		err = tooMuch(fmt.Sprintf("%d bytes are more than the limit of %d", info.Size(), lim.Bytes), "export it smaller")
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &window{ctx: ctx, f: f, sum: sha256.New(), size: info.Size()}, nil
}

// memory is a window over bytes that are there already.
func memory(data []byte) *window { return &window{buf: data, size: int64(len(data))} }

func (w *window) close() {
	if w.f != nil {
		w.f.Close()
	}
}

// slice returns the n bytes at off, which stay valid, or false if the file has not got them.
func (w *window) slice(off, n int64) ([]byte, bool) {
	if off < 0 || n < 0 || off > w.size || n > w.size-off {
		return nil, false
	}
	if !w.fill(off + n) {
		return nil, false
	}
	return w.buf[off : off+n : off+n], true
}

// fill reads on until n bytes are there. The buffer grows with what really arrives, so
// that a file that lies about its size costs little.
func (w *window) fill(n int64) bool {
	for int64(len(w.buf)) < n && w.err == nil && w.f != nil {
		if w.err = w.ctx.Err(); w.err != nil {
			break
		}
		have := len(w.buf)
		want := int(min(w.size, max(n, int64(2*have), chunk)))
		want = min(want, have+64*chunk)
		if want > cap(w.buf) {
			grown := make([]byte, have, int(min(w.size, int64(max(want, 2*have)))))
			copy(grown, w.buf)
			w.buf = grown
		}
		got, err := io.ReadFull(w.f, w.buf[have:want])
		w.buf = w.buf[:have+got]
		w.sum.Write(w.buf[have:])
		w.err = err
	}
	return int64(len(w.buf)) >= n
}

// whole reads the file to its end and returns it with its SHA-256.
func (w *window) whole() ([]byte, string, error) {
	if !w.fill(w.size) {
		return nil, "", w.problem()
	}
	return w.buf, hex.EncodeToString(w.sum.Sum(nil)), nil
}

// problem is why slice failed.
func (w *window) problem() error {
	switch w.err {
	case nil, io.EOF, io.ErrUnexpectedEOF:
		return wrong("is cut short", w.err)
	}
	return w.err
}

// ReadAt makes a window an [io.ReaderAt].
func (w *window) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off >= w.size {
		return 0, io.EOF
	}
	n := min(int64(len(p)), w.size-off)
	b, ok := w.slice(off, n)
	if !ok {
		return 0, w.problem()
	}
	copy(p, b)
	if n < int64(len(p)) {
		return int(n), io.EOF
	}
	return int(n), nil
}
