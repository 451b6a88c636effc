//go:build !unix

package memfallback

func processUmask() uint32 { return defaultUmask }
