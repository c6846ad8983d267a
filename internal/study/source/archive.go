package source

import (
	"archive/tar"
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// archive is an archive's table of contents as a file system. Nothing is unpacked; a
// file's bytes are read from the archive when it is opened.
type archive struct {
	nodes map[string]*node
	left  []Other
	lim   Limits
	count int
}

// packed is an archive that is read here and there.
type packed interface {
	io.ReadSeeker
	io.ReaderAt
}

// node is a file or folder of an archive.
type node struct {
	name     string // last element
	size     int64
	dir      bool
	open     func() (io.ReadCloser, error)
	children []string
}

func newArchive(lim Limits) *archive {
	return &archive{nodes: map[string]*node{".": {name: ".", dir: true}}, lim: lim}
}

// add puts a file into the table; what cannot stand there is left out with its reason.
func (a *archive) add(name string, size int64, open func() (io.ReadCloser, error)) error {
	a.count++
	if a.count > a.lim.entries() {
		return &LimitError{fmt.Sprintf("the archive holds more than %d files", a.lim.entries()), "split the study"}
	}
	clean := strings.TrimPrefix(name, "./")
	switch {
	case !fs.ValidPath(clean) || strings.ContainsAny(clean, "\\:"):
		a.leave(name, "bad_name", "its name leads out of the archive or is none that every system has", "pack the archive anew")
		return nil
	case strings.Count(clean, "/") > a.lim.depth():
		a.leave(name, "too_deep", fmt.Sprintf("more than %d folders deep", a.lim.depth()), "move it up")
		return nil
	case a.nodes[clean] != nil:
		a.leave(name, "name_twice", "the archive holds another file of this name", "pack the archive anew")
		return nil
	}
	if !a.folderFor(clean) {
		a.leave(name, "bad_name", "a folder on its way is a file", "pack the archive anew")
		return nil
	}
	a.nodes[clean] = &node{name: path.Base(clean), size: size, open: open}
	return nil
}

func (a *archive) leave(name, code, text, mend string) {
	a.left = append(a.left, Other{File: printable(name), Code: code, Text: text, Mend: mend})
}

// folderFor makes the folders above name and lists it in its own; false where one of
// them is a file.
func (a *archive) folderFor(name string) bool {
	dir := path.Dir(name)
	parent := a.nodes[dir]
	if parent == nil {
		if !a.folderFor(dir) {
			return false
		}
		parent = &node{name: path.Base(dir), dir: true}
		a.nodes[dir] = parent
	}
	if !parent.dir {
		return false
	}
	parent.children = append(parent.children, name)
	return true
}

// alwaysBytes may be in any archive: small ones of blank test pictures are no bombs.
const alwaysBytes = 1 << 30

// checkExpansion refuses an archive whose files together are far larger than itself.
func (a *archive) checkExpansion(total uint64, size int64) error {
	if total > alwaysBytes && total > uint64(size)*uint64(a.lim.expansion()) {
		return &LimitError{fmt.Sprintf("the archive would expand to %d MiB, more than %d times its size", total>>20, a.lim.expansion()),
			"unpack it yourself if you trust it, and give the folder"}
	}
	return nil
}

// encrypted is the flag of a zip entry that needs a password (APPNOTE 4.4.4, bit 0).
const encrypted = 1

// errNoArchive is the refusal of a file that only its name makes an archive.
var errNoArchive = errors.New("is no archive of its kind, or only a part of one: copy it again")

func (a *archive) indexZip(f packed, size int64) error {
	r, err := zip.NewReader(f, size)
	if errors.Is(err, zip.ErrFormat) {
		return errNoArchive
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return err
	}
	var total uint64
	for _, e := range r.File {
		if e.FileInfo().IsDir() {
			continue
		}
		switch {
		case e.Mode()&fs.ModeSymlink != 0:
			a.leave(e.Name, "link", "is a link, which an archive cannot be trusted with", "pack the file itself")
		case e.Flags&encrypted != 0:
			a.leave(e.Name, "encrypted", "needs a password", "pack it without one")
		default:
			total += e.UncompressedSize64
			if err := a.checkExpansion(total, size); err != nil {
				return err
			}
			if err := a.add(e.Name, int64(e.UncompressedSize64), e.Open); err != nil {
				return err
			}
		}
	}
	a.sort()
	return nil
}

func (a *archive) indexTar(f packed, size int64) error {
	r := tar.NewReader(f)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if errors.Is(err, tar.ErrHeader) || errors.Is(err, io.ErrUnexpectedEOF) {
			return errNoArchive
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return err
		}
		if err := a.addTar(f, h, size); err != nil {
			return err
		}
	}
	a.sort()
	return nil
}

