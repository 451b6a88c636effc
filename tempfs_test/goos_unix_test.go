//go:build unix

package tempfs_test

// otherGOOS is a system whose temp directories do not exist here.
const otherGOOS = "windows"
