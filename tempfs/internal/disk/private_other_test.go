//go:build !windows

package disk

import "io/fs"

// hostRootMode is what package os shows of a root directory on the host.
const hostRootMode = fs.ModeDir | rootPerm

func isWine() bool { return false }
