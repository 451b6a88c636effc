//go:build !memfallback_yield

package memfallback

// yield marks the windows between two steps that others could see. Built with the tag memfallback_yield it lets others run there.
func yield() {}
