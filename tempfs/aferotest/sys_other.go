//go:build !unix

package aferotest

import "io/fs"

// sysOf is for Unix, where package os gives a *syscall.Stat_t.
func sysOf(fs.FileInfo) (sysInfo, bool) { return sysInfo{}, false }

// systemLacks reports whether no filesystem can have the ability here.
func systemLacks(ability string) bool { return ability == abilitySys || ability == abilityFlags }
