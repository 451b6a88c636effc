//go:build unix || wasip1

package memfallback

import "syscall"

// Flags of open(2) that package os does not name.
const (
	openDirectory = syscall.O_DIRECTORY
	openNoFollow  = syscall.O_NOFOLLOW
)
