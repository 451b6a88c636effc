//go:build darwin || freebsd || dragonfly

package disk

import "golang.org/x/sys/unix"

func isLocal(stat *unix.Statfs_t) bool { return uint64(stat.Flags)&unix.MNT_LOCAL != 0 }

func fsidOf(stat *unix.Statfs_t) [2]int32 { return stat.Fsid.Val }
