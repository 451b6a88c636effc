package unpack

import (
	"path/filepath"
	"strings"
)

// unusable says why a component cannot be the name of a file here: devices have names that are reserved in every directory, a colon names a stream of a file, and a
// dot or blank at the end is dropped, which makes two names one.
func unusable(part string) string {
	switch {
	case !filepath.IsLocal(part):
		return "Windows reserves it"
	case strings.HasSuffix(part, "."), strings.HasSuffix(part, " "):
		return "Windows drops a dot or a blank at the end"
	}
	return ""
}
