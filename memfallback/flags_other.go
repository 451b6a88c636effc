//go:build !unix && !wasip1

package memfallback

// There are no flags for these here.
const (
	openDirectory = 0
	openNoFollow  = 0
)
