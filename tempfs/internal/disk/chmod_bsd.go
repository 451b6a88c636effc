//go:build unix && !linux

package disk

import "golang.org/x/sys/unix"

// chmodAt does not follow base.
func chmodAt(dir int, base string, bits uint32) error {
	return unix.Fchmodat(dir, base, bits, unix.AT_SYMLINK_NOFOLLOW)
}
