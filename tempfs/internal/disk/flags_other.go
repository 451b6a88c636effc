//go:build !unix

package disk

// These systems have no such flags.
const (
	openNonblock  = 0
	openNofollow  = 0
	openDirectory = 0
)
