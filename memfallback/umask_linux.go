package memfallback

import (
	"os"
	"strconv"
	"strings"
)

// processUmask reads the umask from proc(5), which changes nothing: umask(2) would have to set another for a moment,
// and a file that another thread makes in it would get that.
func processUmask() uint32 {
	status, err := os.ReadFile("/proc/thread-self/status")
	if err != nil {
		return defaultUmask // no /proc here
	}
	return parseUmask(string(status))
}

func parseUmask(status string) uint32 {
	for line := range strings.Lines(status) {
		if value, ok := strings.CutPrefix(line, "Umask:"); ok {
			mask, err := strconv.ParseUint(strings.TrimSpace(value), 8, 32)
			if err == nil {
				return uint32(mask) & modePerm
			}
		}
	}
	return defaultUmask // a kernel before 4.7
}
