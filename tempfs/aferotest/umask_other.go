//go:build !linux

package aferotest

// useRecordedUmask is for Linux. Elsewhere a umask is of the whole process, which is not to be changed behind its back.
func useRecordedUmask() error { return nil }
