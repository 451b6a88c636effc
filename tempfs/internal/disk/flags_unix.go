//go:build unix

package disk

import "syscall"

const (
	openNonblock  = syscall.O_NONBLOCK
	openNofollow  = syscall.O_NOFOLLOW
	openDirectory = syscall.O_DIRECTORY
)
