//go:build unix

package memfallback_test

import "syscall"

const (
	noFollow      = syscall.O_NOFOLLOW
	onlyDirectory = syscall.O_DIRECTORY
)
