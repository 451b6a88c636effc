package memfallback

import "os"

// processUser is the user that the kernel checks the process's file operations against, or on a system without users one who may do
// everything.
func processUser() user {
	uid := effectiveUID()
	if uid < 0 {
		return user{super: true}
	}
	groups, err := os.Getgroups()
	if err != nil {
		groups = nil // then the user is in no group but the first
	}
	return newUser(uid, os.Getegid(), groups)
}
