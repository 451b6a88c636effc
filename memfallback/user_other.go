//go:build !unix && !js

package memfallback

// processUser is one who may do everything: the system has no user ids.
func processUser() user { return user{super: true} }
