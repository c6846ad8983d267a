//go:build !nodynamic

package photo

import (
	"context"
	"image"
)

// decodeHEIC refuses. Without the build tag, the decoder's module would look for a
// system library the moment the program starts, and pixels would differ from machine to
// machine; so the module is not even part of such a program.
func decodeHEIC(context.Context, []byte, *header, Limits) (image.Image, error) {
	return nil, unsupported("this build of dermtrace has no HEIC decoder",
		"build it with -tags nodynamic (as make build does), or export the photo as JPEG")
}

// prepareHEIC has nothing to prepare.
func prepareHEIC() {}
