//go:build nodynamic

package photo

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"sync"
	_ "unsafe" // for go:linkname

	_ "github.com/gen2brain/heic" // brings libheif and libde265 as WebAssembly
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// heifWasm is the decoder as its module embeds it: libheif and libde265 compiled to
// WebAssembly, gzipped. The module's own entry point runs it without deadline and
// without a bound on its memory; here it runs with both.
//
//go:linkname heifWasm github.com/gen2brain/heic.heifWasm
var heifWasm []byte

// heifProgram is the decoder unpacked and compiled. The cache keeps the compiled code
// for the machines of all pictures.
type heifProgram struct {
	code  []byte
	cache wazero.CompilationCache
}

// prepareHEIC makes the program once, which takes half a second.
var prepareHEIC = sync.OnceValue(func() heifProgram {
	z, err := gzip.NewReader(bytes.NewReader(heifWasm))
	if err != nil {
		panic(fmt.Sprintf("photo: the HEIC decoder is damaged: %v", err))
	}
	code, err := io.ReadAll(z)
	if err != nil {
		panic(fmt.Sprintf("photo: the HEIC decoder is damaged: %v", err))
	}
	p := heifProgram{code, wazero.NewCompilationCache()}
	rt := wazero.NewRuntimeWithConfig(context.Background(), wazero.NewRuntimeConfig().WithCompilationCache(p.cache))
	if _, err := rt.CompileModule(context.Background(), code); err != nil {
		panic(fmt.Sprintf("photo: the HEIC decoder does not compile: %v", err))
	}
	return p
})

const wasmPage = 64 << 10

// decodeHEIC decodes the primary picture in a machine of its own, which has no more
// than the memory that lim allows and sees no file, clock or network. The machine
// cannot be stopped from outside without making it five times slower, so [boundWork]
// has to have found its work bounded.
func decodeHEIC(ctx context.Context, data []byte, h *header, lim Limits) (image.Image, error) {
	program := prepareHEIC()
	most := lim.heicMemory(h.width, h.height)
	config := wazero.NewRuntimeConfig().WithCompilationCache(program.cache).WithMemoryLimitPages(uint32(most / wasmPage))
	ctx = experimental.WithMemoryAllocator(ctx, experimental.MemoryAllocatorFunc(func(_, most uint64) experimental.LinearMemory {
		return &heifMemory{first: heicTypicalMemory(h.width, h.height), most: most}
	}))
	rt := wazero.NewRuntimeWithConfig(ctx, config)
	defer rt.Close(context.Background())
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, rt); err != nil {
		return nil, err
	}
	compiled, err := rt.CompileModule(ctx, program.code) // from the cache, where it stays: it is not closed
	if err != nil {
		return nil, err
	}
	mod, err := rt.InstantiateModule(ctx, compiled, wazero.NewModuleConfig())
	if err != nil {
		return nil, err
	}
	return (&heif{ctx: ctx, mod: mod}).decode(data)
}

// heif calls the decoder's one function. Once a call fails, the later ones do nothing.
type heif struct {
	ctx context.Context
	mod api.Module
	err error
}

var errHeifMemory = errors.New("the decoder has no memory for it")

// The values of libheif's heif_colorspace and heif_chroma.
const (
	heifYCbCr, heifRGB, heifGray    = 0, 1, 2
	heifChroma420, heifChroma422, _ = 1, 2, 3
)

// decode calls decode(in, n, configOnly, &width, &height, &colorspace, &chroma,
// &premultiplied, out) twice: for the layout, then for the pixels.
func (d *heif) decode(data []byte) (image.Image, error) {
	in := d.alloc(len(data))
	facts := d.alloc(5 * 4)
	if d.err == nil && !d.mod.Memory().Write(in, data) {
		d.err = errHeifMemory
	}
	args := []uint64{uint64(in), uint64(len(data)), 1, 0, 0, 0, 0, 0, 0}
	for i := range 5 {
		args[3+i] = uint64(facts) + 4*uint64(i)
	}
	d.run(args)
	var l heifLayout
	for i, p := range []*int{&l.w, &l.h, &l.space, &l.chroma, &l.premultiplied} {
		*p = d.word(facts + 4*uint32(i))
	}
	if d.err == nil {
		d.err = l.plan()
	}
	out := d.alloc(l.size)
	args[2], args[8] = 0, uint64(out)
	d.run(args)
	if d.err != nil {
		return nil, d.err
	}
	pix, ok := d.mod.Memory().Read(out, uint32(l.size))
	if !ok {
		return nil, errHeifMemory
	}
	return l.image(bytes.Clone(pix)), nil
}

func (d *heif) alloc(n int) uint32 {
	if d.err != nil {
		return 0
	}
	res, err := d.mod.ExportedFunction("malloc").Call(d.ctx, uint64(n))
	if err == nil && res[0] == 0 {
		err = errHeifMemory
	}
	if d.err = err; err != nil {
		return 0
	}
	return uint32(res[0])
}

func (d *heif) run(args []uint64) {
	if d.err != nil {
		return
	}
	res, err := d.mod.ExportedFunction("decode").Call(d.ctx, args...)
	if err == nil && res[0] == 0 {
		err = errors.New("the decoder refused it")
	}
	d.err = err
}

func (d *heif) word(at uint32) int {
	if d.err != nil {
		return 0
	}
	v, ok := d.mod.Memory().ReadUint32Le(at)
	if !ok {
		d.err = errHeifMemory
	}
	return int(v)
}
