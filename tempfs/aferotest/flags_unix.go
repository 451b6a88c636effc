//go:build unix

package aferotest

import "syscall"

const (
	openNofollow  = syscall.O_NOFOLLOW
	openDirectory = syscall.O_DIRECTORY
)
