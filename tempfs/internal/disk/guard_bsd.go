//go:build unix && !linux && !aix && !solaris

package disk

import (
	"errors"
	"path"
)

// at runs op with a descriptor of the directory that name lies in, and its last component.
func (g guard) at(name string, op func(dir int, base string) error) error {
	dir, err := g.Open(path.Dir(name))
	if err != nil {
		return err
	}
	defer func() { _ = dir.Close() }()
	conn, err := dir.SyscallConn()
	if err != nil {
		return err
	}
	failed := conn.Control(func(fd uintptr) { err = op(int(fd), path.Base(name)) })
	return errors.Join(failed, err)
}
