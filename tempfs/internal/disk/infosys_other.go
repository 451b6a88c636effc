//go:build !unix

package disk

import "io/fs"

// withMode is sys: what package os tells here has no mode of Unix.
func withMode(sys any, _ fs.FileMode) any { return sys }
