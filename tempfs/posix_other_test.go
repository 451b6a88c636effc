//go:build !js

package tempfs

// hostIsPOSIX tells whether files of the host do what POSIX says.
const hostIsPOSIX = true
