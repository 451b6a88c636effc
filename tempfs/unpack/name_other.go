//go:build !windows

package unpack

// unusable says why a component cannot be the name of a file here.
func unusable(string) string { return "" }
