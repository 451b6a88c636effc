//go:build !unix

package aferotest

// These systems have no such flags: the cases that use them are left to others.
const (
	openNofollow  = flagLacking
	openDirectory = flagLacking
)
