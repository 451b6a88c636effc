//go:build !unix && !windows

package locate

import (
	"errors"
	"io/fs"
	"os"
)

const openNofollow = 0 // these systems have no such flag; O_EXCL does not follow either

func remove(path string) error { return os.Remove(path) }

func isTaken(err error, _ string) bool { return errors.Is(err, fs.ErrExist) }
