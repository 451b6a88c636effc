//go:build !unix && !js

package memfallback

// effectiveUID is -1: there are no users.
func effectiveUID() int { return -1 }
