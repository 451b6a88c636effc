//go:build unix

package locate

import "syscall"

const openNofollow = syscall.O_NOFOLLOW
