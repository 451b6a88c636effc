//go:build unix || js

package memfallback

import "syscall"

// processUser is the user that the kernel checks the process's file operations against. js has one under Node.js; a browser
// says -1.
func processUser() user {
	uid := syscall.Geteuid()
	if uid < 0 {
		return user{super: true}
	}
	groups, err := syscall.Getgroups()
	if err != nil {
		groups = nil // then the user is in no group but the first
	}
	return newUser(uid, syscall.Getegid(), groups)
}
