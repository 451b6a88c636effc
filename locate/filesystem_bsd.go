//go:build darwin || dragonfly || freebsd

package locate

import "golang.org/x/sys/unix"

// inspect asks statfs(2). FreeBSD goes below zero when the reserve is in use.
func inspect(dir string) (facts, error) {
	var s unix.Statfs_t
	if err := ignoringEINTR(func() error { return unix.Statfs(dir, &s) }); err != nil {
		return facts{}, err
	}
	blocks := uint64(max(int64(s.Bavail), 0))
	return facts{noExec: uint64(s.Flags)&unix.MNT_NOEXEC != 0, free: bytesOf(blocks, uint64(s.Bsize))}, nil
}
