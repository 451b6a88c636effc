//go:build !unix

package memfallback

// Sys returns nil.
func (i *fileInfo) Sys() any { return nil }