// addTar adds the entry whose bytes begin where f stands now: the reader takes whole
// blocks and never reads ahead.
func (a *archive) addTar(f packed, h *tar.Header, size int64) error {
	at, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	_, sparse := h.PAXRecords["GNU.sparse.major"]
	_, oldSparse := h.PAXRecords["GNU.sparse.map"]
	switch {
	case h.Typeflag == tar.TypeDir || h.Typeflag == tar.TypeXGlobalHeader:
	case h.Typeflag == tar.TypeSymlink || h.Typeflag == tar.TypeLink:
		a.leave(h.Name, "link", "is a link, which an archive cannot be trusted with", "pack the file itself")
	case h.Typeflag != tar.TypeReg || sparse || oldSparse:
		a.leave(h.Name, "special", "is no plain file", "pack a plain file")
	case h.Size < 0 || at+h.Size > size:
		return io.ErrUnexpectedEOF
	default:
		return a.add(h.Name, h.Size, func() (io.ReadCloser, error) {
			return io.NopCloser(io.NewSectionReader(f, at, h.Size)), nil
		})
	}
	return nil
}

func (a *archive) sort() {
	for _, n := range a.nodes {
		slices.Sort(n.children)
	}
}

func (a *archive) find(op, name string) (*node, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	n := a.nodes[name]
	if n == nil {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	return n, nil
}

// Open implements [fs.FS].
func (a *archive) Open(name string) (fs.File, error) {
	n, err := a.find("open", name)
	if err != nil {
		return nil, err
	}
	if n.dir {
		list, err := a.ReadDir(name)
		return &openFolder{node: n, path: name, left: list}, err
	}
	r, err := n.open()
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &openFile{node: n, r: r}, nil
}

// Stat implements [fs.StatFS].
func (a *archive) Stat(name string) (fs.FileInfo, error) { return a.find("stat", name) }

// ReadDir implements [fs.ReadDirFS].
func (a *archive) ReadDir(name string) ([]fs.DirEntry, error) {
	n, err := a.find("open", name)
	if err != nil {
		return nil, err
	}
	if !n.dir {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("not a folder")}
	}
	list := make([]fs.DirEntry, len(n.children))
	for i, c := range n.children {
		list[i] = fs.FileInfoToDirEntry(a.nodes[c])
	}
	return list, nil
}

// node is its own description; archives' times and modes are of no use here.
func (n *node) Name() string       { return n.name }
func (n *node) Size() int64        { return n.size }
func (n *node) IsDir() bool        { return n.dir }
func (n *node) ModTime() time.Time { return time.Time{} }
func (n *node) Sys() any           { return nil }
func (n *node) Mode() fs.FileMode {
	if n.dir {
		return fs.ModeDir | 0o500
	}
	return 0o400
}

// openFolder is a folder of an archive that is being listed.
type openFolder struct {
	*node
	path string
	left []fs.DirEntry
}

func (f *openFolder) Stat() (fs.FileInfo, error) { return f.node, nil }
func (f *openFolder) Close() error               { return nil }
func (f *openFolder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.path, Err: errors.New("is a folder")}
}

// ReadDir implements [fs.ReadDirFile].
func (f *openFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 || n > len(f.left) {
		if n > 0 && len(f.left) == 0 {
			return nil, io.EOF
		}
		n = len(f.left)
	}
	list := f.left[:n]
	f.left = f.left[n:]
	return list, nil
}

// openFile is a file of an archive that is being read.
type openFile struct {
	*node
	r io.ReadCloser
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.node, nil }

func (f *openFile) Read(b []byte) (int, error) { return f.r.Read(b) }
func (f *openFile) Close() error               { return f.r.Close() }
