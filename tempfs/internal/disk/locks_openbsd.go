package disk

import "golang.org/x/sys/unix"

func isLocal(stat *unix.Statfs_t) bool { return stat.F_flags&unix.MNT_LOCAL != 0 }

func fsidOf(stat *unix.Statfs_t) [2]int32 { return stat.F_fsid.Val }
