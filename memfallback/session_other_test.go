//go:build !unix

package memfallback_test

const (
	noFollow      = 0
	onlyDirectory = 0
)
