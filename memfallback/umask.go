package memfallback

import "io/fs"

// Umask returns the umask of the process, 022 where that cannot be known. On Linux it is as of now and read without a moment in which it
// is another; elsewhere it is that of the first call.
func Umask() fs.FileMode { return fs.FileMode(processUmask()) }
