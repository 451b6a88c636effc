//go:build !windows

package tempfs

// removesOpenFiles tells whether an open file can lose its name.
const removesOpenFiles = true
