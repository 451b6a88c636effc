//go:build unix

package memfallback

import "os"

func effectiveUID() int { return os.Geteuid() }
